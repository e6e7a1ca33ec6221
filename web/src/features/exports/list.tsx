import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { CalendarClock } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { TicketExport } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { Rhythm, RunResult } from "./components/parts";
import { useScheduledList } from "./data/exports";
import { SCHEDULED } from "./data/path";

const column = createColumnHelper<TicketExport>();

/** What one has mailed again and again. */
export function ScheduledListPage() {
  const { t } = useTranslation();
  const { query, rows } = useScheduledList();
  const columns = useMemo(() => {
    const next = ({ next_at, paused }: TicketExport) => (next_at ? <Time at={next_at} full /> : <Badge tone={paused === "owner" ? "neutral" : "warning"}>{t(paused === "owner" ? "exportPlan.paused" : "exportPlan.stopped")}</Badge>);
    return [
      column.accessor("name", {
        header: t("exportPlan.name"),
        cell: ({ row: { original: one } }) => (
          <RowTitle
            to={`${SCHEDULED}/${one.id}`}
            sub={<Rhythm of={one} />}
            phone={
              <>
                <Rhythm of={one} />
                {next(one)}
                {one.last_run && <RunResult run={one.last_run} />}
              </>
            }
          >
            <bdi>{one.name}</bdi>
          </RowTitle>
        ),
      }),
      column.accessor("next_at", { header: t("exportPlan.next"), meta: { className: "hidden sm:table-cell w-52" }, cell: ({ row }) => next(row.original) }),
      column.accessor("last_run", { header: t("exportPlan.last"), meta: { className: "hidden sm:table-cell w-56" }, cell: ({ getValue }) => (getValue() ? <RunResult run={getValue()!} /> : t("exportPlan.never")) }),
    ] as ColumnDef<TicketExport, never>[];
  }, [t]);
  const table = useDataTable({ name: "ticket-exports", rows, columns, rowId: (one) => one.id });
  const create = (
    <Button asChild variant="primary">
      <Link to={`${SCHEDULED}/new`}>{t("exportPlan.new")}</Link>
    </Button>
  );
  return (
    <Page title={t("exportPlan.list")} description={t("exportPlan.listText")} back={{ to: "/desk/tickets", label: t("nav.tickets") }} actions={create}>
      <DataList table={table} query={query} label={t("exportPlan.list")} expected={4} empty={{ icon: CalendarClock, title: t("exportPlan.none"), text: t("exportPlan.noneText") }} />
    </Page>
  );
}
