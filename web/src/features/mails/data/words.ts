import type { i18n } from "i18next";

/**
 * The server explains its reasons in short fixed English phrases. Those that are known have a translation under a key made
 * from the phrase; anything else, such as a quoted header, is shown as it came.
 */
export function phraseKey(phrase: string): string {
  return phrase.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");
}

export function phrase(translations: i18n, group: string, text: string): string {
  const key = `${group}.${phraseKey(text)}`;
  return translations.exists(key) ? translations.t(key) : text;
}
