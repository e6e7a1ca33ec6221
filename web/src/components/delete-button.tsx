import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./ui/button";
import { ConfirmDialog } from "./ui/confirm-dialog";

interface DeleteButtonProps {
  /** The question. */
  title: ReactNode;
  /** What follows from it. */
  text: ReactNode;
  size?: "sm";
  remove: () => Promise<unknown>;
  onDone: () => void;
}

/** Deletes something after asking; why the server refused stands in the dialog. */
export function DeleteButton({ title, text, size, remove, onDone }: DeleteButtonProps) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const removal = useMutation({
    meta: { explained: true },
    mutationFn: remove,
    // Told here and not with the call: news of the deletion may take this button off the page before the answer is there.
    onSuccess: () => {
      setAsking(false);
      onDone();
    },
  });
  return (
    <>
      <Button size={size} onClick={() => setAsking(true)}>
        {t("common.delete")}
      </Button>
      <ConfirmDialog
        open={asking}
        title={title}
        description={text}
        confirm={t("common.delete")}
        danger
        error={removal.error}
        busy={removal.isPending}
        onCancel={() => {
          setAsking(false);
          removal.reset();
        }}
        onConfirm={() => removal.mutate()}
      />
    </>
  );
}
