import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, call, callAs } from "@/api/client";
import type { CountedTicket } from "@/api/types";
import { TIME_ZONE } from "@/lib/format";
import { day, one, readFilter, word, writeFilter, zone, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

export const COUNTED = ["opened", "reopened", "left", "replied", "first_response", "resolution", "rated"] as const;
export type Counted = (typeof COUNTED)[number];

export const PERIOD = { from: day(), to: day(), zone: zone(), group_id: word() };
/** `of`: the period of the numbers, of which a link may have named one day or group. */
export const BEHIND = { ...PERIOD, counted: one(COUNTED), agent_id: word(), of: word() };

/** Days offered with one press. */
export const SPANS = [7, 30, 90] as const;

/** Today, as the calendar of a zone says it. */
export function today(zone: string, now = new Date()): string {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(now);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** The first day of a period of so many days that ends on `to`. */
export function daysBefore(to: string, days: number): string {
  const at = new Date(`${to}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - days + 1);
  return at.toISOString().slice(0, 10);
}

/** A filter with what it leaves open filled in: the last 30 days. */
export function periodOf({ from, to, zone, group_id }: FilterOf<typeof PERIOD>) {
  const in_zone = zone || TIME_ZONE;
  const end = to || today(in_zone);
  return { from: from || daysBefore(end, 30), to: end, zone: in_zone, ...(group_id ? { group_id } : {}) };
}

/** The address of what is behind a number. */
export function behindPath(period: Period, counted: Counted, which: Partial<FilterOf<typeof BEHIND>> = {}): string {
  return `/desk/statistics/counted?${writeFilter(BEHIND, { ...period, counted, ...which, of: writeFilter(PERIOD, period) })}`;
}

/** The address of the numbers that one came from. */
export function numbersPath({ of, ...filter }: FilterOf<typeof BEHIND>): string {
  return `/desk/statistics?${writeFilter(PERIOD, of ? readFilter(PERIOD, new URLSearchParams(of)) : periodOf(filter))}`;
}

export type Period = ReturnType<typeof periodOf>;

export function useStatistics(period: Period) {
  return useQuery({
    queryKey: ["statistics", period],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(api.GET("/api/v1/statistics/tickets", { params: { query: period }, signal })),
  });
}

export function useCounted(period: Period, counted: Counted, agent: string) {
  return useList<CountedTicket>(
    ["statistics", "counted", period, counted, agent],
    (cursor, signal) =>
      callAs(api.GET("/api/v1/statistics/tickets/counted", { params: { query: { ...period, counted, ...(agent ? { agent_id: agent } : {}), cursor, limit: 100 } }, signal })),
    (row) => `${row.id} ${row.n}`,
  );
}
