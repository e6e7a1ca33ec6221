import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { z } from "zod";
import { api, call, ifMatch } from "@/api/client";
import type { Locale, TicketExport, TicketExportInput, TicketExportRun } from "@/api/types";
import { download } from "@/components/download";
import { TIME_ZONE } from "@/lib/format";
import { everyPage } from "@/lib/every-page";
import { readFilter } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";
import { deleting } from "@/live/deleting";
import { filterQuery, TICKET_FILTER, type TicketFilter } from "@/features/tickets/data/filters";

/** One's own scheduled exports, the newest first. */
export function useScheduledList() {
  return useList<TicketExport>(["ticket_exports"], (cursor, signal) => call(api.GET("/api/v1/ticket-exports", { params: { query: { cursor, limit: 50 } }, signal })));
}

const under = (run: TicketExportRun | null | undefined) => run?.state === "queued" || run?.state === "running";

/** One of them; news come live, and should they not, it is asked again until its run is over. */
export function useScheduled(id: string) {
  return useQuery({
    queryKey: ["ticket_export", id],
    queryFn: ({ signal }) => call(api.GET("/api/v1/ticket-exports/{id}", { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (under(state.data?.last_run) ? 3000 : false),
  });
}

/** What became of it each time; read again when its latest run has come further. */
export function useRuns({ id, last_run }: TicketExport) {
  const queries = useQueryClient();
  const standing = last_run && `${last_run.id} ${last_run.state}`;
  const before = useRef(standing);
  useEffect(() => {
    if (before.current !== standing) void queries.invalidateQueries({ queryKey: ["ticket_export", id, "runs"] });
    before.current = standing;
  }, [queries, id, standing]);
  return useList<TicketExportRun>(["ticket_export", id, "runs"], (cursor, signal) => call(api.GET("/api/v1/ticket-exports/{id}/runs", { params: { path: { id }, query: { cursor, limit: 20 } }, signal })));
}

export function useRun(id: string) {
  return useQuery({
    queryKey: ["ticket_export_run", id],
    queryFn: ({ signal }) => call(api.GET("/api/v1/ticket-export-runs/{id}", { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (under(state.data) ? 3000 : false),
  });
}

/** People whom exports may be mailed to; undefined until they are known. */
export function useRecipients() {
  return useQuery({
    queryKey: ["ticket_export_recipients"],
    staleTime: 60_000,
    meta: { aside: true },
    queryFn: ({ signal }) => everyPage((cursor) => call(api.GET("/api/v1/ticket-exports/recipients", { params: { query: { cursor, limit: 200 } }, signal }))),
  }).data;
}

function useRefresh() {
  const queries = useQueryClient();
  return (id?: string) => Promise.all([queries.invalidateQueries({ queryKey: ["ticket_exports"] }), id && queries.invalidateQueries({ queryKey: ["ticket_export", id] })]);
}

export function useSaveScheduled(id: string | undefined) {
  const refresh = useRefresh();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key, version }: { body: TicketExportInput; key: string; version: number }) =>
      id
        ? call(api.PUT("/api/v1/ticket-exports/{id}", { params: { path: { id }, header: ifMatch(version) }, body }))
        : call(api.POST("/api/v1/ticket-exports", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => refresh(id),
  });
}

/** Pauses one, or has it go on; all else stays. */
export function usePause({ id, version, ...present }: TicketExport) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (paused: boolean) => {
      const { name, filter, locale, every, day, minute, zone, recipients } = present;
      const body = { name, filter, locale: locale as Locale, every, day, minute, zone, recipient_ids: recipients.map((one) => one.id), paused };
      return call(api.PUT("/api/v1/ticket-exports/{id}", { params: { path: { id }, header: ifMatch(version) }, body }));
    },
    onSettled: () => refresh(id),
  });
}

export function useRunNow(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () => call(api.POST("/api/v1/ticket-exports/{id}/runs", { params: { path: { id } } })),
    onSettled: () => refresh(id),
  });
}

export function useDeleteScheduled() {
  const queries = useQueryClient();
  const refresh = useRefresh();
  return async ({ id, version }: TicketExport) => {
    await deleting(queries, ["ticket_export", id], () => call(api.DELETE("/api/v1/ticket-exports/{id}", { params: { path: { id }, header: ifMatch(version) } })));
    await refresh();
  };
}

/** Saves the file of a run. */
export function useDownloadRun() {
  return useMutation({
    mutationFn: ({ id, file_name }: TicketExportRun) => download(`/api/v1/ticket-export-runs/${id}/file`, file_name),
  });
}

/** What the list is narrowed to, as the list's own address has it. */
export function filterOf({ aside, ...filter }: TicketExport["filter"]): TicketFilter {
  const known = readFilter(TICKET_FILTER, new URLSearchParams(Object.entries(filter).flatMap(([key, value]) => (value ? [[key, value]] : []))));
  return { ...known, aside: aside === "only" ? "only" : "all" };
}

const CLOCK = /^\d\d:\d\d$/;
export const scheduledSchema = z.object({
  name: z.string().trim().min(1, "field.empty").max(80, "field.too_long"),
  every: z.enum(["day", "week", "month"]),
  weekday: z.string(),
  monthday: z.string(),
  time: z.string().regex(CLOCK, "field.empty"),
  zone: z.string(),
  locale: z.enum(["fr", "en", "ar"]),
  recipient_ids: z.array(z.string()).min(1, "field.empty").max(20, "field.too_many_recipients"),
});
export type ScheduledForm = z.infer<typeof scheduledSchema>;

/** A moment of the day, as a field of a form has it. */
export const clock = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

export function toForm(one: TicketExport | undefined, locale: Locale): ScheduledForm {
  return {
    name: one?.name ?? "",
    every: one?.every ?? "week",
    weekday: String(one?.every === "week" ? one.day : 7),
    monthday: String(one?.every === "month" ? one.day : 1),
    time: clock(one?.minute ?? 7 * 60),
    zone: one?.zone ?? TIME_ZONE,
    locale: (one?.locale as Locale | undefined) ?? locale,
    recipient_ids: one?.recipients.map(({ id }) => id) ?? [],
  };
}

/** The filter of a new one: what its owner has put aside is out of his sight, not out of his colleagues'. */
export const filterOfList = (filter: TicketFilter) => filterQuery(filter.aside === "only" ? filter : { ...filter, aside: "all" });

export function toInput({ weekday, monthday, time, ...rest }: ScheduledForm, filter: TicketExportInput["filter"], paused: boolean): TicketExportInput {
  const day = { day: null, week: Number(weekday), month: Number(monthday) }[rest.every];
  return { ...rest, day, minute: Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5)), filter, paused };
}
