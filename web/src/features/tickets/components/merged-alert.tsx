import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Ticket } from "@/api/types";
import { Alert } from "@/components/ui/alert";

/** Says where the conversation goes on. */
export function MergedAlert({ ticket, base }: { ticket: Ticket; base: string }) {
  const { t } = useTranslation();
  if (!ticket.merged_into) return null;
  return (
    <Alert tone="info" title={t("relation.isMerged")}>
      <Link to={`${base}/${ticket.merged_into}`} className="inline-flex min-h-[24px] items-center text-primary underline">
        {t("relation.goThere")}
      </Link>
    </Alert>
  );
}
