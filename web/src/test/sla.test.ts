import { describe, expect, it } from "vitest";
import { schema, toForm, toInput, type PolicyForm } from "@/features/sla/data/policy";
import { readSpan, writeSpan } from "@/features/sla/data/span";
import type { SlaPolicy } from "@/api/types";

describe("a promised length", () => {
  it("is read as people write it", () => {
    expect(["0:20", "8", " 8:30 ", "1,5", "0.5", "0:19:48"].map(readSpan)).toEqual([1200, 28_800, 30_600, 5400, 1800, 1188]);
    expect(["", "soon", "1:60", "-1", "1:5", ":20"].map(readSpan)).toEqual([null, null, null, null, null, null]);
  });

  it("comes back as it went", () => {
    for (const span of [60, 1188, 1200, 3601, 28_800, 8784 * 3600]) expect(readSpan(writeSpan(span))).toBe(span);
    expect(writeSpan(1200)).toBe("0:20");
  });

  it("does not change because another field of its policy is saved", () => {
    const own = { first_response: 1200, next_response: 1188, resolution: null };
    const promises = { priorities: [], groups: [], customer_kinds: [], customer_tiers: ["premium"], targets: { low: own, medium: own, high: own, urgent: own }, pause_on_hold: true, pause_answered: true, warnings: [75], escalations: [{ clock: "resolution", after: 1000, notify_assignee: true, notify: [] }] };
    const form = toForm({ name: "Gold", enabled: true, calendar_id: "c", promises } as unknown as SlaPolicy, "c");
    expect(schema.safeParse(form).success).toBe(true);
    expect(toInput({ ...form, name: "Silver" }).promises).toMatchObject({ targets: promises.targets, customer_tiers: ["premium"], escalations: [{ after: 1000 }] });
  });

  it("is escalated to do something, which no single one of the ways has to be", () => {
    const form = toForm(undefined, "c");
    const idle: PolicyForm["escalations"][number] = { clock: "resolution", after: "0:00", notify_assignee: false, notify: "", others: [], notify_group: "", other_groups: [], priority: "", group_id: "" };
    const verdict = schema.safeParse({ ...form, name: "x", escalations: [idle, { ...idle, priority: "high" }] });
    // At the one field of it that is never empty: it would be called empty elsewhere.
    expect(verdict.error?.issues).toMatchObject([{ path: ["escalations", 0, "clock"], message: "field.idle_escalation" }]);
  });

  it("has limits", () => {
    const form = toForm(undefined, "c");
    const fits = (text: string) => schema.safeParse({ ...form, name: "x", targets: { ...form.targets, low: { ...form.targets.low, resolution: text } } }).success;
    expect(["", "0:01", "8784"].map(fits)).toEqual([true, true, true]);
    expect(["0:00", "8784:01", "x"].map(fits)).toEqual([false, false, false]);
  });
});
