import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import type { TFunction } from "i18next";
import { Inbox, MessageSquare, Plus } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { TicketState, TicketSummary } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Views } from "@/components/list/views";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { TicketStateBadge } from "@/components/state-badges";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { useUrlFilter } from "@/lib/url-filter";
import { DraftMark } from "./components/draft-mark";
import { ExportButton } from "./components/export-button";
import { SearchNote } from "./components/search-note";
import { useMoreFilters } from "./components/use-more-filters";
import { useBegun } from "./data/drafts";
import { useMoreFacets } from "./data/use-more-facets";
import { useProjectFacet } from "./data/use-project-facet";
import { TICKET_FILTER } from "./data/filters";
import { useTickets } from "./data/queries";

const CURRENT: TicketState[] = ["open", "in_progress", "answered", "waiting_for_response", "on_hold"];
const DONE: TicketState[] = ["resolved", "closed"];
const column = createColumnHelper<TicketSummary>();

/** A customer's own tickets. */
export function MyTicketsPage() {
  const { t } = useTranslation();
  const list = useUrlFilter(TICKET_FILTER);
  const { query, rows } = useTickets(list.filter);
  const project = useProjectFacet(list.filter.project);
  const facets = useMoreFacets(list.filter);
  const more = useMoreFilters(list);
  const drafts = useBegun();
  const columns = useMemo(() => myColumns(t, drafts), [t, drafts]);
  const table = useDataTable({ name: "my-tickets", rows, columns, rowId: (ticket) => ticket.id });
  const create = (
    <Button asChild variant="primary">
      <Link to="/client/tickets/new">
        <Plus aria-hidden />
        {t("nav.newTicket")}
      </Link>
    </Button>
  );
  return (
    <Page title={t("nav.myTickets")} actions={<ExportButton filter={list.filter} />}>
      <Views
        name="my_tickets"
        list={list}
        views={[
          { name: t("view.all"), filter: {} },
          { name: t("view.current"), filter: { state: CURRENT } },
          { name: t("view.done"), filter: { state: DONE } },
        ]}
      />
      <FilterBar list={list} search={{ key: "q", label: t("ticket.search") }} facets={[...(project.options.length > 1 || list.filter.project ? [project] : []), ...facets]}>
        {more.button}
      </FilterBar>
      {more.panel}
      <SearchNote q={list.filter.q} />
      <DataList
        table={table}
        query={query}
        filter={list}
        label={t("nav.myTickets")}
        empty={{ icon: Inbox, title: t("myTickets.noneYet"), text: t("myTickets.noneYetText"), action: create }}
        expected={6}
        href={(ticket) => `/client/tickets/${ticket.id}`}
      />
    </Page>
  );
}

function myColumns(t: TFunction, drafts: ReadonlySet<string>): ColumnDef<TicketSummary, never>[] {
  return [
    column.accessor("number", {
      header: t("ticket.number"),
      meta: { className: "hidden sm:table-cell w-22" },
      cell: ({ getValue }) => <Ltr className="tabular text-muted-foreground">#{getValue()}</Ltr>,
    }),
    column.accessor("subject", {
      header: t("ticket.subject"),
      cell: ({ row: { original: ticket } }) => (
        <RowTitle
          to={`/client/tickets/${ticket.id}`}
          marks={drafts.has(ticket.id) && <DraftMark />}
          phone={
            <>
              <TicketStateBadge state={ticket.state} />
              <Ltr className="tabular">#{ticket.number}</Ltr>
              <Time at={ticket.updated_at} />
            </>
          }
        >
          {ticket.subject || t("common.noSubject")}
        </RowTitle>
      ),
    }),
    column.accessor("message_count", {
      header: t("ticket.messages"),
      meta: { className: "hidden md:table-cell w-28" },
      cell: ({ getValue }) => (
        <span className="tabular inline-flex items-center gap-1 text-muted-foreground">
          <MessageSquare aria-hidden className="size-3.5" />
          {getValue()}
        </span>
      ),
    }),
    column.accessor("state", {
      header: t("ticket.state"),
      meta: { className: "hidden sm:table-cell w-44" },
      cell: ({ getValue }) => <TicketStateBadge state={getValue()} />,
    }),
    column.accessor("updated_at", {
      header: t("ticket.updated"),
      meta: { className: "hidden sm:table-cell w-36" },
      cell: ({ getValue }) => <Time at={getValue()} className="text-muted-foreground" />,
    }),
  ] as ColumnDef<TicketSummary, never>[];
}
