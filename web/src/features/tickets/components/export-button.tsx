import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { useTicketExport } from "../data/export";
import type { TicketFilter } from "../data/filters";

/** Saves what the list with this filter shows as a spreadsheet. */
export function ExportButton({ filter }: { filter: TicketFilter }) {
  const { t } = useTranslation();
  const save = useTicketExport();
  return (
    <Button variant="ghost" size="sm" busy={save.isPending} onClick={() => save.mutate(filter)}>
      <Download aria-hidden />
      {t("ticketExport.csv")}
    </Button>
  );
}
