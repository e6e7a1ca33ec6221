import { Inbox, SearchX } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { TicketSummary } from "@/api/types";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Page } from "@/components/page";
import { Button } from "@/components/ui/button";
import { ListSkeleton } from "@/components/list-skeleton";
import { Card } from "@/components/ui/card";
import { DataTable } from "@/components/ui/data-table";
import { LoadMore } from "@/components/ui/load-more";
import { useDataTable } from "@/components/ui/use-data-table";
import { useDraftNames } from "@/lib/drafts";
import { useFormat } from "@/lib/use-format";
import { useInfiniteRows } from "@/lib/use-infinite-rows";
import { TicketFilters } from "./components/ticket-filters";
import { HIDDEN_COLUMNS, ticketColumns } from "./components/ticket-columns";
import { TicketViews } from "./components/views";
import { isFiltered, useTicketFilter, type Sort } from "./data/filters";
import { useTickets } from "./data/queries";

/** Keys that open the menus of the chosen row: priority, assignee, state. */
const ROW_KEYS = ["p", "a", "s"] as const;

/** The list of all tickets, for staff. */
export function TicketListPage() {
  const { t } = useTranslation();
  const [filter, change, clear] = useTicketFilter();
  const tickets = useTickets(filter);
  const rows = useInfiniteRows(tickets);
  const drafts = useDraftNames();
  const columns = useMemo(() => ticketColumns(t, "/desk/tickets", drafts), [t, drafts]);
  const table = useDataTable({ name: "tickets", rows, columns, rowId: (ticket) => ticket.id, hidden: HIDDEN_COLUMNS });
  const format = useFormat();
  const arrived = useArrived(rows, JSON.stringify(filter), !tickets.isPlaceholderData && tickets.data !== undefined);

  return (
    <Page title={t("nav.tickets")} width="wide">
      <TicketViews filter={filter} />
      <TicketFilters filter={filter} change={change} clear={clear} table={table} />
      <Card className="overflow-clip">
        {tickets.isPending ? (
          <ListSkeleton />
        ) : tickets.isError && rows.length === 0 ? (
          <ErrorState error={tickets.error} onRetry={() => void tickets.refetch()} />
        ) : rows.length === 0 ? (
          isFiltered(filter) ? (
            <Empty icon={SearchX} title={t("ticket.noMatch")} action={<Button onClick={clear}>{t("ticket.clearFilters")}</Button>}>
              {t("ticket.noMatchText")}
            </Empty>
          ) : (
            <Empty icon={Inbox} title={t("ticket.noneYet")}>
              {t("ticket.noneYetText")}
            </Empty>
          )
        ) : (
          <DataTable
            table={table}
            label={t("nav.tickets")}
            href={(ticket) => `/desk/tickets/${ticket.id}`}
            sort={filter.sort}
            onSort={(sort) => change({ sort: sort as Sort })}
            arrived={arrived}
            stale={tickets.isPlaceholderData}
            rowKeys={ROW_KEYS}
          />
        )}
      </Card>
      <p role="status" className="sr-only">
        {arrived.size > 0 ? t("ticket.arrived", { count: arrived.size }) : ""}
      </p>
      <LoadMore
        more={tickets.hasNextPage}
        busy={tickets.isFetchingNextPage}
        failed={tickets.isFetchNextPageError}
        onMore={() => void tickets.fetchNextPage()}
        shown={rows.length > 0 ? t("table.shown", { count: rows.length, n: format.number(rows.length) }) : undefined}
      />
    </Page>
  );
}

/** Ids that were not in the list when it was first shown, and are newer than all that were. */
export function useArrived(rows: TicketSummary[], key: string, ready: boolean): ReadonlySet<string> {
  const [seen, setSeen] = useState<{ key: string; since: string } | null>(null);
  // Compared while rendering, so that a new row is marked in the same paint in which it appears.
  if (ready && seen?.key !== key) {
    setSeen({ key, since: rows.reduce((latest, row) => (row.created_at > latest ? row.created_at : latest), "") });
  }
  return useMemo(
    () => new Set(seen?.key === key && ready ? rows.filter((row) => row.created_at > seen.since).map((row) => row.id) : []),
    [rows, seen, key, ready],
  );
}
