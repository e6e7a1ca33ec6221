import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BulkChange, TicketBulk } from "@/api/types";
import { Labelled, Listed } from "@/components/labelled";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Badge, type Tone } from "@/components/ui/badge";
import { Progress } from "@/components/ui/progress";
import { useCategories } from "@/lib/use-categories";
import { useFormat } from "@/lib/use-format";
import { useAgents } from "@/lib/use-agents";
import { useGroups } from "@/lib/use-groups";
import type { BulkRow } from "../data/bulk";

const STATES: Record<TicketBulk["state"], Tone> = { queued: "info", running: "info", done: "success", stopped: "warning" };
const OUTCOMES: Record<BulkRow["outcome"], Tone> = { waiting: "info", done: "success", unchanged: "neutral", refused: "danger" };

export function BulkStateBadge({ state }: Pick<TicketBulk, "state">) {
  const { t } = useTranslation();
  return <Badge tone={STATES[state]}>{t(`bulkState.${state}`)}</Badge>;
}

export function BulkOutcomeBadge({ outcome }: Pick<BulkRow, "outcome">) {
  const { t } = useTranslation();
  return <Badge tone={OUTCOMES[outcome]}>{t(`bulkOutcome.${outcome}`)}</Badge>;
}

/** What is done to each ticket, in a few words. */
export function BulkWhat({ change }: { change: BulkChange }) {
  const { t } = useTranslation();
  const agents = useAgents(change.assignee_id != null);
  const groups = useGroups(change.group_id != null);
  const categories = useCategories(change.category_id != null);
  const listed = (tags: string[]) => tags.length > 0 && <Listed items={tags} />;
  const parts: [string, ReactNode][] = [
    [t("ticket.assignee"), change.unassign ? t("ticket.unassigned") : change.assignee_id && (agents?.find(({ id }) => id === change.assignee_id)?.name ?? "…")],
    [t("ticket.group"), change.group_id && (groups?.find(({ id }) => id === change.group_id)?.name ?? "…")],
    [t("ticket.category"), change.category_id && (categories?.find(({ id }) => id === change.category_id)?.path ?? "…")],
    [t("ticket.priority"), change.priority && t(`priority.${change.priority}`)],
    [t("ticket.state"), change.state && t(`ticketState.${change.state}`)],
    [t("common.reason"), change.reason && t([`reason.${change.reason}`, change.reason])],
    [t("ticket.holdsUntil"), change.on_hold_until && <Time at={change.on_hold_until} full />],
    [t("ticket.noReplyNeeded"), change.no_reply_needed],
    [t("bulk.addTags"), change.add_tags && listed(change.add_tags)],
    [t("bulk.removeTags"), change.remove_tags && listed(change.remove_tags)],
  ];
  return (
    <span className="flex min-w-0 flex-wrap gap-x-3">
      {parts.map(
        ([name, value]) =>
          value && (
            <span key={name}>
              <Labelled name={name}>{value}</Labelled>
            </span>
          ),
      )}
    </span>
  );
}

/** How far a change of many tickets is. */
export function BulkResult({ bulk }: { bulk: TicketBulk }) {
  const { t } = useTranslation();
  const format = useFormat();
  const settled = bulk.done + bulk.unchanged + bulk.refused;
  const counts = [
    ["changed", bulk.done],
    ["unchanged", bulk.unchanged],
    ["refused", bulk.refused],
  ] as const;
  return (
    <div className="grid gap-4">
      <Progress value={bulk.total > 0 ? (settled / bulk.total) * 100 : 100} label={t("bulk.progress")} />
      <p role="status" className="tabular text-sm">
        {t("bulk.settled", { done: format.number(settled), total: format.number(bulk.total) })}
      </p>
      <dl className="grid grid-cols-3 gap-3 text-sm">
        {counts.map(([name, count]) => (
          <div key={name} className="rounded-md border p-3">
            <dt className="text-muted-foreground">{t(`bulk.${name}`)}</dt>
            <dd className="tabular text-lg font-semibold" data-bulk={name}>
              {format.number(count)}
            </dd>
          </div>
        ))}
      </dl>
      {bulk.state === "stopped" && settled < bulk.total && <Alert tone="warning" title={t("bulk.left", { count: bulk.total - settled, n: format.number(bulk.total - settled) })} />}
    </div>
  );
}
