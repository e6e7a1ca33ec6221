import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { letGo } from "@/lib/use-leave-guard";
import { Button } from "./ui/button";
import { ConfirmDialog } from "./ui/confirm-dialog";

interface DeleteButtonProps {
  /** The question. */
  title: ReactNode;
  /** What follows from it. */
  text: ReactNode;
  size?: "sm";
  remove: () => Promise<unknown>;
  onDone?: () => void;
  /** Where one goes from the page of what is gone then; nothing typed there can be saved any more. */
  to?: string;
}

/** Deletes something after asking; why the server refused stands in the dialog. */
export function DeleteButton({ title, text, size, remove, onDone, to }: DeleteButtonProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const removal = useMutation({
    meta: { explained: true },
    mutationFn: remove,
    // Told here and not with the call: news of the deletion may take this button off the page before the answer is there.
    onSuccess: () => {
      setAsking(false);
      onDone?.();
      if (to === undefined) return;
      letGo();
      void navigate(to);
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
