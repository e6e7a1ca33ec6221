import { AlarmClock, CircleCheck, CircleSlash, Flame, Pause, type LucideIcon } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SlaClock, TicketSla } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Labelled, Listed } from "@/components/labelled";
import { Ltr } from "@/components/mono";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import { Progress } from "@/components/ui/progress";
import { Skeleton } from "@/components/ui/skeleton";
import { useFormat } from "@/lib/use-format";
import { useNow } from "@/lib/use-now";
import { useExplainedSla, useTicketSla } from "../data/queries";

const MARKS: Record<string, { tone: Tone; icon: LucideIcon }> = {
  running: { tone: "info", icon: AlarmClock },
  overdue: { tone: "danger", icon: Flame },
  paused: { tone: "neutral", icon: Pause },
  met: { tone: "success", icon: CircleCheck },
  late: { tone: "warning", icon: CircleCheck },
  cancelled: { tone: "neutral", icon: CircleSlash },
};

function verdict(clock: SlaClock, now: number): string {
  if (clock.status === "met") return clock.breached_at ? "late" : "met";
  if (clock.status === "running" && clock.due_at && new Date(clock.due_at).getTime() <= now) return "overdue";
  return clock.status;
}

/** What was promised for a ticket, how it stands, and why. */
export function SlaPanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const title = useId();
  const sla = useTicketSla(id);
  return (
    <Card aria-labelledby={title} role="region" className="grid gap-3 p-4 text-sm">
      <h2 id={title} className="font-semibold">
        {t("slaPanel.title")}
      </h2>
      {sla.isPending ? <Skeleton className="h-20" /> : sla.data ? <Clocks id={id} sla={sla.data} /> : <ErrorState error={sla.error} onRetry={() => void sla.refetch()} />}
    </Card>
  );
}

function Clocks({ id, sla }: { id: string; sla: TicketSla }) {
  const { t } = useTranslation();
  // Of answers to later messages, the last one stands for the others; the rest is history.
  const shown = sla.clocks.filter((clock, n) => clock.kind !== "next_response" || !sla.clocks.slice(n + 1).some((later) => later.kind === "next_response"));
  if (!sla.policy) return <p className="text-muted-foreground">{t("slaPanel.noPolicy")}</p>;
  return (
    <>
      <ul className="grid gap-3">
        {shown.map((clock) => (
          <li key={`${clock.kind} ${clock.cycle}`}>
            <ClockLine id={id} clock={clock} />
          </li>
        ))}
      </ul>
      <p className="text-xs text-muted-foreground">
        <bdi className="block">{t("slaPanel.policy", { name: sla.policy.name, number: sla.policy.number })}</bdi>
        {sla.policy.customer_tiers.length > 0 && (
          <span className="block">
            <Labelled name={t("slaPanel.tiers")}>
              <Listed items={sla.policy.customer_tiers.map((tier) => t(`slaPanel.tier.${tier}`))} />
            </Labelled>
          </span>
        )}
        <bdi className="block">{t("slaPanel.calendar", { calendar: sla.policy.calendar, zone: sla.policy.zone })}</bdi>
      </p>
    </>
  );
}

function ClockLine({ id, clock }: { id: string; clock: SlaClock }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const [why, setWhy] = useState(false);
  const state = verdict(clock, now);
  const { tone, icon: Icon } = MARKS[state] ?? MARKS.cancelled!;
  const name = t(`slaClock.${clock.kind}`) + (clock.kind === "next_response" ? ` ${t("slaPanel.cycle", { n: clock.cycle })}` : "");
  const seconds = (value: number) => format.span(value * 1000);
  const target = clock.target;
  const left = clock.due_at ? new Date(clock.due_at).getTime() - now : null;
  const live = clock.status === "running";
  return (
    <div className="grid gap-1">
      <span className="flex flex-wrap items-center justify-between gap-2">
        <span className="font-medium first-letter:uppercase">{name}</span>
        <Badge tone={tone}>
          <Icon aria-hidden />
          {t(`slaPanel.status.${state}`)}
        </Badge>
      </span>
      {target !== null && target !== undefined ? (
        <>
          <Progress label={name} value={Math.min(100, Math.round((100 * clock.sums.counted) / Math.max(1, target)))} />
          <span className="text-xs text-muted-foreground">{t("slaPanel.used", { used: seconds(clock.sums.counted), target: seconds(target) })}</span>
        </>
      ) : (
        <span className="text-xs text-muted-foreground">{t("slaPanel.nothing")}</span>
      )}
      {live && left !== null && clock.due_at && (
        <span className="text-xs">
          {t(left <= 0 ? "slaPanel.late" : "slaPanel.left", { time: format.duration(Math.max(60_000, Math.abs(left))) })} · {t("slaPanel.dueAt", { at: format.dateTime(clock.due_at) })}
        </span>
      )}
      {!live && clock.breached_at && <span className="text-xs">{t("slaPanel.brokenAt", { at: format.dateTime(clock.breached_at) })}</span>}
      <Button size="sm" variant="ghost" className="justify-self-start" aria-haspopup="dialog" onClick={() => setWhy(true)}>
        {t("slaPanel.why")}
        <span className="sr-only"> {name}</span>
      </Button>
      {why && <Why id={id} of={clock} name={name} onClose={() => setWhy(false)} />}
    </div>
  );
}

type Segment = NonNullable<SlaClock["segments"]>[number];

/** Every second of a clock, told in words; the sums are those of the rows. */
function Why({ id, of, name, onClose }: { id: string; of: SlaClock; name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const seconds = (value: number) => format.span(value * 1000);
  const explained = useExplainedSla(id);
  // The sums are those of the rows, whatever the panel was told meanwhile.
  const clock = explained.data?.clocks.find(({ kind, cycle }) => kind === of.kind && cycle === of.cycle);
  const reason = (segment: Segment) => {
    if (segment.reason === "holiday") return t("slaPanel.reason.holiday", { name: segment.holiday ?? "" });
    if (segment.reason === "state") return t("slaPanel.reason.state", { state: t(`ticketState.${segment.state ?? "open"}`) });
    return t(`slaPanel.reason.${segment.reason}`);
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("slaPanel.whyOf", { clock: name })} className="max-w-2xl" footer={<Button onClick={onClose}>{t("common.close")}</Button>}>
      {clock ? (
        <div className="grid gap-3 text-sm">
          <p>{t("slaPanel.sums", { counted: seconds(clock.sums.counted), closed: seconds(clock.sums.closed), holiday: seconds(clock.sums.holiday), state: seconds(clock.sums.state) })}</p>
          {clock.shortened && <p className="text-muted-foreground">{t("slaPanel.shortened")}</p>}
          <div className="max-h-[50vh] overflow-auto" tabIndex={0} role="region" aria-label={t("slaPanel.whyOf", { clock: name })}>
            <table className="w-full text-start text-sm">
              <thead className="text-xs text-muted-foreground">
                <tr>
                  {["from", "to", "length", "what"].map((column) => (
                    <th key={column} scope="col" className="py-1 pe-3 text-start font-medium">
                      {t(`slaPanel.${column}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {clock.segments?.map((segment) => (
                  <tr key={segment.from} className="border-t">
                    <td className="py-1 pe-3">
                      <Ltr className="tabular">{format.dateTime(segment.from)}</Ltr>
                    </td>
                    <td className="py-1 pe-3">
                      <Ltr className="tabular">{format.dateTime(segment.to)}</Ltr>
                    </td>
                    <td className="py-1 pe-3">{format.span(new Date(segment.to).getTime() - new Date(segment.from).getTime())}</td>
                    <td className={segment.reason === "counted" ? "py-1 font-medium" : "py-1 text-muted-foreground"}>{reason(segment)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </div>
      ) : explained.isError ? (
        <ErrorState error={explained.error} onRetry={() => void explained.refetch()} />
      ) : (
        <Skeleton className="h-40" />
      )}
    </Dialog>
  );
}
