import { PencilLine } from "lucide-react";
import { useTranslation } from "react-i18next";

/** Says in a list that one has begun to write to a ticket. */
export function DraftMark() {
  const { t } = useTranslation();
  return (
    <span className="inline-flex shrink-0 items-center gap-1 text-xs text-warning" title={t("ticket.draftHere")}>
      <PencilLine aria-hidden className="size-3.5" />
      {t("ticket.draft")}
    </span>
  );
}
