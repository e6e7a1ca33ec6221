import { describe, expect, it } from "vitest";
import { facts } from "@/features/audit/data/facts";
import { query } from "@/features/audit/data/queries";

const NONE = { action: "", actor: "", subject: "", ip: "", from: "", to: "" };

describe("the audit explorer", () => {
  it("takes a last day whole", () => {
    const asked = query({ ...NONE, from: "2026-03-01", to: "2026-03-01" });
    expect(new Date(asked.to!).getTime() - new Date(asked.from!).getTime()).toBe(86_400_000);
    expect(query({ ...NONE, from: "soon" }).from).toBeUndefined();
  });

  it("tells a subject's id from its kind", () => {
    const id = "01930000-0000-7000-8000-000000000001";
    expect(query({ ...NONE, subject: id })).toMatchObject({ subject_id: id, subject_type: undefined });
    expect(query({ ...NONE, subject: "ticket " })).toMatchObject({ subject_id: undefined, subject_type: "ticket" });
  });

  it("tells changes from notes", () => {
    expect(facts({ name: { from: null, to: "b" }, tags: ["x"], seen: false })).toEqual([
      { field: "name", from: "—", to: "b" },
      { field: "tags", to: '["x"]' },
      { field: "seen", to: "false" },
    ]);
    expect(facts("text")).toEqual([]);
  });
});
