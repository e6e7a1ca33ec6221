import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Locale } from "@/api/types";
import * as format from "./format";
import { useNow } from "./use-now";

/** The formatters bound to the language on screen. */
export function useFormat() {
  const { i18n } = useTranslation();
  const locale = i18n.language as Locale;
  const now = useNow();
  return useMemo(
    () => ({
      locale,
      dateTime: (at: string) => format.dateTime(locale, at),
      day: (at: string) => format.day(locale, at),
      exact: (at: string) => format.exact(locale, at),
      month: (at: string) => format.month(locale, at),
      relative: (at: string) => format.relative(locale, at, now),
      number: (value: number, digits?: number) => format.number(locale, value, digits),
      percent: (share: number) => format.percent(locale, share),
      bytes: (size: number) => format.bytes(locale, size),
      duration: (ms: number) => format.duration(locale, ms),
      span: (ms: number) => format.span(locale, ms),
    }),
    [locale, now],
  );
}
