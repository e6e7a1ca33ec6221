import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Locale } from "@/api/types";
import * as format from "./format";

/** The formatters bound to the language on screen. What depends on the present moment is none of them: they are the same until the language changes. */
export function useFormat() {
  const { i18n } = useTranslation();
  const locale = i18n.language as Locale;
  return useMemo(
    () => ({
      locale,
      dateTime: (at: string) => format.dateTime(locale, at),
      day: (at: string) => format.day(locale, at),
      exact: (at: string) => format.exact(locale, at),
      month: (at: string) => format.month(locale, at),
      number: (value: number, digits?: number) => format.number(locale, value, digits),
      money: (currency: string, micros: number, exactly?: boolean) => format.money(locale, currency, micros, exactly),
      country: (code: string) => format.country(locale, code),
      percent: (share: number) => format.percent(locale, share),
      bytes: (size: number) => format.bytes(locale, size),
      duration: (ms: number) => format.duration(locale, ms),
      span: (ms: number) => format.span(locale, ms),
    }),
    [locale],
  );
}
