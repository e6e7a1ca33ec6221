import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { download } from "@/components/download";
import { TIME_ZONE } from "@/lib/format";
import { filterQuery, type TicketFilter } from "./filters";

/** Where the file of what the list shows is made, in this language and with the times that pages show. */
export function exportPath(filter: TicketFilter, locale: string): string {
  const query = new URLSearchParams({ locale, zone: TIME_ZONE });
  for (const [key, value] of Object.entries(filterQuery(filter))) if (value !== undefined) query.set(key, value);
  return `/api/v1/tickets/export?${query}`;
}

/** Saves what the list shows as a spreadsheet. */
export function useTicketExport() {
  const { i18n } = useTranslation();
  return useMutation({
    mutationFn: (filter: TicketFilter) => download(exportPath(filter, i18n.language), "tickets.csv"),
  });
}
