import { Ellipsis, Pause, Play } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Queue } from "@/api/types";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { Tooltip } from "@/components/ui/tooltip";
import { toast } from "@/components/ui/toast";
import { useFormat } from "@/lib/use-format";
import { useQueueAction, type QueueAction } from "../data/queries";

export function QueueActions({ queue }: { queue: Queue }) {
  const { t } = useTranslation();
  const format = useFormat();
  const act = useQueueAction();
  const [discarding, setDiscarding] = useState(false);
  const name = t(`queueName.${queue.name}`);
  const run = (action: QueueAction) =>
    act.mutate(
      { name: queue.name, action },
      {
        onSuccess: () => {
          setDiscarding(false);
          toast({ tone: "success", title: t(`queueDone.${action}`, { name }) });
        },
      },
    );
  const running = queue.state === "running";
  return (
    <span className="flex items-center justify-end gap-1">
      <Tooltip text={t(running ? "queueAction.pause" : "queueAction.resume")}>
        <Button size="icon-sm" aria-label={t(running ? "queueAction.pause" : "queueAction.resume")} onClick={() => run(running ? "pause" : "resume")} disabled={act.isPending}>
          {running ? <Pause aria-hidden /> : <Play aria-hidden className="flip-rtl" />}
        </Button>
      </Tooltip>
      <Menu>
        <MenuTrigger asChild>
          <Button size="icon-sm" variant="ghost" aria-label={t("queue.more", { name })}>
            <Ellipsis aria-hidden />
          </Button>
        </MenuTrigger>
        <MenuContent align="end">
          <MenuItem disabled={queue.state === "draining"} onSelect={() => run("drain")}>
            {t("queueAction.drain")}
          </MenuItem>
          <MenuSeparator />
          <MenuItem disabled={queue.dead === 0} onSelect={() => run("retry-dead")}>
            {t("queueAction.retry-dead")}
          </MenuItem>
          <MenuItem danger disabled={queue.dead === 0} onSelect={() => setDiscarding(true)}>
            {t("queueAction.discard-dead")}
          </MenuItem>
        </MenuContent>
      </Menu>
      <ConfirmDialog
        open={discarding}
        title={t("queue.discardTitle", { count: queue.dead, n: format.number(queue.dead), name })}
        description={t("queue.discardText")}
        confirm={t("queueAction.discard-dead")}
        danger
        busy={act.isPending}
        onCancel={() => setDiscarding(false)}
        onConfirm={() => run("discard-dead")}
      />
    </span>
  );
}
