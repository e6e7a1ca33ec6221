import { z } from "zod";
import { PRIORITIES, type Priority, type SlaPolicy, type SlaPolicyInput } from "@/api/types";
import { LONGEST, readSpan, writeSpan } from "./span";

export const CLOCKS = ["first_response", "next_response", "resolution"] as const;
export type ClockName = (typeof CLOCKS)[number];
export const KINDS = ["individual", "corporate"] as const;
export const TIERS = ["standard", "business", "premium"] as const;

const within = (text: string, least: number) => {
  const span = readSpan(text);
  return span !== null && span >= least && span <= LONGEST;
};
/** Nothing = nothing is promised. */
const target = z.string().refine((text) => text.trim() === "" || within(text, 60), "field.bad_target");
const delay = z.string().refine((text) => within(text, 0), "field.bad_delay");
const targets = z.object({ first_response: target, next_response: target, resolution: target });

export const schema = z.object({
  name: z.string().trim().min(1, "field.bad_name").max(80, "field.bad_name"),
  enabled: z.boolean(),
  calendar_id: z.string().min(1, "field.unknown_calendar"),
  priorities: z.array(z.enum(["low", "medium", "high", "urgent"])),
  groups: z.array(z.string()),
  categories: z.array(z.string()),
  customer_kinds: z.array(z.enum(KINDS)),
  customer_tiers: z.array(z.enum(TIERS)),
  targets: z.object({ low: targets, medium: targets, high: targets, urgent: targets }),
  pause_on_hold: z.boolean(),
  pause_answered: z.boolean(),
  warnings: z.string().refine((text) => readWarnings(text) !== null, "field.bad_warnings"),
  escalations: z.array(
    z.object({ clock: z.enum(CLOCKS), after: delay, notify_assignee: z.boolean(), notify: z.string(), others: z.array(z.string()), notify_group: z.string(), other_groups: z.array(z.string()), priority: z.string(), group_id: z.string() })
      // Said of the part that is never empty: no single one of the others has to be filled in.
      .refine((link) => link.notify_assignee || link.notify !== "" || link.notify_group !== "" || link.priority !== "" || link.group_id !== "", { message: "field.idle_escalation", path: ["clock"] }),
  ),
});
export type PolicyForm = z.infer<typeof schema>;

export function readWarnings(text: string): number[] | null {
  const parts = text.split(/[,;،\s]+/).filter((part) => part !== "").map(Number);
  const fine = parts.length <= 5 && parts.every((each, n) => Number.isInteger(each) && each >= 1 && each <= 99 && (n === 0 || each > parts[n - 1]!));
  return fine ? parts : null;
}

const written = (seconds: number | null | undefined) => (seconds === null || seconds === undefined ? "" : writeSpan(seconds));
const toTarget = (text: string) => (text.trim() === "" ? null : readSpan(text));

export function toForm(policy: SlaPolicy | undefined, calendar: string): PolicyForm {
  const p = policy?.promises;
  const of = (priority: Priority) => {
    const own = p?.targets[priority];
    return { first_response: written(own?.first_response), next_response: written(own?.next_response), resolution: written(own?.resolution) };
  };
  return {
    name: policy?.name ?? "",
    enabled: policy?.enabled ?? true,
    calendar_id: policy?.calendar_id ?? calendar,
    priorities: p?.priorities ?? [],
    groups: p?.groups ?? [],
    categories: p?.categories ?? [],
    customer_kinds: p?.customer_kinds ?? [],
    customer_tiers: p?.customer_tiers ?? [],
    targets: { low: of("low"), medium: of("medium"), high: of("high"), urgent: of("urgent") },
    pause_on_hold: p?.pause_on_hold ?? true,
    pause_answered: p?.pause_answered ?? true,
    warnings: (p?.warnings ?? [75, 90]).join(", "),
    escalations: (p?.escalations ?? []).map((link) => ({
      clock: link.clock,
      after: written(link.after),
      notify_assignee: link.notify_assignee ?? false,
      notify: link.notify?.[0] ?? "",
      // The form shows one; the others are kept.
      others: link.notify?.slice(1) ?? [],
      notify_group: link.notify_groups?.[0] ?? "",
      other_groups: link.notify_groups?.slice(1) ?? [],
      priority: link.priority ?? "",
      group_id: link.group_id ?? "",
    })),
  };
}

export function toInput(form: PolicyForm): SlaPolicyInput {
  const of = (priority: Priority) => {
    const own = form.targets[priority];
    return { first_response: toTarget(own.first_response), next_response: toTarget(own.next_response), resolution: toTarget(own.resolution) };
  };
  return {
    name: form.name,
    enabled: form.enabled,
    calendar_id: form.calendar_id,
    promises: {
      priorities: form.priorities,
      groups: form.groups,
      categories: form.categories,
      customer_kinds: form.customer_kinds,
      customer_tiers: form.customer_tiers,
      targets: { low: of("low"), medium: of("medium"), high: of("high"), urgent: of("urgent") },
      pause_on_hold: form.pause_on_hold,
      pause_answered: form.pause_answered,
      warnings: readWarnings(form.warnings) ?? [],
      escalations: form.escalations.map((link) => ({
        clock: link.clock,
        after: readSpan(link.after) ?? 0,
        notify_assignee: link.notify_assignee,
        notify: [...(link.notify ? [link.notify] : []), ...link.others.filter((id) => id !== link.notify)],
        notify_groups: [...(link.notify_group ? [link.notify_group] : []), ...link.other_groups.filter((id) => id !== link.notify_group)],
        priority: PRIORITIES.find((each) => each === link.priority) ?? null,
        group_id: link.group_id || null,
      })),
    },
  };
}
