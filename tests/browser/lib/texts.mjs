// The product's own words, for tests that do the same in every language.
import { readFileSync } from "node:fs";
import { LOCALES } from "./env.mjs";

const words = Object.fromEntries(
  LOCALES.map((locale) => [locale, JSON.parse(readFileSync(new URL(`../../../web/src/i18n/locales/${locale}.json`, import.meta.url), "utf8"))]),
);

/** The text under `key`, with `values` in the places of its placeholders. */
export function text(locale, key, values = {}) {
  const found = key.split(".").reduce((group, name) => group?.[name], words[locale]);
  if (typeof found !== "string") throw new Error(`there is no text ${key} in ${locale}`);
  return found.replaceAll(/{{(\w+)}}/g, (_, name) => values[name]);
}
