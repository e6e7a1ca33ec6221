import { useTranslation } from "react-i18next";
import type { TicketExport, TicketExportRun } from "@/api/types";
import { Labelled, Listed } from "@/components/labelled";
import { Ltr } from "@/components/mono";
import { Badge, type Tone } from "@/components/ui/badge";
import { useMay } from "@/features/shell/use-user";
import { useAgents } from "@/lib/use-agents";
import { useCategories } from "@/lib/use-categories";
import { useFormat } from "@/lib/use-format";
import type { TicketFilter } from "@/features/tickets/data/filters";
import { clock } from "../data/exports";
import { asked, useMoreFacets } from "@/features/tickets/data/use-more-facets";
import { useProjectFacet } from "@/features/tickets/data/use-project-facet";

const STATES: Record<TicketExportRun["state"], Tone> = { queued: "info", running: "info", sent: "success", failed: "danger", skipped: "neutral" };

export function RunStateBadge({ run }: { run: TicketExportRun }) {
  const { t } = useTranslation();
  return <Badge tone={STATES[run.state]}>{t(`exportRunState.${run.state}`)}</Badge>;
}

/** What became of a run, with why it failed. */
export function RunResult({ run }: { run: TicketExportRun }) {
  const { t } = useTranslation();
  return (
    <span className="inline-flex flex-wrap items-center gap-1.5">
      <RunStateBadge run={run} />
      {run.error && <span className="text-danger">{t(`exportTrouble.${run.error}`)}</span>}
    </span>
  );
}

/** Days of the week from Monday, 1 to 7, as the reader calls them. */
export function useWeekdays() {
  const { i18n } = useTranslation();
  const day = new Intl.DateTimeFormat(i18n.language, { weekday: "long", timeZone: "UTC" });
  // 5 January 1970 was a Monday.
  return [1, 2, 3, 4, 5, 6, 7].map((n) => ({ value: String(n), label: day.format(new Date(Date.UTC(1970, 0, 4 + n))) }));
}

/** When it is made, in a few words. */
export function Rhythm({ of: { every, day, minute, zone } }: { of: TicketExport }) {
  const { t } = useTranslation();
  const weekdays = useWeekdays();
  const format = useFormat();
  const when = { day: "", week: weekdays[(day ?? 1) - 1]?.label ?? "", month: format.number(day ?? 1) }[every];
  return (
    <span>
      {t(`exportRhythm.${every}`, { when })}{" "}
      <Ltr className="tabular">
        {clock(minute)} ({zone})
      </Ltr>
    </span>
  );
}

/** What the list is narrowed to, in a few words. */
export function FilterWords({ filter }: { filter: TicketFilter }) {
  const { t } = useTranslation();
  const agents = useAgents(filter.assignee !== "");
  const categories = useCategories(filter.category !== "");
  const mayProjects = useMay("projects.view");
  const project = useProjectFacet(filter.project, mayProjects && filter.project !== "");
  const more = asked(useMoreFacets(filter), filter);
  const somebody: Record<string, string | undefined> = { me: t("ticket.mine"), none: t("ticket.unassigned") };
  const assignee = somebody[filter.assignee] ?? agents?.find(({ id }) => id === filter.assignee)?.name ?? "…";
  const path = (wanted: string) => categories?.find(({ id }) => id === wanted)?.path ?? "…";
  const parts = [
    [t("ticket.state"), filter.state.map((state) => t(`ticketState.${state}`))],
    [t("ticket.priority"), filter.priority.map((priority) => t(`priority.${priority}`))],
    [t("ticket.assignee"), filter.assignee && [assignee]],
    [t("ticket.category"), filter.category && (filter.category === "none" ? [t("ticket.noCategory")] : filter.category.split(",").map(path))],
    [t("ticket.tag"), filter.tag && [filter.tag]],
    [project.label, filter.project && [project.options.find(({ value }) => value === filter.project)?.label ?? "…"]],
    [t("slaPanel.filter"), filter.due && [t(`slaPanel.${filter.due}`)]],
    [t("escalation.filter"), filter.escalated && [t("escalation.open")]],
    [t("aside.filter"), filter.aside === "only" ? [t("aside.only")] : ""],
    [t("ticketFilter.spam"), filter.spam && [t(filter.spam === "yes" ? "ticketFilter.spamOnly" : "ticketFilter.spamToo")]],
    [t("exportPlan.words"), filter.q && [filter.q]],
  ] as const;
  const said = parts.filter(([, values]) => values.length > 0);
  if (said.length === 0 && more.length === 0) return t("exportPlan.everything");
  return (
    <span className="flex min-w-0 flex-wrap gap-x-3">
      {said.map(([name, values]) => (
        <span key={name}>
          <Labelled name={name}>{values && <Listed items={values} />}</Labelled>
        </span>
      ))}
      {more.map((answer) => (
        <bdi key={answer}>{answer}</bdi>
      ))}
    </span>
  );
}
