import { createColumnHelper, type ColumnDef, type Row } from "@tanstack/react-table";
import type { TFunction } from "i18next";
import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Queue } from "@/api/types";
import { RowTitle } from "@/components/list/row-title";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import type { useFormat } from "@/lib/use-format";
import { QueueActions } from "./queue-actions";
import { QueueStateBadge } from "./state-badges";

/** Work that waits longer than this deserves a look. */
const OLD_SECONDS = 60;
const MANY_FAILURES = 0.05;

const column = createColumnHelper<Queue>();

export function queueColumns(t: TFunction, format: ReturnType<typeof useFormat>, manage: boolean): ColumnDef<Queue, never>[] {
  const ms = (value: number | null | undefined) => (value == null ? "—" : format.duration(value));
  const jobs = (queue: Queue, state: string, count: number) => (
    <Link className="underline-offset-2 hover:underline" to={`/admin/jobs?queue=${queue.name}&state=${state}`}>
      {format.number(count)}
    </Link>
  );
  const figure = (id: string, className: string, value: (queue: Queue) => ReactNode, alarm?: (queue: Queue) => boolean) =>
    column.display({
      id,
      header: t(`queue.${id}`),
      meta: { name: t(`queue.${id}`), className: `hidden ${className}` },
      cell: ({ row: { original: queue } }) => <span className={cn("tabular block truncate", alarm?.(queue) && "font-medium text-danger")}>{value(queue)}</span>,
    });
  return [
    column.accessor("name", {
      header: t("queue.name"),
      cell: ({ row: { original: queue } }) => (
        <RowTitle
          phone={
            <>
              <QueueStateBadge state={queue.state} />
              <span>
                {t("queue.waiting")} {format.number(queue.queued)}
              </span>
              <span className={cn(queue.dead > 0 && "font-medium text-danger")}>
                {t("queue.dead")} {format.number(queue.dead)}
              </span>
            </>
          }
        >
          {t(`queueName.${queue.name}`)}
        </RowTitle>
      ),
    }),
    column.accessor("state", {
      header: t("queue.state"),
      meta: { name: t("queue.state"), className: "hidden sm:table-cell w-28" },
      cell: ({ getValue }) => <QueueStateBadge state={getValue()} />,
    }),
    figure("waiting", "sm:table-cell w-24", (queue) => jobs(queue, "queued", queue.queued)),
    figure("scheduled", "2xl:table-cell w-26", (queue) => format.number(queue.scheduled)),
    figure("running", "md:table-cell w-22", (queue) => format.number(queue.running)),
    figure(
      "oldest",
      "xl:table-cell w-28",
      ({ oldest_age_seconds: age }) => (age == null ? "—" : format.duration(age * 1000)),
      ({ oldest_age_seconds: age }) => age != null && age > OLD_SECONDS,
    ),
    figure("rate", "lg:table-cell w-20", (queue) => t("queue.perSecond", { value: format.number(queue.rate_per_second, 1) })),
    figure("p50", "2xl:table-cell w-28", (queue) => ms(queue.latency_p50_ms)),
    figure("p99", "lg:table-cell w-28", (queue) => ms(queue.latency_p99_ms)),
    figure("failures", "lg:table-cell w-20", (queue) => format.percent(queue.failure_rate), (queue) => queue.failure_rate > MANY_FAILURES),
    figure("dead", "sm:table-cell w-28", (queue) => jobs(queue, "dead", queue.dead), (queue) => queue.dead > 0),
    column.display({
      id: "workers",
      header: t("queue.workers"),
      meta: { className: "hidden md:table-cell w-24" },
      cell: ({ row }) => <WorkersButton row={row} t={t} />,
    }),
    ...(manage
      ? [
          column.display({
            id: "actions",
            header: () => <span className="sr-only">{t("common.actions")}</span>,
            meta: { className: "w-22 max-sm:w-24" },
            cell: ({ row }) => <QueueActions queue={row.original} />,
          }),
        ]
      : []),
  ] as ColumnDef<Queue, never>[];
}

function WorkersButton({ row, t }: { row: Row<Queue>; t: TFunction }) {
  const count = row.original.workers.length;
  return (
    <Button size="sm" variant="ghost" aria-expanded={row.getIsExpanded()} aria-label={t("queue.workersCount", { count })} className="-ms-2.5" onClick={() => row.toggleExpanded()}>
      <span className="tabular">{count}</span>
      <ChevronDown aria-hidden className={cn("transition-transform", row.getIsExpanded() && "rotate-180")} />
    </Button>
  );
}
