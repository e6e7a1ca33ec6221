import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { LARGEST_MAIL, mailSize } from "@/features/tickets/data/mail-size";

it("a mail is as large as the server lets it be, and files grow in it as the server reckons", () => {
  const limits = readFileSync("../domain/src/mail/limits.rs", "utf8");
  const [, megabytes, shift] = /\boutgoing: (\d+) << (\d+)/.exec(limits)!;
  expect(LARGEST_MAIL).toBe(Number(megabytes) * 2 ** Number(shift));
  const compose = readFileSync("../integrations/src/mail/compose/mod.rs", "utf8");
  const [, percent] = /saturating_mul\((\d+)\) \/ 100/.exec(compose)!;
  expect(mailSize([{ size: 60 }, { size: 40 }])).toBe(Number(percent));
});

it("what was refused is not sent and weighs nothing", () => {
  expect(mailSize([{ size: 100, error: new Error("too large") }])).toBe(0);
});
