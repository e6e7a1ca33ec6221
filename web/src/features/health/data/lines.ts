import type { HealthFigureName, HealthLevel, HealthLine, HealthPart } from "@/api/types";

const WORST: HealthLevel[] = ["fail", "warn", "ok"];

/** What somebody should look at, the worst first, and what works. */
export function sorted(lines: readonly HealthLine[]): { attention: HealthLine[]; fine: HealthLine[] } {
  return {
    attention: lines.filter(({ level }) => level !== "ok").toSorted((a, b) => WORST.indexOf(a.level) - WORST.indexOf(b.level)),
    fine: lines.filter(({ level }) => level === "ok"),
  };
}

/** Where one looks closer; pages that somebody may not see are left out by whoever links. */
const PAGES: Partial<Record<HealthPart, string>> = {
  workers: "/admin/queues",
  queue: "/admin/queues",
  scheduler: "/admin/schedules",
  mailbox: "/admin/mailboxes",
  outgoing_mail: "/desk/outgoing-mails",
  text_messages: "/admin/texts",
};

export const pageOf = ({ part, finding, subject }: HealthLine): string | undefined =>
  part === "queue" && finding === "dead" && subject ? `/admin/jobs?queue=${encodeURIComponent(subject)}&state=dead` : PAGES[part];

interface Format {
  number: (value: number) => string;
  bytes: (size: number) => string;
  duration: (ms: number) => string;
}

/** A number in its unit. */
export function figure(format: Format, name: HealthFigureName, value: number): string {
  if (name === "millis") return format.duration(value);
  if (name === "oldest_seconds") return format.duration(value * 1000);
  if (name === "free_bytes" || name === "whole_bytes") return format.bytes(value);
  return format.number(value);
}
