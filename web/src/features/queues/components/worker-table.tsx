import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Queue } from "@/api/types";
import { Mono } from "@/components/mono";
import { RowTitle } from "@/components/list/row-title";
import { Time } from "@/components/time";
import { DataTable } from "@/components/ui/data-table";
import { useDataTable } from "@/components/ui/use-data-table";
import { useFormat } from "@/lib/use-format";

type Worker = Queue["workers"][number];
const column = createColumnHelper<Worker>();

/** Who works on a queue and how many leases each holds now. */
export function WorkerTable({ queue }: { queue: Queue }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const columns = useMemo(() => {
    const leases = (worker: Worker) => t("worker.of", { running: number(worker.running), concurrency: number(worker.concurrency) });
    return [
      column.accessor("host", {
        header: t("worker.host"),
        cell: ({ row: { original: worker } }) => (
          <RowTitle
            phone={
              <>
                {leases(worker)} · <Time at={worker.last_seen_at} />
              </>
            }
          >
            <bdi dir="ltr">
              {worker.host} · {worker.pid}
            </bdi>
          </RowTitle>
        ),
      }),
      column.accessor("id", { header: t("worker.id"), meta: { className: "hidden md:table-cell" }, cell: ({ getValue }) => <Mono>{getValue()}</Mono> }),
      column.accessor("running", {
        header: t("worker.leases"),
        meta: { className: "hidden sm:table-cell w-36" },
        cell: ({ row }) => <span className="tabular">{leases(row.original)}</span>,
      }),
      column.accessor("last_seen_at", { header: t("worker.seen"), meta: { className: "hidden sm:table-cell w-40" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
    ] as ColumnDef<Worker, never>[];
  }, [t, number]);
  const table = useDataTable({ name: "workers", rows: queue.workers, columns, rowId: (worker) => worker.id });
  if (queue.workers.length === 0) return <p className="px-4 py-3 text-sm text-muted-foreground">{t("queue.noWorkers")}</p>;
  return <DataTable nested table={table} label={t("queue.workersOf", { name: t(`queueName.${queue.name}`) })} />;
}
