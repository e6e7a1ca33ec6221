import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { Ticket as TicketIcon } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { TicketBulk } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Fact, Facts } from "@/components/ui/facts";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { one, useUrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { BulkOutcomeBadge, BulkResult, BulkStateBadge, BulkWhat } from "./components/bulk-result";
import { useBulk, useBulkRows, useStopBulk, type BulkRow } from "./data/bulk";

const OUTCOMES = ["waiting", "done", "unchanged", "refused"] as const satisfies readonly BulkRow["outcome"][];
const FILTER = { outcome: one(OUTCOMES) };
const column = createColumnHelper<BulkRow>();

/** A change of many tickets: how far it is, and what became of each. */
export function BulkPage() {
  const { id = "" } = useParams();
  const bulk = useBulk(id);
  if (bulk.isPending) return <Skeleton className="m-6 h-96" />;
  if (!bulk.data) return <ErrorState page list="/desk/bulk-changes" error={bulk.error} onRetry={() => void bulk.refetch()} />;
  return <Loaded bulk={bulk.data} />;
}

function Loaded({ bulk }: { bulk: TicketBulk }) {
  const { t } = useTranslation();
  const format = useFormat();
  const edit = useMay("tickets.edit");
  const stop = useStopBulk(bulk.id);
  return (
    <Page
      title={t("bulk.title", { count: bulk.total, n: format.number(bulk.total) })}
      back={{ to: "/desk/bulk-changes", label: t("bulk.list") }}
      actions={
        <>
          <BulkStateBadge state={bulk.state} />
          {edit && !bulk.finished_at && (
            <Button busy={stop.isPending} onClick={() => stop.mutate()}>
              {t("bulk.stop")}
            </Button>
          )}
        </>
      }
    >
      <Section title={t("bulk.what")}>
        <div className="grid gap-4">
          <Facts>
            <Fact name={t("bulk.whatEach")}>
              <BulkWhat change={bulk.change} />
            </Fact>
            <Fact name={t("bulk.at")}>
              <Time at={bulk.created_at} full />
            </Fact>
          </Facts>
          <BulkResult bulk={bulk} />
        </div>
      </Section>
      <Rows bulk={bulk} />
    </Page>
  );
}

function Rows({ bulk }: { bulk: TicketBulk }) {
  const { t } = useTranslation();
  const list = useUrlFilter(FILTER);
  const { query, rows } = useBulkRows(bulk, list.filter.outcome);
  const columns = useMemo(() => {
    const why = ({ code }: BulkRow) => (code ? <span className="text-danger">{t([`whyNot.${code}`, "whyNot.other"])}</span> : null);
    return [
      column.accessor("subject", {
        header: t("ticket.subject"),
        cell: ({ row: { original: row } }) => (
          <RowTitle
            to={`/desk/tickets/${row.ticket_id}`}
            phone={
              <>
                <BulkOutcomeBadge outcome={row.outcome} />
                {why(row)}
              </>
            }
          >
            <Ltr className="tabular text-muted-foreground">#{row.number}</Ltr> <bdi>{row.subject || t("common.noSubject")}</bdi>
          </RowTitle>
        ),
      }),
      column.accessor("outcome", { header: t("bulk.outcome"), meta: { className: "hidden sm:table-cell w-36" }, cell: ({ getValue }) => <BulkOutcomeBadge outcome={getValue()} /> }),
      column.display({ id: "why", header: t("bulk.why"), meta: { className: "hidden sm:table-cell" }, cell: ({ row }) => why(row.original) }),
    ] as ColumnDef<BulkRow, never>[];
  }, [t]);
  const table = useDataTable({ name: "bulk-rows", rows, columns, rowId: (row) => row.ticket_id });
  return (
    <Section title={t("bulk.rows")}>
      <div className="grid gap-3">
        <FilterBar
          list={list}
          facets={[{ key: "outcome", label: t("bulk.outcome"), any: t("bulk.anyOutcome"), options: OUTCOMES.map((value) => ({ value, label: t(`bulkOutcome.${value}`) })) }]}
          table={table}
        />
        <DataList table={table} query={query} label={t("bulk.rows")} filter={list} empty={{ icon: TicketIcon, title: t("bulk.noRows") }} />
      </div>
    </Section>
  );
}
