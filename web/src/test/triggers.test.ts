import { expect, it } from "vitest";
import { keyOf, nameSchema, schema, toForm, toInput, triggerOf, type Trigger, type TriggerRule } from "@/features/triggers/data";

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

it("an event by name has the trigger of its topic until it has its own", () => {
  const general = { topic: "custom_event", event: null, rule, default_rule: { ...rule, parties: [] }, changed: true, version: 4, updated_at: "2026-03-01T00:00:00Z", by: "A" } as unknown as Trigger;
  const own = { ...general, event: "backup.failed", version: 2 };
  const all = [general, own];
  expect(all.map(keyOf)).toEqual(["custom_event", "custom_event:backup.failed"]);
  expect(triggerOf(all, keyOf(own))).toBe(own);
  expect(triggerOf(all, "custom_event:invoice.late")).toMatchObject({ event: "invoice.late", rule, default_rule: rule, changed: false, version: 0, by: null });
  for (const none of ["sla_breach", "sla_breach:late", "custom_event:", "custom_event:Backup"]) expect(triggerOf(all, none)).toBeUndefined();
  expect(nameSchema.safeParse({ name: "Backup failed" }).error?.issues[0]).toMatchObject({ message: "trigger.badName" });
});
