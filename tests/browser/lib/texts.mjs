// The product's own words, for tests that do the same in every language.
import { readdirSync, readFileSync } from "node:fs";
import { LOCALES } from "./env.mjs";

const folder = new URL("../../../web/src/i18n/locales/", import.meta.url);
const words = Object.fromEntries(
  LOCALES.map((locale) => {
    const areas = readdirSync(new URL(`${locale}/`, folder)).map((file) => JSON.parse(readFileSync(new URL(`${locale}/${file}`, folder), "utf8")));
    return [locale, areas.reduce(merged, {})];
  }),
);

/** An area adds to a group of another one, as it does in the application. */
function merged(all, area) {
  for (const [name, group] of Object.entries(area)) all[name] = typeof group === "object" ? { ...all[name], ...group } : group;
  return all;
}

/** The text under `key`, with `values` in the places of its placeholders. */
export function text(locale, key, values = {}) {
  const found = key.split(".").reduce((group, name) => group?.[name], words[locale]);
  if (typeof found !== "string") throw new Error(`there is no text ${key} in ${locale}`);
  return found.replaceAll(/{{(\w+)}}/g, (_, name) => values[name]);
}
