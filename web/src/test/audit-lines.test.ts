import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** Changing operations that leave no line in the trail, and why. */
const WITHOUT: Record<string, string[]> = {
  "begins what lives for minutes; its end is on record": [
    "askMagicLink",
    "askPasskeyLogin",
    "askPasskeySecondFactor",
    "askPasskeyStepUp",
    "askPasswordReset",
    "beginPasskey",
    "beginTotp",
    "register",
    "startLink",
    "startSignOn",
  ],
  "looks at what a link is for": ["lookAtLink", "offeredMembership", "openSurvey"],
  "shows, and keeps nothing": ["dryRunAutomationRule", "previewCannedReply", "previewKnowledgeArticle", "previewMessage", "previewMessageTemplate", "previewCustomTemplate", "previewNotificationTrigger", "suggestArticles", "testOidcProvider"],
  "who is at a ticket is true for a moment": ["attendTicket", "leaveTicket"],
  "what nobody sent yet; sending it is on record": ["discardDraft", "keepDraft", "uploadFile"],
  "how one’s own lists are shown, and what one has read": ["arrangeViews", "markNotification", "markNotifications", "viewTicket"],
  "counted without a name": ["solvedByArticle", "voteForArticle"],
  "the word of a machine, kept with the mail or the text that it is about": ["inboundMail", "smsReport"],
};

interface Fn {
  file: string;
  name: string;
  body: string;
  /** Takes `self`. */
  method: boolean;
}

interface Code {
  text: string;
  fns: Fn[];
  /** What a name stands for by the file's `use`. */
  uses: Map<string, string[]>;
}

/** The code without its tests and comments. */
function read(file: string): string {
  return readFileSync(file, "utf8")
    .split(/#\[cfg\(test\)\]\s*mod tests/)[0]!
    .replaceAll(/\/\/[^\n]*/g, "");
}

/** Where the block that begins at `from` ends. */
function end(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}" && --depth === 0) return at + 1;
  }
  return text.length;
}

function functions(file: string, text: string): Fn[] {
  return [...text.matchAll(/\bfn\s+([a-z0-9_]+)\s*(?:<[^{;(]*>)?\s*\(/g)].flatMap((match) => {
    const after = match.index + match[0].length;
    const from = text.indexOf("{", after);
    const stop = text.indexOf(";", after);
    if (from < 0 || (stop >= 0 && stop < from)) return [];
    return [{ file, name: match[1]!, body: text.slice(from, end(text, from)), method: /^\s*&?\s*(mut\s+)?self\b/.test(text.slice(after, from)) }];
  });
}

/** The names that a tree of `use` brings in, each with its path. */
function flat(tree: string, before: string[] = []): [string, string[]][] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const letter of `${tree},`) {
    if (letter === "{") depth += 1;
    if (letter === "}") depth -= 1;
    if (letter === "," && depth === 0) {
      parts.push(part.trim());
      part = "";
    } else part += letter;
  }
  return parts.filter(Boolean).flatMap((each): [string, string[]][] => {
    const brace = each.indexOf("{");
    if (brace >= 0) return flat(each.slice(brace + 1, each.lastIndexOf("}")), [...before, ...each.slice(0, brace).split("::").filter(Boolean)]);
    const [path, name] = each.split(" as ").map((word) => word.trim());
    const whole = [...before, ...path!.split("::").filter(Boolean)];
    if (whole.at(-1) === "self") whole.pop();
    return [[name ?? whole.at(-1)!, whole]];
  });
}

function code(file: string): Code {
  const text = read(file);
  return { text, fns: functions(file, text), uses: new Map([...text.matchAll(/\buse ([^;]+);/g)].flatMap((match) => flat(match[1]!))) };
}

function sources(root: string): Map<string, Code> {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".rs"));
  return new Map(files.map((file) => join(root, file)).map((file) => [file, code(file)]));
}

const folder = (file: string) => file.slice(0, file.lastIndexOf("/"));

/**
 * Which use cases an operation calls, and whether one of these, or what it calls, appends a line to the trail: read off the code, by
 * the names of functions. It errs towards believing that a line is there where two functions of one file have the same name.
 */
class UseCases {
  private readonly files = sources("../app/src");
  private readonly named = new Map<string, Fn[]>();
  private readonly known = new Map<Fn, boolean>();

  constructor() {
    const all = [...this.files.values()].flatMap(({ fns }) => fns);
    for (const each of all) this.put(each.name, each);
    for (const [file, { text }] of this.files) {
      for (const reexport of text.matchAll(/\bpub(?:\([a-z]+\))? use ([^;]+);/g)) {
        for (const [name, path] of flat(reexport[1]!)) {
          const old = path.at(-1)!;
          if (old !== name) for (const each of all.filter((fn) => fn.name === old && fn.file.startsWith(folder(file)))) this.put(name, each);
        }
      }
    }
  }

  private put(name: string, fn: Fn): void {
    this.named.set(name, [...(this.named.get(name) ?? []), fn]);
  }

  /** What a body calls, given the file that it stands in if that is one of the use cases. */
  calls(body: string, uses: Map<string, string[]>, file?: string): Fn[] {
    return [...body.matchAll(/((?:[A-Za-z_]\w*::)*)([a-z_]\w*)\s*(?:::<[^>]*>)?\(/g)].flatMap((match) => {
      const found = this.named.get(match[2]!) ?? [];
      const before = body.slice(Math.max(0, match.index - 80), match.index).replaceAll(/\s/g, "");
      return found.length === 0 ? [] : this.meant(found, match[1]!, match[2]!, before, uses, file);
    });
  }

  private meant(found: Fn[], path: string, name: string, before: string, uses: Map<string, string[]>, file?: string): Fn[] {
    if (before.endsWith(".")) {
      const methods = found.filter(({ method }) => method);
      if (before.endsWith(".accounts.")) return methods.filter((fn) => this.files.get(fn.file)!.text.includes("impl Accounts"));
      // What is called on a connection, a transaction or the result of another call is no use case.
      if (!/\b(?!app\b|tx\b|conn\b)[a-z_]+\.$/.test(before)) return [];
      const near = file === undefined ? [] : [methods.filter((fn) => fn.file === file), methods.filter((fn) => folder(fn.file) === folder(file))].find((some) => some.length > 0);
      return near ?? [];
    }
    let parts = path.split("::").filter(Boolean);
    if (parts.length > 0 && uses.has(parts[0]!)) parts = [...uses.get(parts[0]!)!, ...parts.slice(1)];
    else if (parts.length === 0 && uses.has(name)) parts = uses.get(name)!.slice(0, -1);
    if (parts[0] === "store") return [];
    parts = parts.filter((part) => !["app", "crate", "super", "self", "Self"].includes(part));
    const last = parts.at(-1);
    if (last && /^[A-Z]/.test(last)) return found.filter((fn) => new RegExp(`impl[^{;]*\\b${last}\\b`).test(this.files.get(fn.file)!.text));
    if (last) return found.filter((fn) => fn.file.includes(`/${last}/`) || fn.file.endsWith(`/${last}.rs`));
    if (file === undefined) return [];
    const free = found.filter(({ method }) => !method);
    const near = [free.filter((fn) => fn.file === file), free.filter((fn) => fn.file.startsWith(`${folder(file)}/`))].find((some) => some.length > 0);
    return near ?? (free.length === 1 ? free : []);
  }

  appends(fn: Fn, above: readonly Fn[] = []): boolean {
    const known = this.known.get(fn);
    if (known !== undefined) return known;
    if (above.includes(fn)) return false;
    const { uses } = this.files.get(fn.file)!;
    const does = /audit::append\w*\(|\btx\.record\(/.test(fn.body) || this.calls(fn.body, uses, fn.file).some((each) => this.appends(each, [...above, fn]));
    // What was cut off because it calls itself is only half an answer.
    if (does || above.length === 0) this.known.set(fn, does);
    return does;
  }
}

/** The operations that change something, each with whether it leaves a line. */
function operations(): Map<string, boolean> {
  const cases = new UseCases();
  const found = new Map<string, boolean>();
  for (const { text, fns, uses } of sources("../api/src/routes").values()) {
    for (const match of text.matchAll(/#\[utoipa::path\((\w+)[^\]]*?operation_id = "(\w+)"/g)) {
      if (match[1] === "get") continue;
      const handler = functions("", text.slice(match.index))[0]!;
      const asked = [handler];
      // What the handler calls in its own file belongs to it.
      for (const each of asked) {
        for (const fn of fns) if (!asked.some(({ name }) => name === fn.name) && new RegExp(`(?<![.:\\w])${fn.name}\\(`).test(each.body)) asked.push(fn);
      }
      found.set(
        match[2]!,
        asked.some(({ body }) => cases.calls(body, uses).some((fn) => cases.appends(fn))),
      );
    }
  }
  return found;
}

describe("the audit trail", () => {
  const left = operations();
  const reasons = new Map(Object.entries(WITHOUT).flatMap(([why, ids]) => ids.map((id) => [id, why] as const)));

  it("is told of every operation of the API's description that changes something", () => {
    const document = JSON.parse(readFileSync("openapi.json", "utf8")) as { paths: Record<string, Record<string, { operationId: string }>> };
    const ids = Object.values(document.paths).flatMap((methods) => Object.entries(methods).flatMap(([method, { operationId }]) => (method === "get" ? [] : [operationId])));
    expect(ids.length).toBeGreaterThan(200);
    expect(ids.filter((id) => !left.has(id))).toEqual([]);
  });

  it("gets a line from each of them, or there is a reason why not", () => {
    const silent = [...left].flatMap(([id, line]) => (line || reasons.has(id) ? [] : [id]));
    expect(silent).toEqual([]);
  });

  it("names no reason for what leaves a line, or is gone", () => {
    expect([...reasons.keys()].filter((id) => left.get(id) !== false)).toEqual([]);
  });
});
