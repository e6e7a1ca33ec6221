import { useTranslation } from "react-i18next";
import type { Queue } from "@/api/types";
import { Ltr, Mono } from "@/components/mono";
import { Time } from "@/components/time";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { useFormat } from "@/lib/use-format";

/** Who works on a queue and how many leases each holds now. */
export function WorkerTable({ queue }: { queue: Queue }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (queue.workers.length === 0) return <p className="px-4 py-3 text-sm text-muted-foreground">{t("queue.noWorkers")}</p>;
  return (
    <Table label={t("queue.workersOf", { name: t(`queueName.${queue.name}`) })}>
      <thead>
        <tr>
          <Th>{t("worker.id")}</Th>
          <Th>{t("worker.host")}</Th>
          <Th>{t("worker.leases")}</Th>
          <Th>{t("worker.seen")}</Th>
        </tr>
      </thead>
      <tbody>
        {queue.workers.map((worker) => (
          <Tr key={worker.id}>
            <Td>
              <Mono>{worker.id}</Mono>
            </Td>
            <Td>
              <Ltr>
                {worker.host} · {worker.pid}
              </Ltr>
            </Td>
            <Td className="tabular">
              {t("worker.of", { running: format.number(worker.running), concurrency: format.number(worker.concurrency) })}
            </Td>
            <Td>
              <Time at={worker.last_seen_at} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
