import { CalendarClock, ChevronDown, Download, ListOrdered } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import type { UrlFilter } from "@/lib/url-filter";
import { useTicketExport } from "../data/export";
import type { TicketFilter } from "../data/filters";
import { SCHEDULED } from "@/features/exports/data/path";

/** Saves what the list shows as a spreadsheet, or has it mailed again and again. */
export function ExportMenu({ list }: { list: UrlFilter<TicketFilter> }) {
  const { t } = useTranslation();
  const save = useTicketExport();
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="ghost" size="sm" busy={save.isPending}>
          <Download aria-hidden />
          {t("ticketExport.menu")}
          <ChevronDown aria-hidden />
        </Button>
      </MenuTrigger>
      <MenuContent align="end">
        <MenuItem onSelect={() => save.mutate(list.filter)}>
          <Download aria-hidden />
          {t("ticketExport.csv")}
        </MenuItem>
        <MenuItem asChild>
          <Link to={`${SCHEDULED}/new?${list.query}`}>
            <CalendarClock aria-hidden />
            {t("ticketExport.schedule")}
          </Link>
        </MenuItem>
        <MenuItem asChild>
          <Link to={SCHEDULED}>
            <ListOrdered aria-hidden />
            {t("ticketExport.list")}
          </Link>
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
