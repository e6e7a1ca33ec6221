import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Locale } from "@/api/types";
import { readStored, writeStored } from "@/lib/storage";

export const LOCALES: readonly Locale[] = ["fr", "en", "ar"];
const KEY = "cm.locale";

// One language is loaded at a time; each file is a chunk of its own.
const files: Record<Locale, () => Promise<{ default: object }>> = {
  fr: () => import("./locales/fr.json"),
  en: () => import("./locales/en.json"),
  ar: () => import("./locales/ar.json"),
};

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

async function load(locale: Locale): Promise<void> {
  if (i18next.hasResourceBundle(locale, "translation")) return;
  const texts = await files[locale]();
  i18next.addResourceBundle(locale, "translation", texts.default);
}

export async function startI18n(locale: Locale = initialLocale()): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false },
    returnNull: false,
    react: { useSuspense: false },
  });
  await load(locale);
  await i18next.changeLanguage(locale);
  applyToPage(locale);
}

/** Shows the application in another language and remembers it on this device. */
export async function changeLocale(locale: Locale): Promise<void> {
  if (i18next.language === locale) return;
  await load(locale);
  applyToPage(locale);
  writeStored(KEY, locale);
  await i18next.changeLanguage(locale);
}
