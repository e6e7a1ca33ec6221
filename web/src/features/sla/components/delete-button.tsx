import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { explain } from "@/api/problem";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import { letGo } from "@/lib/use-leave-guard";
import { useDeleteSla } from "../data/queries";

/** Deletes a policy or a calendar; tickets keep what they are bound to. */
export function DeleteButton({ what, item }: { what: "policies" | "calendars"; item: { id: string; name: string; version: number } }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const remove = useDeleteSla(what);
  const failure = remove.isError ? explain(t, remove.error) : null;
  const close = () => {
    setAsking(false);
    remove.reset();
  };
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t("common.delete")}</Button>
      <ConfirmDialog
        open={asking}
        title={t("slaAdmin.deleteTitle", { name: item.name })}
        description={t("slaAdmin.deleteText")}
        confirm={t("common.delete")}
        danger
        busy={remove.isPending}
        onCancel={close}
        onConfirm={() =>
          remove.mutate(item, {
            onSuccess: () => {
              toast({ tone: "success", title: t("slaAdmin.deleted") });
              letGo();
              void navigate("/admin/sla");
            },
          })
        }
      >
        {failure && (
          <Alert tone="danger" title={failure.title} live>
            {failure.action}
          </Alert>
        )}
      </ConfirmDialog>
    </>
  );
}
