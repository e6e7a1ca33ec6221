import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ACTIONS, SUBJECTS } from "@/features/audit/data/actions";
import { facts } from "@/features/audit/data/facts";
import { query } from "@/features/audit/data/queries";
import texts from "@/i18n/locales/en/audit.json";

const NONE = { q: "", action: "", actor: "", kind: "", from: "", to: "" };

describe("the audit explorer", () => {
  it("takes a last day whole", () => {
    const asked = query({ ...NONE, from: "2026-03-01", to: "2026-03-01" });
    expect(new Date(asked.to!).getTime() - new Date(asked.from!).getTime()).toBe(86_400_000);
    expect(query({ ...NONE, from: "soon" }).from).toBeUndefined();
  });

  it("tells a subject's id from an address", () => {
    const id = "01930000-0000-7000-8000-000000000001";
    expect(query({ ...NONE, q: id })).toMatchObject({ subject_id: id, ip: undefined });
    expect(query({ ...NONE, q: "2001:db8::1", kind: "ticket" })).toMatchObject({ subject_id: undefined, ip: "2001:db8::1", subject_type: "ticket" });
  });

  it("tells changes from notes", () => {
    expect(facts({ name: { from: null, to: "b" }, tags: ["x"], seen: false, reason: null })).toEqual([
      { field: "name", from: null, to: "b" },
      { field: "tags", to: ["x"] },
      { field: "seen", to: false },
    ]);
    expect(facts({ from: "open", to: "closed", reason: "done" })).toEqual([
      { field: "value", from: "open", to: "closed" },
      { field: "reason", to: "done" },
    ]);
    expect(facts("text")).toEqual([]);
  });
});

/** Names of news for browsers that are written elsewhere than beside their `NewEvent`. */
const EVENTS = new Set(["customer.updated", "signing_key.retired", "signing_key.rotated", "security_alert.raised", "ticket.rated", "ticket.survey"]);

/** The use cases' code without its tests and without what it tells browsers, which is no line of the trail. */
function useCases(): string[] {
  // What a mail's processing notes is the mail's journey, which has a page of its own.
  const files = readdirSync("../app/src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".rs") && file !== join("mail", "process.rs"));
  // A ticket is opened by one statement, its line with it.
  files.push(join("..", "..", "store", "src", "ticket", "open.rs"));
  return files.map((file) => without(readFileSync(join("../app/src", file), "utf8").split("#[cfg(test)]")[0]!.replaceAll(/let news = [^;]*;/g, "").replaceAll(/\("[a-z_.]+", Permission::\w+\)/g, ""), "NewEvent {", "{", "}"));
}

/** Where what begins at `from` ends, by its brackets. */
function end(code: string, from: number, open: string, close: string): number {
  let depth = 0;
  for (let at = from; at < code.length; at += 1) {
    if (code[at] === open) depth += 1;
    if (code[at] === close && --depth === 0) return at;
  }
  return code.length;
}

function without(code: string, start: string, open: string, close: string): string {
  const at = code.indexOf(start);
  return at < 0 ? code : code.slice(0, at) + without(code.slice(end(code, at + start.length - 1, open, close) + 1), start, open, close);
}

describe("the words of the trail", () => {
  const code = useCases();
  const all = (pattern: RegExp, text = code.join("\n")) => [...text.matchAll(pattern)].map(([, word]) => word!);

  it("name every kind of subject", () => {
    const named = new Set(all(/subject_type: "([a-z_]+)"/g));
    expect([...SUBJECTS].sort()).toEqual([...named].sort());
    expect(SUBJECTS.filter((subject) => !(subject in texts.auditSubject))).toEqual([]);
  });

  it("name every action", () => {
    const first = new Set([...SUBJECTS, "job", "keys", "kyc", "reminder", "schedule"] as string[]);
    const dotted = all(/(?<!kind: )(?<!PERMISSION: &str = )"([a-z_]+\.[a-z_]+)"/g).filter((action) => first.has(action.split(".")[0]!));
    expect([...ACTIONS].sort()).toEqual([...new Set(dotted)].filter((action) => !EVENTS.has(action)).sort());
    const found = (action: string) => action.split(".").reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], texts.auditAction);
    expect(ACTIONS.filter((action) => typeof found(action) !== "string")).toEqual([]);
  });

  it("name every field", () => {
    const writers = code.filter((file) => /Entry \{|\brecord\(|\blog\(/.test(file));
    const fields = writers.flatMap((file) => {
      const objects = [...file.matchAll(/json!\(/g)].map(({ index }) => file.slice(index, end(file, index + 5, "(", ")")));
      return [...objects.flatMap((object) => all(/"([a-z_0-9]+)":/g, object)), ...all(/insert\(\s*"([a-z_0-9]+)"/g, file), ...all(/^\s+\(?\s*"([a-z_0-9]+)",\s*(?:Some|before\.|was\.)/gm, file)];
    });
    expect(new Set(fields).size).toBeGreaterThan(50);
    expect([...new Set(fields)].filter((field) => !(field in texts.auditField)).sort()).toEqual([]);
  });
});
