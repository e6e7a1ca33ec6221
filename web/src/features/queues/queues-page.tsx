import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/error-state";
import { Page } from "@/components/page";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { useFormat } from "@/lib/use-format";
import { QueueCard } from "./components/queue-card";
import { useQueues } from "./data/queries";

/** All queues at a glance: what waits, how fast it goes, what failed, who works. */
export function QueuesPage() {
  const { t } = useTranslation();
  const queues = useQueues();
  const format = useFormat();
  if (queues.isPending) {
    return (
      <Page title={t("nav.queues")} width="wide">
        <div aria-busy className="grid gap-3">
          <Skeleton className="h-18" />
          {Array.from({ length: 6 }, (_, index) => (
            <Skeleton key={index} className="h-24" />
          ))}
        </div>
      </Page>
    );
  }
  if (!queues.data) return <ErrorState page error={queues.error} onRetry={() => void queues.refetch()} />;
  const items = queues.data.items;
  const sum = (pick: (queue: (typeof items)[number]) => number) => items.reduce((total, queue) => total + pick(queue), 0);
  const totals = [
    { name: t("queue.waiting"), value: format.number(sum((queue) => queue.queued)) },
    { name: t("queue.running"), value: format.number(sum((queue) => queue.running)) },
    { name: t("queue.rate"), value: t("queue.perSecond", { value: format.number(sum((queue) => queue.rate_per_second), 1) }) },
    { name: t("queue.dead"), value: format.number(sum((queue) => queue.dead)), alarm: sum((queue) => queue.dead) > 0 },
    { name: t("queue.workers"), value: format.number(new Set(items.flatMap((queue) => queue.workers.map((worker) => worker.id))).size) },
  ];
  return (
    <Page title={t("nav.queues")} width="wide">
      <Card className="grid grid-cols-2 gap-px overflow-hidden bg-border sm:grid-cols-3 lg:grid-cols-5" aria-label={t("queue.totals")}>
        {totals.map(({ name, value, alarm }) => (
          <div key={name} className="bg-surface px-4 py-3 last:col-span-2 lg:last:col-span-1">
            <p className="text-xs text-muted-foreground">{name}</p>
            <p className={`tabular text-xl font-semibold ${alarm ? "text-danger" : ""}`}>{value}</p>
          </div>
        ))}
      </Card>
      <ul className="grid gap-3">
        {items.map((queue) => (
          <li key={queue.name}>
            <QueueCard queue={queue} />
          </li>
        ))}
      </ul>
    </Page>
  );
}
