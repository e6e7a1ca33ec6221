import { expect, it } from "vitest";
import { budgetSchema, fromMicros, toMicros } from "@/features/security/data/costs";

it.each([
  ["0.052", 52_000],
  ["0,052", 52_000],
  [" 12 ", 12_000_000],
  ["١٢٫٥", 12_500_000],
  ["0.000001", 1],
  ["1 000", null],
  ["1,000.50", null],
  ["0.0000001", null],
  ["-1", null],
  ["", null],
])("%j is %j millionths", (text, micros) => expect(toMicros(text)).toBe(micros));

it("an amount that was read is written the same way", () => {
  for (const micros of [0, 1, 52_000, 12_500_000, 1_000_000_000_000_000]) expect(toMicros(fromMicros(micros))).toBe(micros);
  expect(fromMicros(null)).toBe("");
});

it("a cap that could be a thousand or one is neither", () => {
  const refused = (cap_micros: string) => budgetSchema.safeParse({ currency: "USD", cap_micros }).error?.issues.map(({ message }) => message) ?? [];
  expect(refused("1,000")).toContain("field.ambiguous_amount");
  expect(refused("١٫٠٠٠")).toContain("field.ambiguous_amount");
  for (const good of ["1000", "1000.50", "1000,5", "0.052", ""]) expect(refused(good)).toEqual([]);
});
