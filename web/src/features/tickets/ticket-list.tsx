import { Inbox, SearchX } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { TicketSummary } from "@/api/types";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Page } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { TicketFilters } from "./components/ticket-filters";
import { TicketTable, useTicketTable } from "./components/ticket-table";
import { ListSkeleton } from "@/components/list-skeleton";
import { TicketViews } from "./components/views";
import { isFiltered, useTicketFilter } from "./data/filters";
import { useTickets } from "./data/queries";

/** The list of all tickets, for staff. */
export function TicketListPage() {
  const { t } = useTranslation();
  const [filter, change, clear] = useTicketFilter();
  const tickets = useTickets(filter);
  const rows = useMemo(() => tickets.data?.pages.flatMap((page) => page.items) ?? [], [tickets.data]);
  const table = useTicketTable(rows, "/desk/tickets");
  const arrived = useArrived(rows, JSON.stringify(filter), !tickets.isPlaceholderData && tickets.data !== undefined);

  return (
    <Page title={t("nav.tickets")} width="wide">
      <TicketViews filter={filter} />
      <TicketFilters filter={filter} change={change} clear={clear} table={table} />
      <Card className="overflow-hidden">
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
          <TicketTable table={table} base="/desk/tickets" label={t("nav.tickets")} arrived={arrived} stale={tickets.isPlaceholderData} />
        )}
      </Card>
      <p role="status" className="sr-only">
        {arrived.size > 0 ? t("ticket.arrived", { count: arrived.size }) : ""}
      </p>
      {tickets.hasNextPage && (
        <div className="text-center">
          <Button onClick={() => void tickets.fetchNextPage()} busy={tickets.isFetchingNextPage}>
            {t("common.more")}
          </Button>
        </div>
      )}
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
