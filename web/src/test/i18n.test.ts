import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import ar from "@/i18n/locales/ar.json";
import en from "@/i18n/locales/en.json";
import fr from "@/i18n/locales/fr.json";
import * as types from "@/api/types";

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

const locales = { en: new Map(flat(en)), fr: new Map(flat(fr)), ar: new Map(flat(ar)) };
const plurals = new Set([...locales.ar.keys()].filter((key) => key.endsWith("_two")).map((key) => key.replace(PLURAL, "")));
const base = (key: string) => (plurals.has(key.replace(PLURAL, "")) ? key.replace(PLURAL, "") : key);

describe("the three languages", () => {
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

describe("every text the code asks for", () => {
  it("exists", () => {
    const known = new Set([...locales.en.keys()].map(base));
    const missing: string[] = [];
    for (const path of sources("src")) {
      const code = readFileSync(path, "utf8");
      // Keys in t("…"), in ["…", "…"] of a fallback, and in label: "nav.…" tables.
      for (const [, key] of code.matchAll(/"((?:[a-z][A-Za-z]+)\.[A-Za-z_.-]+)"/g)) {
        const group = key!.split(".")[0]!;
        if (!(group in en) || key!.endsWith(".json")) continue;
        if (!known.has(key!)) missing.push(`${path}: ${key}`);
      }
    }
    // Permissions and routes share their first word with groups of texts.
    expect(missing.filter((line) => !/: (tickets|mail|jobs|mailboxes)\.(own|view|create|manage|edit)$/.test(line))).toEqual([]);
  });

  it("exists for every value of the API's enumerations", () => {
    const has = (key: string) => expect(locales.en.has(key), key).toBe(true);
    types.TICKET_STATES.forEach((state) => has(`ticketState.${state}`));
    types.PRIORITIES.forEach((priority) => has(`priority.${priority}`));
    types.MAIL_STATES.forEach((state) => has(`mailState.${state}`));
    types.JOB_STATES.forEach((state) => has(`jobState.${state}`));
  });
});
