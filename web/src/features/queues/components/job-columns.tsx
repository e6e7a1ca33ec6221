import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import type { TFunction } from "i18next";
import type { JobSummary } from "@/api/types";
import { RowTitle } from "@/components/list/row-title";
import { Mono } from "@/components/mono";
import { Time } from "@/components/time";
import { JobName } from "./job-name";
import { JobStateBadge } from "./state-badges";

const column = createColumnHelper<JobSummary>();

export function jobColumns(t: TFunction, number: (value: number) => string): ColumnDef<JobSummary, never>[] {
  return [
    column.accessor("kind", {
      header: t("job.name"),
      cell: ({ row: { original: job } }) => (
        <RowTitle
          to={`/admin/jobs/${job.id}`}
          phone={
            <>
              <JobStateBadge state={job.state} />
              <span>{t(`queueName.${job.queue}`)}</span>
              <Time at={job.started_at ?? job.run_at} />
            </>
          }
        >
          <JobName kind={job.kind} />
        </RowTitle>
      ),
    }),
    column.accessor("queue", {
      header: t("job.queue"),
      meta: { name: t("job.queue"), className: "hidden md:table-cell w-40" },
      cell: ({ row }) => <span className="block truncate text-muted-foreground">{t(`queueName.${row.original.queue}`)}</span>,
    }),
    column.accessor("state", {
      header: t("job.state"),
      meta: { name: t("job.state"), className: "hidden sm:table-cell w-32" },
      cell: ({ getValue }) => <JobStateBadge state={getValue()} />,
    }),
    column.accessor("failures", {
      header: t("job.attempts"),
      meta: { name: t("job.attempts"), className: "hidden sm:table-cell w-28" },
      cell: ({ row: { original: job } }) => (
        <span className="tabular whitespace-nowrap">{t("job.failuresOf", { failures: number(job.failures), max: number(job.max_attempts) })}</span>
      ),
    }),
    column.accessor((job) => job.started_at ?? job.run_at, {
      id: "run_at",
      header: t("job.runAt"),
      meta: { name: t("job.runAt"), className: "hidden sm:table-cell w-32" },
      cell: ({ getValue }) => <Time at={getValue()} className="block truncate text-muted-foreground" />,
    }),
    column.accessor("last_error", {
      header: t("job.lastError"),
      meta: { name: t("job.lastError"), className: "hidden lg:table-cell w-80" },
      cell: ({ getValue }) =>
        getValue() && (
          <span title={getValue() ?? undefined} className="line-clamp-1">
            <Mono>{getValue()}</Mono>
          </span>
        ),
    }),
  ] as ColumnDef<JobSummary, never>[];
}
