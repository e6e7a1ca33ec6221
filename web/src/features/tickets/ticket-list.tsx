import { Inbox, ListChecks } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate } from "react-router";
import type { TicketSummary } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { Page } from "@/components/page";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { useSelection } from "@/components/ui/use-selection";
import { useMay } from "@/features/shell/use-user";
import { useUrlFilter } from "@/lib/url-filter";
import { useArrived } from "@/lib/use-arrived";
import { BESIDE } from "@/lib/use-leave-guard";
import { useTagColour } from "@/lib/use-tags";
import { BulkBar } from "./components/bulk-bar";
import { ExportMenu } from "./components/export-menu";
import { SearchNote } from "./components/search-note";
import { SplitToggle, SplitView } from "./components/split-view";
import { TicketFilters } from "./components/ticket-filters";
import { besideColumns, HIDDEN_COLUMNS, ticketColumns } from "./components/ticket-columns";
import { useBegun } from "./data/drafts";
import { TICKET_FILTER, type TicketFilter } from "./data/filters";
import { useTickets } from "./data/queries";
import { useWalkAlong } from "./data/walk-along";
import { useCameBack } from "./data/reminders";
import { useSplit, useSplitPlaces } from "./data/use-split";

/** Keys that open the menus of the chosen row: priority, assignee, state. */
const ROW_KEYS = ["p", "a", "s"] as const;
const idOf = (ticket: TicketSummary) => ticket.id;

/** The list of all tickets, for staff. */
export function TicketListPage() {
  const { t } = useTranslation();
  const list = useUrlFilter(TICKET_FILTER, BESIDE);
  const places = useSplitPlaces();
  const split = useSplit(list.query, places);
  const { query, rows } = useTickets(list.filter);
  useWalkAlong(list.filter, rows, query.data?.pages.at(-1)?.next_cursor ?? undefined, query.data !== undefined && !query.isPlaceholderData);
  const drafts = useBegun();
  const back = useCameBack();
  // Asked for here, once for all rows.
  const colour = useTagColour();
  const { on: beside, to } = split;
  const columns = useMemo(
    () => (beside ? besideColumns(t, to, drafts, back, colour) : ticketColumns(t, "/desk/tickets", drafts, back, colour)),
    [t, beside, to, drafts, back, colour],
  );
  const table = useDataTable({ name: "tickets", rows, columns, rowId: idOf, hidden: HIDDEN_COLUMNS });
  const arrived = useArrived(rows, idOf, (ticket) => ticket.created_at, list.query, !query.isPlaceholderData && query.data !== undefined);

  const mayChange = useMay("tickets.edit");
  const selection = useSelection(rows, idOf, list.query);
  const name = (ticket: TicketSummary) => t("bulk.select", { number: ticket.number, subject: ticket.subject });

  const mayExport = useMay("tickets.export");
  const changes = mayChange && (
    <Button asChild variant="ghost" size="sm">
      <Link to="/desk/bulk-changes">
        <ListChecks aria-hidden />
        {t("bulk.list")}
      </Link>
    </Button>
  );

  if (split.instead) return <Navigate to={split.instead} replace />;
  const shown = (
    <DataList
      table={table}
      query={query}
      filter={list}
      label={t("nav.tickets")}
      empty={{ icon: Inbox, title: t("ticket.noneYet"), text: t("ticket.noneYetText") }}
      href={beside ? to : (ticket) => `/desk/tickets/${ticket.id}`}
      sort={list.filter.sort}
      onSort={(sort) => list.change({ sort: sort as TicketFilter["sort"] })}
      arrived={arrived}
      rowKeys={beside ? undefined : ROW_KEYS}
      beside={beside ? split.beside : undefined}
      selection={mayChange ? { ...selection, name } : undefined}
    />
  );
  return (
    <Page
      title={t("nav.tickets")}
      width="wide"
      actions={
        <>
          <SplitToggle split={split} />
          {mayExport && <ExportMenu list={list} />}
          {changes}
        </>
      }
    >
      <TicketFilters list={list} table={table} />
      <SearchNote q={list.filter.q} />
      {beside ? <SplitView split={split} places={places}>{shown}</SplitView> : shown}
      {mayChange && <BulkBar selection={selection} filter={list.filter} more={query.hasNextPage} />}
      <p role="status" className="sr-only">
        {arrived.size > 0 ? t("ticket.arrived", { count: arrived.size }) : ""}
      </p>
    </Page>
  );
}
