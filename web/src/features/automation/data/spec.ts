import { type AutomationRun, type Priority, TICKET_SOURCES, type TicketState } from "@/api/types";

/** A rule as data; the server's `spec`, see docs/AUTOMATION.md. */
export type Condition =
  | { test: "all" | "any"; of: Condition[] }
  | { test: "not"; of: Condition }
  | { test: "state"; any: TicketState[] }
  | { test: "priority"; any: Priority[] }
  | { test: "group" | "category"; any: string[] }
  | { test: "source"; any: string[] }
  | { test: "assigned" | "unanswered" | "sla_breached"; is: boolean }
  | { test: "rating"; any: number[] }
  | { test: "tag"; tag: string }
  | { test: "subject"; text: string }
  | { test: "age"; since: "created" | "last_message" | "state"; minutes: number };

export type Action =
  | { do: "assign"; user_id: string | null }
  | { do: "group"; group_id: string }
  | { do: "category"; category_id: string }
  | { do: "state"; to: TicketState; reason?: string | null }
  | { do: "priority"; to: Priority }
  | { do: "add_tag" | "remove_tag"; tag: string }
  | { do: "note"; body: string }
  | { do: "reply"; body?: string; template_id?: string | null }
  | { do: "notify"; assignee: boolean; user_ids: string[]; notification_group_ids?: string[]; template_id?: string | null; sms_template_id?: string | null }
  | { do: "wait"; minutes: number; only_if?: Condition | null }
  | { do: "deal" | "webhook" | "escalate" };

export type Trigger = { when: "event"; on: string; name?: string } | { when: "schedule"; every_minutes: number };

export interface Spec {
  trigger: Trigger;
  condition: Condition;
  actions: Action[];
  limit: number;
}

export interface Finding {
  test: string;
  holds: boolean;
  found?: string;
  of?: Finding[];
}

export const HAPPENINGS = ["created", "customer_message", "agent_reply", "state_changed", "priority_changed", "assigned", "sla_warning", "sla_breached", "rated", "custom"] as const;
export const TESTS = ["all", "any", "not", "state", "priority", "group", "category", "assigned", "unanswered", "sla_breached", "rating", "tag", "subject", "source", "age"] as const;
export const ACTIONS = ["assign", "deal", "group", "category", "state", "priority", "add_tag", "remove_tag", "note", "reply", "notify", "webhook", "escalate", "wait"] as const;
export const SOURCES = TICKET_SOURCES;
export const SINCE = ["created", "last_message", "state"] as const;
export const RUN_STATES = ["queued", "held", "acted", "not_met", "skipped", "dismissed"] as const satisfies readonly AutomationRun["state"][];

/** What a test begins with. */
export function newCondition(test: Condition["test"]): Condition {
  switch (test) {
    case "all":
    case "any":
      return { test, of: [newCondition("state")] };
    case "not":
      return { test, of: newCondition("state") };
    case "state":
      return { test, any: ["open"] };
    case "priority":
      return { test, any: ["urgent"] };
    case "group":
    case "category":
    case "source":
      return { test, any: [] };
    case "rating":
      return { test, any: [1, 2] };
    case "tag":
      return { test, tag: "" };
    case "subject":
      return { test, text: "" };
    case "age":
      return { test, since: "state", minutes: 60 };
    default:
      return { test, is: true };
  }
}

/** What an action begins with. */
export function newAction(kind: Action["do"]): Action {
  switch (kind) {
    case "assign":
      return { do: kind, user_id: null };
    case "group":
      return { do: kind, group_id: "" };
    case "category":
      return { do: kind, category_id: "" };
    case "state":
      return { do: kind, to: "in_progress" };
    case "priority":
      return { do: kind, to: "high" };
    case "add_tag":
    case "remove_tag":
      return { do: kind, tag: "" };
    case "note":
    case "reply":
      return { do: kind, body: "" };
    case "notify":
      return { do: kind, assignee: true, user_ids: [] };
    case "wait":
      return { do: kind, minutes: 60 };
    default:
      return { do: kind };
  }
}

export const NEW_SPEC: Spec = {
  trigger: { when: "event", on: "created" },
  condition: { test: "all", of: [newCondition("priority")] },
  actions: [newAction("add_tag")],
  limit: 100,
};

/** Units of a wait, in minutes. */
export const UNITS = { minutes: 1, hours: 60, days: 1440 } as const;
export type Unit = keyof typeof UNITS;

/** A length as people say it: in the largest unit that divides it. */
export function lengthOf(minutes: number): { n: number; unit: Unit } {
  const unit = minutes > 0 ? (["days", "hours"] as const).find((each) => minutes % UNITS[each] === 0) : undefined;
  return { n: minutes / UNITS[unit ?? "minutes"], unit: unit ?? "minutes" };
}

/** An action that names its group or category, and in which nobody has chosen one yet. */
export function isUnchosen(action: Action): boolean {
  return (action.do === "group" && action.group_id === "") || (action.do === "category" && action.category_id === "");
}
