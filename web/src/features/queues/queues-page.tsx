import { Gauge } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Queue } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { Page } from "@/components/page";
import { Figures } from "@/components/ui/figures";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { useFormat } from "@/lib/use-format";
import { queueColumns } from "./components/queue-columns";
import { WorkerTable } from "./components/worker-table";
import { useQueues } from "./data/queries";

const NONE: Queue[] = [];

/** All queues at a glance: what waits, how fast it goes, what failed, who works. */
export function QueuesPage() {
  const { t } = useTranslation();
  const query = useQueues();
  const format = useFormat();
  const manage = useMay("jobs.manage");
  const rows = query.data?.items ?? NONE;
  const columns = useMemo(() => queueColumns(t, format, manage), [t, format, manage]);
  const table = useDataTable({ name: "queues", rows, columns, rowId: (queue) => queue.name });
  const sum = (pick: (queue: Queue) => number) => rows.reduce((total, queue) => total + pick(queue), 0);
  const dead = sum((queue) => queue.dead);
  return (
    <Page title={t("nav.queues")} width="wide">
      {(query.data || !query.isError) && (
        <Figures
          label={t("queue.totals")}
          waiting={query.isPending}
          list={[
            { name: t("queue.waiting"), value: format.number(sum((queue) => queue.queued)) },
            { name: t("queue.running"), value: format.number(sum((queue) => queue.running)) },
            { name: t("queue.rate"), value: t("queue.perSecond", { value: format.number(sum((queue) => queue.rate_per_second), 1) }) },
            { name: t("queue.dead"), value: format.number(dead), alarm: dead > 0 },
            { name: t("queue.workers"), value: format.number(new Set(rows.flatMap((queue) => queue.workers.map((worker) => worker.id))).size) },
          ]}
        />
      )}
      <DataList
        table={table}
        query={query}
        label={t("nav.queues")}
        empty={{ icon: Gauge, title: t("queue.none") }}
        expected={8}
        detail={(queue) => <WorkerTable queue={queue} />}
      />
    </Page>
  );
}
