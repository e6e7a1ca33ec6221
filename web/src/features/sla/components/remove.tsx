import { useTranslation } from "react-i18next";
import { DeleteButton } from "@/components/delete-button";
import { toast } from "@/components/ui/toast";
import { useDeleteSla } from "../data/queries";

/** Deletes a policy or a calendar; tickets keep what they are bound to. */
export function Remove({ what, item }: { what: "policies" | "calendars"; item: { id: string; name: string; version: number } }) {
  const { t } = useTranslation();
  const remove = useDeleteSla(what);
  return (
    <DeleteButton
      title={t("slaAdmin.deleteTitle", { name: item.name })}
      text={t("slaAdmin.deleteText")}
      remove={() => remove.mutateAsync(item)}
      onDone={() => toast({ tone: "success", title: t("slaAdmin.deleted") })}
      to="/admin/sla"
    />
  );
}
