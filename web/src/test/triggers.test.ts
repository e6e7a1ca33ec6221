import { expect, it } from "vitest";
import { schema, toForm, toInput, type TriggerRule } from "@/features/triggers/data";

const rule: TriggerRule = {
  on: true,
  parties: ["assignee", "group"],
  notification_group_ids: ["g1"],
  role_ids: [],
  ways: [
    { channel: "mail", delivery: "digest", mandatory: true, choices: ["immediate", "digest", "off"] },
    { channel: "in_app", delivery: "immediate", mandatory: false, choices: ["immediate", "off"] },
  ],
};

it("a trigger goes through its form and back", () => {
  const form = toForm(rule);
  expect(form.ways).toEqual({ mail: { delivery: "digest", mandatory: true }, in_app: { delivery: "immediate", mandatory: false } });
  const { ways, ...rest } = toInput({ ...form, note: "Audit" });
  expect(rest).toEqual({ on: true, parties: ["assignee", "group"], notification_group_ids: ["g1"], role_ids: [], note: "Audit" });
  expect(ways).toContainEqual({ channel: "mail", delivery: "digest", mandatory: true });
});

it("no more is named than the server takes", () => {
  const many = Array.from({ length: 21 }, (_, n) => String(n));
  expect(schema.safeParse({ ...toForm(rule), role_ids: many }).error?.issues[0]).toMatchObject({ path: ["role_ids"], message: "field.too_many" });
  expect(schema.safeParse({ ...toForm(rule), note: "x".repeat(201) }).success).toBe(false);
});
