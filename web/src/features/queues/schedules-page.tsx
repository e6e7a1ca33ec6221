import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { CalendarClock, Play } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schedule } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { useFormat } from "@/lib/use-format";
import { JobName } from "./components/job-name";
import { useRunSchedule, useSchedules } from "./data/queries";

const NONE: Schedule[] = [];

export function SchedulesPage() {
  const { t } = useTranslation();
  const query = useSchedules();
  const columns = useColumns();
  const table = useDataTable({ name: "schedules", rows: query.data?.items ?? NONE, columns, rowId: (schedule) => schedule.key });
  return (
    <Page title={t("nav.schedules")} width="wide">
      <DataList table={table} query={query} label={t("nav.schedules")} empty={{ icon: CalendarClock, title: t("schedule.none") }} expected={5} />
    </Page>
  );
}

const column = createColumnHelper<Schedule>();

function useColumns() {
  const { t } = useTranslation();
  const { duration } = useFormat();
  const manage = useMay("jobs.manage");
  return useMemo(() => {
    const every = (schedule: Schedule) => t("schedule.every", { span: duration(schedule.every_seconds * 1000) });
    const last = (schedule: Schedule) => (schedule.last_run_at ? <Time at={schedule.last_run_at} /> : t("schedule.never"));
    return [
      column.accessor("key", {
        header: t("schedule.name"),
        cell: ({ row: { original: schedule } }) => (
          <RowTitle
            phone={
              <>
                <span>{every(schedule)}</span>·{last(schedule)}
              </>
            }
          >
            <JobName kind={schedule.key} />
          </RowTitle>
        ),
      }),
      column.accessor("every_seconds", {
        header: t("schedule.cron"),
        meta: { className: "hidden sm:table-cell w-44" },
        cell: ({ row }) => every(row.original),
      }),
      column.accessor("last_run_at", {
        header: t("schedule.last"),
        meta: { className: "hidden sm:table-cell w-48" },
        cell: ({ row: { original: schedule } }) => (
          <>
            {last(schedule)}
            {schedule.last_job_id && (
              <Link to={`/admin/jobs/${schedule.last_job_id}`} className="ms-2 text-primary underline">
                {t("schedule.job")}
              </Link>
            )}
          </>
        ),
      }),
      column.accessor("next_run_at", {
        header: t("schedule.next"),
        meta: { className: "hidden md:table-cell w-36" },
        cell: ({ getValue }) => {
          const at = getValue();
          return at ? <Time at={at} /> : "—";
        },
      }),
      ...(manage
        ? [
            column.display({
              id: "actions",
              header: () => <span className="sr-only">{t("common.actions")}</span>,
              meta: { className: "w-40 text-end max-sm:w-36" },
              cell: ({ row }) => <RunNow schedule={row.original} />,
            }),
          ]
        : []),
    ] as ColumnDef<Schedule, never>[];
  }, [t, duration, manage]);
}

function RunNow({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation();
  const run = useRunSchedule();
  return (
    <Button size="sm" busy={run.isPending} onClick={() => run.mutate(schedule.key, { onSuccess: () => toast({ tone: "success", title: t("schedule.started") }) })}>
      <Play aria-hidden className="flip-rtl" />
      {t("schedule.runNow")}
    </Button>
  );
}
