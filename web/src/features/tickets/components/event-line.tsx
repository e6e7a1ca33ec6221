import { useTranslation } from "react-i18next";
import type { TimelineEvent } from "@/api/types";
import { Dotted, Labelled, Listed } from "@/components/labelled";
import { Time } from "@/components/time";
import { isolated } from "@/lib/isolated";
import { useFormat } from "@/lib/use-format";

const STATES = new Set(["state_changed"]);
/** What is said where nothing was, or is now; of people and groups, nobody. */
const NONE: Record<string, string> = { project_changed: "ticket.noProject", category_changed: "ticket.noCategory" };
const PRIORITIES = new Set(["priority_changed"]);
const REASONS = new Set(["vendor", "internal", "scheduled", "done", "duplicate", "spam", "invalid", "dmarc_failed", "from_not_one", "from_invalid", "hold_ended", "no_answer", "machine", "own_address", "suppressed", "no_mailbox"]);

/** One of the texts that a name has, one for each language. */
function inLanguage(texts: unknown, language: string): string {
  const known = (texts ?? {}) as Record<string, unknown>;
  const text = known[language] ?? known.fr;
  return typeof text === "string" ? text : "";
}

interface Dealt {
  strategy?: string;
  group?: string;
  open?: number;
  others?: { name: string; open: number }[];
  skills?: string[];
}

/** Why a ticket was dealt to somebody: how, and who had how much to do. */
function Dealt({ dealt: { strategy, group, open, others = [], skills = [] } }: { dealt: Dealt }) {
  const { t } = useTranslation();
  const format = useFormat();
  const load = others.map((one) => (
    <>
      <bdi>{one.name}</bdi> {format.number(one.open)}
    </>
  ));
  const parts = [
    t(`dealStrategy.${strategy}`),
    group && <bdi>{group}</bdi>,
    open !== undefined && t("event.dealtOpen", { open: format.number(open) }),
    skills.length > 0 && (
      <Labelled name={t("event.dealtSkills")}>
        <Listed items={skills} />
      </Labelled>
    ),
    load.length > 0 && (
      <Labelled name={t("event.dealtOthers")}>
        <Listed items={load} />
      </Labelled>
    ),
  ];
  return (
    <span>
      {" "}
      (<Dotted parts={parts} />)
    </span>
  );
}

/** What happened, as one quiet line between the messages. */
export function EventLine({ event }: { event: TimelineEvent }) {
  const { t, i18n } = useTranslation();
  const data = event.data ?? {};
  const word = (value: unknown): string => {
    if (value === null || value === undefined || value === "") return t(NONE[event.event] ?? "event.nobody");
    if (STATES.has(event.event)) return t(`ticketState.${String(value)}`);
    if (PRIORITIES.has(event.event)) return t(`priority.${String(value)}`);
    const name = typeof value !== "object" ? String(value) : "name" in value ? String(value.name) : inLanguage(value, i18n.language);
    return isolated(name, i18n.dir());
  };
  const key = `event.${event.event}`;
  const text = i18n.exists(key)
    ? t(key, { from: word(data.from), to: word(data.to ?? data.name), number: String(data.number ?? ""), percent: String(data.percent ?? ""), days: String(data.days ?? ""), clock: typeof data.clock === "string" ? t(`slaClock.${data.clock}`) : "" })
    : t("event.other");
  // A category decides where a ticket goes and how urgent it begins; so it is said.
  const category = data.category ? t("event.byCategory", { category: inLanguage(data.category, i18n.language) }) : null;
  const dealt = (data.dealt ?? {}) as Dealt;
  const routed = [data.routed_group === true && t("event.routedGroup"), typeof data.routed_priority === "string" && t("event.routedPriority", { priority: t(`priority.${data.routed_priority}`) })].filter(Boolean);
  const names = (value: unknown, sign: string) => (Array.isArray(value) ? value.map((name) => sign + String(name)) : []);
  // Which tags, whose address: a sign says which way it went.
  const which = [...names(data.added, "+"), ...names(data.removed, "−"), ...(typeof data.email === "string" ? [data.email] : [])];
  const reason = typeof data.reason === "string" ? data.reason : null;
  const actor = event.actor.name && event.actor.name !== "system" ? event.actor.name : t("event.system");
  return (
    <p className="flex items-baseline gap-2 px-1 text-xs text-muted-foreground">
      <span aria-hidden className="size-1.5 shrink-0 self-center rounded-full bg-input" />
      <span className="min-w-0">
        <bdi className="font-medium text-foreground">{actor}</bdi> {text}
        {category && (
          <span>
            {" "}
            ({[category, ...routed].join(" · ")})
          </span>
        )}
        {which.map((name) => (
          <span key={name}>
            {" "}
            <bdi className="break-all text-foreground">{name}</bdi>
          </span>
        ))}
        {dealt.strategy && <Dealt dealt={dealt} />}
        {reason && <span> ({REASONS.has(reason) ? t(`reason.${reason}`) : <bdi>{reason}</bdi>})</span>} · <Time at={event.at} />
      </span>
    </p>
  );
}
