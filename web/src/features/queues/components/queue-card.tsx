import { ChevronDown } from "lucide-react";
import { useId, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Queue } from "@/api/types";
import { QueueStateBadge } from "@/components/state-badges";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { useMay } from "@/features/shell/use-user";
import { cn } from "@/lib/cn";
import { useFormat } from "@/lib/use-format";
import { QueueActions } from "./queue-actions";
import { WorkerTable } from "./worker-table";

/** Work that waits longer than this deserves a look. */
const OLD_SECONDS = 60;

export function QueueCard({ queue }: { queue: Queue }) {
  const { t } = useTranslation();
  const format = useFormat();
  const manage = useMay("jobs.manage");
  const [open, setOpen] = useState(false);
  const workers = useId();
  const age = queue.oldest_age_seconds ?? null;
  const ms = (value: number | null | undefined) => (value == null ? "—" : format.duration(value));
  return (
    <Card data-queue={queue.name}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3 px-4 py-3">
        <div className="min-w-0 basis-40">
          <h2 className="text-sm font-semibold">{t(`queueName.${queue.name}`)}</h2>
          <p className="mt-1 flex items-center gap-2">
            <QueueStateBadge state={queue.state} />
          </p>
        </div>
        <dl className="grid flex-1 basis-96 grid-cols-[repeat(auto-fit,minmax(4.4rem,1fr))] gap-x-2 gap-y-2 text-sm">
          <Figure name={t("queue.waiting")}>
            <Link className="underline-offset-2 hover:underline" to={`/admin/jobs?queue=${queue.name}&state=queued`}>
              {format.number(queue.queued)}
            </Link>
          </Figure>
          <Figure name={t("queue.scheduled")}>{format.number(queue.scheduled)}</Figure>
          <Figure name={t("queue.running")}>{format.number(queue.running)}</Figure>
          <Figure name={t("queue.oldest")} alarm={age !== null && age > OLD_SECONDS}>
            {age === null ? "—" : format.duration(age * 1000)}
          </Figure>
          <Figure name={t("queue.rate")}>{t("queue.perSecond", { value: format.number(queue.rate_per_second, 1) })}</Figure>
          <Figure name={t("queue.p50")}>{ms(queue.latency_p50_ms)}</Figure>
          <Figure name={t("queue.p99")}>{ms(queue.latency_p99_ms)}</Figure>
          <Figure name={t("queue.failures")} alarm={queue.failure_rate > 0.05}>
            {format.percent(queue.failure_rate)}
          </Figure>
          <Figure name={t("queue.dead")} alarm={queue.dead > 0}>
            <Link className="underline-offset-2 hover:underline" to={`/admin/jobs?queue=${queue.name}&state=dead`}>
              {format.number(queue.dead)}
            </Link>
          </Figure>
        </dl>
        <div className="flex items-center gap-1.5">
          <Button size="sm" variant="ghost" aria-expanded={open} aria-controls={workers} onClick={() => setOpen(!open)}>
            {t("queue.workersCount", { count: queue.workers.length })}
            <ChevronDown aria-hidden className={cn("transition-transform", open && "rotate-180")} />
          </Button>
          {manage && <QueueActions queue={queue} />}
        </div>
      </div>
      <div id={workers} hidden={!open} className="border-t">
        {open && <WorkerTable queue={queue} />}
      </div>
    </Card>
  );
}

function Figure({ name, alarm, children }: { name: string; alarm?: boolean; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="truncate text-xs text-muted-foreground" title={name}>
        {name}
      </dt>
      <dd className={cn("tabular font-medium", alarm && "text-danger")}>{children}</dd>
    </div>
  );
}
