import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as types from "@/api/types";
import openapi from "../../openapi.json";
import { AREAS } from "./setup";

type Texts = { [key: string]: string | Texts };
const FORMS = {
  en: ["one", "other"],
  fr: ["one", "many", "other"],
  ar: ["zero", "one", "two", "few", "many", "other"],
};
const PLURAL = /_(zero|one|two|few|many|other)$/;

function flat(texts: Texts, prefix = ""): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );
}

const read = (locale: string, area: string) => JSON.parse(readFileSync(`src/i18n/locales/${locale}/${area}.json`, "utf8")) as Texts;
const whole = (locale: string) => new Map(AREAS.flatMap((area) => flat(read(locale, area))));
const locales = { en: whole("en"), fr: whole("fr"), ar: whole("ar") };
const plurals = new Set([...locales.ar.keys()].filter((key) => key.endsWith("_two")).map((key) => key.replace(PLURAL, "")));
const base = (key: string) => (plurals.has(key.replace(PLURAL, "")) ? key.replace(PLURAL, "") : key);

describe("the three languages", () => {
  it("name no text twice", () => {
    const all = AREAS.flatMap((area) => flat(read("en", area)).map(([key]) => key));
    expect(all.length).toBe(new Set(all).size);
  });

  it("hold the same texts", () => {
    const keys = Object.fromEntries(Object.entries(locales).map(([name, texts]) => [name, [...new Set([...texts.keys()].map(base))].sort()]));
    expect(keys.fr).toEqual(keys.en);
    expect(keys.ar).toEqual(keys.en);
  });

  it("have every plural form their grammar needs", () => {
    for (const [name, forms] of Object.entries(FORMS)) {
      const texts = locales[name as keyof typeof locales];
      for (const key of plurals) {
        for (const form of forms) expect(texts.has(`${key}_${form}`), `${name}: ${key}_${form}`).toBe(true);
      }
    }
    expect(new Intl.PluralRules("ar").resolvedOptions().pluralCategories.sort()).toEqual([...FORMS.ar].sort());
  });

  it("use the same placeholders", () => {
    const names = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((match) => match[1]).sort();
    for (const [key, text] of locales.en) {
      if (PLURAL.test(key) && plurals.has(base(key))) continue;
      expect(names(locales.fr.get(key)!), `fr: ${key}`).toEqual(names(text));
      expect(names(locales.ar.get(key)!), `ar: ${key}`).toEqual(names(text));
    }
  });

  it("are empty nowhere", () => {
    for (const [name, texts] of Object.entries(locales)) {
      for (const [key, text] of texts) expect(text.trim(), `${name}: ${key}`).not.toBe("");
    }
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(path) && !path.includes(".test.") ? [path] : [];
  });
}

const keysOf = (area: string) => new Set(flat(read("en", area)).map(([key]) => base(key)));
const known = Object.fromEntries(AREAS.map((area) => [area, keysOf(area)]));
const groups = new Set([...locales.en.keys()].map((key) => key.split(".")[0]));

/** Whose texts are loaded with what stands elsewhere. */
const SHARED: Record<string, string> = { "src/components/mail-frame.tsx": "mail-html", "src/components/pdf/pdf-view.tsx": "previews", "src/lib/note.ts": "mails", "src/features/users/sign-ins.tsx": "security" };

/** Features whose pages load another's texts with their own. */
const BESIDE: Record<string, string[]> = { exports: ["tickets"], health: ["queues"], identities: ["customers"], tickets: ["ticket", "bulk", "mail-html"], triggers: ["notifications"] };

describe("every text the code asks for", () => {
  it("exists in the texts that are loaded with it: the core's or its own feature's", () => {
    const missing: string[] = [];
    // What the trail calls things reads like keys; `audit.test.ts` compares it.
    for (const path of sources("src").filter((file) => !file.endsWith("audit/data/actions.ts"))) {
      const area = SHARED[path] ?? /features\/([^/]+)\//.exec(path)?.[1] ?? "core";
      const own = new Set([area, ...(BESIDE[area] ?? [])].flatMap((each) => [...(known[each] ?? [])]));
      const code = readFileSync(path, "utf8");
      // Keys in t("…"), in ["…", "…"] of a fallback, and in label: "nav.…" tables.
      for (const [, key] of code.matchAll(/"((?:[a-z][A-Za-z]+)\.[A-Za-z_.-]+)"/g)) {
        if (!groups.has(key!.split(".")[0]) || key!.endsWith(".json")) continue;
        if (!known.core!.has(key!) && !own.has(key!)) missing.push(`${path}: ${key}`);
      }
      // Keys that end in a value: t(`jobState.${state}`).
      for (const [, group] of code.matchAll(/`([a-z][A-Za-z]+)\.\$\{/g)) {
        const loaded = [...known.core!, ...own].some((key) => key.startsWith(`${group}.`));
        if (groups.has(group) && !loaded) missing.push(`${path}: ${group}.…`);
      }
    }
    // Permissions, routes and events share their first word with groups of texts.
    expect(missing.filter((line) => !/: ((tickets|mail|jobs|mailboxes|knowledge|texts)\.(own|view|create|manage|edit)|mention\.made|reminder\.due)$/.test(line))).toEqual([]);
  });

  it("is a refusal's, of an answer that was none, only where the texts of refusals come with the page", () => {
    // A call that was refused has them come; `merge-dialog` asks back, in words of the core.
    const byCode = sources("src/features").filter((file) => /`(?:field|problem)\.\$\{/.test(readFileSync(file, "utf8")));
    const features = new Set(byCode.filter((file) => !file.endsWith("merge-dialog.tsx")).map((file) => /features\/([^/]+)\//.exec(file)![1]!));
    expect([...features].sort()).toEqual(["canned", "signon", "templates"]);
    const routes = readFileSync("src/routes.tsx", "utf8");
    for (const feature of features) expect(routes).toMatch(new RegExp(`texts: \\[[^\\]]*"refusals"[^\\]]*\\], load: \\(\\) => import\\("@/features/${feature}/`));
    for (const code of ["other_customer", "other_project"]) expect(known.core!.has(`problem.${code}.title`), code).toBe(true);
  });

  it("is not the ticket's own, or that of many at once, where neither comes with the page", () => {
    // What a page is made of before anything is opened on it.
    const bound = /^(?:import|export)\s(?!type\b)[^;]*?from\s+"([^"]+)"/gm;
    const found = (from: string, to: string) => {
      const path = to.startsWith("@/") ? join("src", to.slice(2)) : to.startsWith(".") ? join(from, "..", to) : null;
      return path && ["", ".ts", ".tsx", "/index.ts"].map((end) => path + end).find((file) => /\.tsx?$/.test(file) && existsSync(file));
    };
    const parts = (page: string, seen = new Set<string>()) => {
      if (seen.has(page)) return seen;
      seen.add(page);
      for (const [, to] of readFileSync(page, "utf8").matchAll(bound)) {
        const file = found(page, to!);
        if (file) parts(file, seen);
      }
      return seen;
    };
    const elsewhere = (pages: string[], area: string) =>
      pages.flatMap((page) =>
        [...parts(`src/features/${page}`)].flatMap((file) => {
          const code = readFileSync(file, "utf8");
          return [...known[area]!].filter((key) => !known.tickets!.has(key) && code.includes(`"${key}"`)).map((key) => `${page}, ${file}: ${key}`);
        }),
      );
    const lists = ["tickets/list-pages.ts", "tickets/client-list-pages.ts", "tickets/reminder-pages.ts", "tickets/new-ticket.tsx", "exports/pages.ts", "sla/pages.ts", "canned/pages.ts", "categories/pages.ts"];
    expect(elsewhere([...lists, "tickets/bulk-pages.ts"], "ticket")).toEqual([]);
    expect(elsewhere([...lists, "tickets/desk-pages.ts", "tickets/client-pages.ts"], "bulk")).toEqual([]);
    // The reader of imports sees what there is.
    expect(parts("src/features/tickets/desk-pages.ts").size).toBeGreaterThan(50);
  });

  it("exists for every value of the API's enumerations", () => {
    const has = (key: string) => expect(locales.en.has(key), key).toBe(true);
    types.TICKET_STATES.forEach((state) => has(`ticketState.${state}`));
    types.PRIORITIES.forEach((priority) => has(`priority.${priority}`));
    const words = (set: keyof typeof openapi.components.schemas, group: string) => {
      const schema = openapi.components.schemas[set] as { enum?: string[] };
      expect(schema.enum?.length, set).toBeGreaterThan(1);
      schema.enum?.forEach((word) => has(`${group}.${word}`));
    };
    words("NoteCode", "mailNote");
    words("MailState", "mailState");
    words("MailClass", "mailClass");
    words("MailReason", "mailReason");
    words("ThreadingStep", "mailStep");
    words("ThreadingDecision", "mailDecision");
    words("DeliveryState", "deliveryState");
    words("DeliveryState", "outgoingState");
    words("SuppressionReason", "suppressionReason");
    words("MailboxKind", "mailboxKind");
    words("CheckStep", "checkStep");
    words("CheckState", "checkState");
    words("CheckFault", "checkFault");
    types.JOB_STATES.forEach((state) => has(`jobState.${state}`));
    types.LOGIN_OUTCOMES.forEach((outcome) => has(`loginOutcome.${outcome}`));
    types.ALERT_SEVERITIES.forEach((severity) => has(`alertSeverity.${severity}`));
    types.USER_STATUSES.forEach((status) => has(`userStatus.${status}`));
  });

  it("exists for every kind of alert", () => {
    const code = readdirSync("../app/src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".rs"));
    const kinds = code.flatMap((file) => [...readFileSync(join("../app/src", file), "utf8").matchAll(/NewAlert \{\s*kind: "(\w+)"/g)]);
    expect(kinds.length).toBeGreaterThan(1);
    expect(kinds.map(([, kind]) => `alertKind.${kind}`).filter((key) => !locales.en.has(key))).toEqual([]);
  });

  it("exists for every kind of job", () => {
    const code = readdirSync("../jobs/src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".rs"));
    const kinds = code.flatMap((file) => [...readFileSync(join("../jobs/src", file), "utf8").matchAll(/const KIND: &'static str = "(\w+)"/g)]);
    expect(kinds.length).toBeGreaterThan(5);
    expect(kinds.map(([, kind]) => `jobKind.${kind}`).filter((key) => !locales.en.has(key))).toEqual([]);
  });

  it("exists for every refusal that the use cases name", () => {
    const rust = readdirSync("../app/src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".rs"));
    const text = rust.map((file) => readFileSync(join("../app/src", file), "utf8").split("#[cfg(test)]")[0]).join("\n");
    const codes = (...patterns: RegExp[]) => new Set(patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code]) => String(code))));
    const problems = codes(/code: "([a-z_]+)"/g, /\brefused\(\s*"([a-z_]+)"/g);
    const fields = codes(/AppError::invalid\(\s*[^,]+,\s*"([a-z_]+)"/g, /FieldError::new\(\s*[^,]+,\s*"([a-z_]+)"/g);
    expect(Math.min(problems.size, fields.size)).toBeGreaterThan(15);
    // What is wrong with a file is said where it was chosen.
    const either = (code: string) => locales.en.has(`problem.${code}.title`) || locales.en.has(`field.${code}`);
    expect([...problems].filter((code) => !either(code))).toEqual([]);
    expect([...fields].filter((code) => !locales.en.has(`field.${code}`))).toEqual([]);
  });
});
