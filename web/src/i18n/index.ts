import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Locale } from "@/api/types";
import { readStored, writeStored } from "@/lib/storage";

export const LOCALES: readonly Locale[] = ["fr", "en", "ar"];
/** Each language under its own name, so that it can be found by those who do not read the present one. */
export const LOCALE_NAMES: Record<Locale, string> = { fr: "Français", en: "English", ar: "العربية" };
const KEY = "cm.locale";

// One language is loaded at a time, and of it the texts of the areas that were visited; each file is a chunk of its own.
const files = import.meta.glob<{ default: object }>("./locales/*/*.json");
/** Texts of the shell and of everything that several features share. */
const CORE = "core";
/** Texts of what the server refuses, `problem.*` and `field.*`, but for those that the core needs without it; fetched with the first refusal. */
const REFUSALS = "refusals";
/** No refusal waits longer for its words. */
const PATIENCE_MS = 5_000;
const areas = new Set([CORE]);

export function isLocale(value: unknown): value is Locale {
  return value === "fr" || value === "en" || value === "ar";
}

/** The language chosen earlier, or the browser's when we speak it, or French. */
export function initialLocale(): Locale {
  const chosen = readStored(KEY) ?? document.documentElement.lang;
  return isLocale(chosen) ? chosen : "fr";
}

function applyToPage(locale: Locale): void {
  document.documentElement.lang = locale;
  document.documentElement.dir = locale === "ar" ? "rtl" : "ltr";
}

// The router asks for the first page's texts before the language is known.
let ready: () => void;
const started = new Promise<void>((resolve) => {
  ready = resolve;
});

const loaded = new Map<string, Promise<void>>();

function load(locale: Locale, area: string): Promise<void> {
  const path = `./locales/${locale}/${area}.json`;
  const present = loaded.get(path);
  if (present) return present;
  const file = files[path];
  if (!file) return Promise.reject(new Error(`no texts in ${path}`));
  const pending = file().then((texts) => {
    i18next.addResourceBundle(locale, "translation", texts.default, true);
  });
  loaded.set(path, pending);
  // A chunk that could not be fetched is asked for again at the next try.
  pending.catch(() => loaded.delete(path));
  return pending;
}

/** Loads the texts of a feature, `locales/<language>/<area>.json`; its route waits for them. */
export async function loadTexts(area: string): Promise<void> {
  areas.add(area);
  await started;
  await load(i18next.language as Locale, area);
}

let spared = 0;

/** Whether texts are being fetched without which the page goes on. When they cannot be, it is not loaded anew: what was typed would be lost. */
export const goesOnWithout = () => spared > 0;

/** Waits for texts of refusals as long as they can be expected to come, and never fails: without them a refusal is told in the core's general words. */
function tryRefusals(fetching: Promise<void>): Promise<void> {
  spared += 1;
  return new Promise((done) => {
    const patience = setTimeout(done, PATIENCE_MS);
    const over = () => {
      spared -= 1;
      clearTimeout(patience);
      done();
    };
    fetching.then(over, over);
  });
}

/** Has the texts of refusals come, once for each language; those that could not be fetched are asked for again by the next refusal. */
export const loadRefusalTexts = () => tryRefusals(loadTexts(REFUSALS));

export async function startI18n(locale: Locale = initialLocale()): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false },
    returnNull: false,
    react: { useSuspense: false },
  });
  await load(locale, CORE);
  await i18next.changeLanguage(locale);
  applyToPage(locale);
  ready();
}

/** Shows the application in another language and remembers it on this device. */
export async function changeLocale(locale: Locale): Promise<void> {
  if (i18next.language === locale) return;
  // What is asked for in the present language meanwhile comes along.
  for (let held = 0; held < areas.size; ) {
    held = areas.size;
    await Promise.all([...areas].filter((area) => area !== REFUSALS).map((area) => load(locale, area)));
    if (areas.has(REFUSALS)) await tryRefusals(load(locale, REFUSALS));
  }
  applyToPage(locale);
  writeStored(KEY, locale);
  await i18next.changeLanguage(locale);
}
