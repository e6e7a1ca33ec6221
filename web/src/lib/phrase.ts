import type { i18n } from "i18next";

/**
 * The server explains its reasons in short fixed English phrases around numbers and addresses. A phrase that is known has
 * a translation under a key made from its words; anything else, such as a quoted header, is shown as it came.
 */
export function phraseKey(phrase: string): string {
  return phrase
    .replace(/<[^>]*>/g, " id ")
    .replace(/[^\s@]+@[^\s@]+/g, " address ")
    .replace(/#?\d+/g, " n ")
    .toLowerCase()
    .replace(/[^a-z]+/g, "_")
    .replace(/^_|_$/g, "");
}

export function phrase(translations: i18n, text: string): string {
  // `none: mailing list (List-Id: <a@b>)`: what was not done, why, and the header that says so.
  const refusal = /^none: (.+?) \(([^:()]+): ?(.*)\)$/s.exec(text);
  if (refusal) {
    const [, why = "", header = "", value = ""] = refusal;
    const evidence = header === "class" ? phrase(translations, value) : `${header}: ${value}`;
    return translations.t("mailPhrase.none", { why: phrase(translations, why), evidence });
  }
  // Which ticket a signed mark names, and where in the mail it stood: some places are headers and have no translation.
  const signed = /^signed token of ticket (\d+) in (.+)$/.exec(text);
  if (signed) return translations.t("mailPhrase.signed_token", { n: signed[1], place: phrase(translations, signed[2]!) });
  const key = `mailPhrase.${phraseKey(text)}`;
  if (!translations.exists(key)) {
    // `sender takes part: append`: who somebody is, and what follows from it.
    const [who = "", ...what] = text.split(": ");
    if (what.length === 0 || !translations.exists(`mailPhrase.${phraseKey(who)}`)) return text;
    return translations.t("mailPhrase.therefore", { who: phrase(translations, who), what: phrase(translations, what.join(": ")) });
  }
  const numbers = text.replace(/<[^>]*>/g, "").match(/#?\d+/g) ?? [];
  return translations.t(key, {
    n: numbers[0]?.replace("#", "") ?? "",
    m: numbers[1]?.replace("#", "") ?? "",
    id: /<([^>]*)>/.exec(text)?.[1] ?? "",
    address: /[^\s@]+@[^\s@,;]+/.exec(text)?.[0] ?? "",
  });
}

/** `open to answered`, as the effect of a mail on its ticket, in the reader's words. */
export function stateChange(translations: i18n, detail: string): string {
  const [from, to] = detail.split(" to ");
  const word = (state: string | undefined) => {
    const key = `ticketState.${state}`;
    return translations.exists(key) ? translations.t(key) : (state ?? "");
  };
  return to === undefined ? detail : `${word(from)} → ${word(to)}`;
}
