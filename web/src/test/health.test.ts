import { expect, it } from "vitest";
import type { HealthFigureName, HealthFinding, HealthLevel, HealthLine, HealthPart } from "@/api/types";
import { figure, pageOf, sorted } from "@/features/health/data/lines";
import texts from "@/i18n/locales/en/health.json";

const line = (part: HealthPart, level: HealthLevel, finding: HealthFinding, subject: string | null = null): HealthLine => ({ part, level, finding, subject, figures: [], at: null, detail: null });

it("what fails comes before what is only to be looked at, and what works apart", () => {
  const { attention, fine } = sorted([line("database", "ok", "fine"), line("disk", "warn", "scarce"), line("queue", "fail", "stuck", "sla"), line("redis", "warn", "slow")]);
  expect(attention.map(({ part }) => part)).toEqual(["queue", "disk", "redis"]);
  expect(fine.map(({ part }) => part)).toEqual(["database"]);
});

it("a queue with dead jobs leads to these", () => {
  expect(pageOf(line("queue", "warn", "dead", "mail_in"))).toBe("/admin/jobs?queue=mail_in&state=dead");
  expect(pageOf(line("queue", "fail", "stuck", "mail_in"))).toBe("/admin/queues");
  expect(pageOf(line("redis", "fail", "away"))).toBeUndefined();
});

it("numbers are said in their unit", () => {
  const format = { number: (n: number) => `${n}`, bytes: (n: number) => `${n} B`, duration: (n: number) => `${n} ms` };
  expect([figure(format, "oldest_seconds", 2), figure(format, "millis", 3), figure(format, "free_bytes", 5), figure(format, "dead", 7)]).toEqual(["2000 ms", "3 ms", "5 B", "7"]);
});

// The compiler holds these against what the server can say.
const FINDINGS: Record<HealthFinding, true> = {
  fine: true,
  off: true,
  slow: true,
  away: true,
  crowded: true,
  outdated: true,
  paused: true,
  dead: true,
  late: true,
  stuck: true,
  unserved: true,
  no_workers: true,
  no_leader: true,
  still: true,
  refused: true,
  silent: true,
  held: true,
  failed: true,
  lost: true,
  no_server: true,
  scarce: true,
  full: true,
};
const PARTS: Record<HealthPart, true> = {
  database: true,
  migrations: true,
  redis: true,
  files: true,
  disk: true,
  workers: true,
  scheduler: true,
  queue: true,
  mailbox: true,
  outgoing_mail: true,
  mail_server: true,
  text_messages: true,
};
const FIGURES: Record<HealthFigureName, true> = {
  millis: true,
  lent: true,
  most: true,
  missing: true,
  waiting: true,
  oldest_seconds: true,
  running: true,
  dead: true,
  workers: true,
  failed: true,
  bounced: true,
  suppressed: true,
  blocked: true,
  free_bytes: true,
  whole_bytes: true,
};

it("there is a sentence for whatever can be found, and a name for every part and number", () => {
  for (const finding of Object.keys(FINDINGS)) expect(texts.healthAdvice, finding).toHaveProperty(finding);
  for (const part of Object.keys(PARTS)) expect(texts.healthPart, part).toHaveProperty(part);
  for (const name of Object.keys(FIGURES)) expect(texts.healthFigure, name).toHaveProperty(name);
});
