import type { Locale } from "@/api/types";

const TAGS: Record<Locale, string> = { fr: "fr-DZ", en: "en-GB", ar: "ar-DZ" };
/** Everything is shown in the company's time; Algeria keeps one offset all year. */
export const TIME_ZONE = "Africa/Algiers";

const cache = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>();

function cached<T extends Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>(key: string, make: () => T): T {
  const found = cache.get(key);
  if (found) return found as T;
  const made = make();
  cache.set(key, made);
  return made;
}

function dates(locale: Locale, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  // fr-DZ falls back to a 12 hour clock unless the cycle is named.
  const full = { timeZone: TIME_ZONE, hourCycle: "h23" as const, ...options };
  return cached(`${locale}:${name}`, () => new Intl.DateTimeFormat(TAGS[locale], full));
}

/** The moment a `datetime-local` field means: it has no zone, so it is the company's time, which is UTC+1 all year. */
export function instantOf(local: string): string {
  return new Date(`${local}:00+01:00`).toISOString();
}

/** A moment as a `datetime-local` field has it: the other way round. */
export function localOf(at: string): string {
  return new Date(Date.parse(at) + 3_600_000).toISOString().slice(0, 16);
}

/** `21 nov. 2026, 14:05` */
export function dateTime(locale: Locale, at: string | Date): string {
  const options = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" } as const;
  return dates(locale, "dateTime", options).format(new Date(at));
}

/** `21 nov. 2026`, of a day as it stands in an address. */
export function day(locale: Locale, at: string): string {
  const moment = new Date(`${at}T12:00:00+01:00`);
  return Number.isNaN(moment.getTime()) ? at : dates(locale, "day", { day: "numeric", month: "short", year: "numeric" }).format(moment);
}

/** The exact moment, for titles: with weekday, seconds and time zone. */
export function exact(locale: Locale, at: string | Date): string {
  return dates(locale, "exact", {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  }).format(new Date(at));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** `maintenant` within a minute, since the clock ticks every 20 s; `il y a 5 min`; further than a week, the date. */
export function relative(locale: Locale, at: string | Date, now: number): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  if (Math.abs(seconds) >= 7 * 86_400) {
    return dates(locale, "day", { day: "numeric", month: "short", year: "numeric" }).format(new Date(at));
  }
  const format = cached(`${locale}:relative`, () => new Intl.RelativeTimeFormat(TAGS[locale], { numeric: "auto", style: "short" }));
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, "second");
}

/** `novembre 2026` */
export function month(locale: Locale, at: string | Date): string {
  return dates(locale, "month", { month: "long", year: "numeric" }).format(new Date(at));
}

export function number(locale: Locale, value: number, digits = 0): string {
  return cached(`${locale}:n${digits}`, () => new Intl.NumberFormat(TAGS[locale], { maximumFractionDigits: digits })).format(value);
}

export function percent(locale: Locale, share: number): string {
  const options = { style: "percent", maximumFractionDigits: 1 } as const;
  return cached(`${locale}:percent`, () => new Intl.NumberFormat(TAGS[locale], options)).format(share);
}

/** An amount in millionths of its currency's unit. A sum is rounded as people pay it; a price is shown with all its decimals. */
export function money(locale: Locale, currency: string, micros: number, exactly = false): string {
  const options: Intl.NumberFormatOptions = { style: "currency", currency, ...(exactly && { maximumFractionDigits: 6 }) };
  return cached(`${locale}:${currency}:${exactly}`, () => new Intl.NumberFormat(TAGS[locale], options)).format(micros / 1_000_000);
}

/** A country in the reader's language, by its two letters. */
export function country(locale: Locale, code: string): string {
  return new Intl.DisplayNames(TAGS[locale], { type: "region" }).of(code) ?? code;
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** A size in bytes with decimal units, as file managers show it. */
export function bytes(locale: Locale, size: number): string {
  let value = size;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const options = { style: "unit", unit: UNITS[unit], unitDisplay: "short", maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 } as const;
  return new Intl.NumberFormat(TAGS[locale], options).format(value);
}

/** A span of milliseconds with the unit that fits: `1,8 ms`, `12 s`, `3 min`. */
export function duration(locale: Locale, ms: number): string {
  const [value, unit] =
    ms < 1000 ? [ms, "millisecond"] : ms < 60_000 ? [ms / 1000, "second"] : ms < 3_600_000 ? [ms / 60_000, "minute"] : ms < 172_800_000 ? [ms / 3_600_000, "hour"] : [ms / 86_400_000, "day"];
  const options = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: value < 10 ? 1 : 0 } as Intl.NumberFormatOptions;
  return new Intl.NumberFormat(TAGS[locale], options).format(value);
}

/** A span of time as people promise it: nothing shorter than a minute is told apart from none: `0 min`, `3 min`, `4 h`. */
export function span(locale: Locale, ms: number): string {
  if (ms >= 60_000) return duration(locale, ms);
  return new Intl.NumberFormat(TAGS[locale], { style: "unit", unit: "minute", unitDisplay: "short" }).format(0);
}
