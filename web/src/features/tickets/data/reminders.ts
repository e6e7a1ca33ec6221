import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, call, callAs, ifMatch } from "@/api/client";
import { useSession } from "@/api/session";
import type { Page, Reminder } from "@/api/types";
import { useList } from "@/lib/use-list";

export interface ReminderValues {
  at: string;
  note: string;
  by_mail: boolean;
  aside: boolean;
}

/** Tickets that came back from where their reader had put them, until he ends the reminder. */
export function useCameBack(): ReadonlySet<string> {
  const { rows } = useReminders();
  return useMemo(() => new Set(rows.filter(({ aside, told_at }) => aside && told_at !== null).map(({ ticket_id }) => ticket_id)), [rows]);
}

/** One's own reminders, the next first; those of one ticket when it is named. */
export function useReminders(ticket?: string) {
  return useList<Reminder>(["reminders", ticket ?? "all"], (cursor, signal) =>
    callAs<Page<Reminder>>(api.GET("/api/v1/reminders", { params: { query: { cursor, limit: ticket ? 100 : 50, ticket_id: ticket } }, signal })),
  );
}

/** How many are due; not asked while one is let in nowhere. */
export function useDueReminders() {
  const enabled = useSession((state) => state.barrier === null);
  return useQuery({
    queryKey: ["reminders", "due"],
    enabled,
    queryFn: async ({ signal }) => (await call(api.GET("/api/v1/reminders/due", { signal }))).due,
  });
}

function useRefresh() {
  const queries = useQueryClient();
  return () => {
    // What is aside is in other lists now.
    void queries.invalidateQueries({ queryKey: ["tickets"] });
    return queries.invalidateQueries({ queryKey: ["reminders"] });
  };
}

/** Reads one of a ticket's reminders again, and whatever shows it. */
export function useReloadReminder() {
  const refresh = useRefresh();
  return async ({ id, ticket_id }: Reminder): Promise<Reminder | undefined> => {
    await refresh();
    const { items } = await callAs<Page<Reminder>>(api.GET("/api/v1/reminders", { params: { query: { limit: 100, ticket_id } } }));
    return items.find((each) => each.id === id);
  };
}

export function useSetReminder(ticket: string) {
  const refresh = useRefresh();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ key, ...body }: ReminderValues & { key: string }) =>
      call(api.POST("/api/v1/tickets/{id}/reminders", { params: { path: { id: ticket } }, body, headers: { "Idempotency-Key": key } })),
    onSuccess: refresh,
  });
}

export function useChangeReminder(id: string) {
  const refresh = useRefresh();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ version, ...body }: ReminderValues & { version: number }) =>
      call(api.PUT("/api/v1/reminders/{id}", { params: { path: { id }, header: ifMatch(version) }, body })),
    onSuccess: refresh,
  });
}

export function useEndReminder() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, version }: Reminder) => call(api.DELETE("/api/v1/reminders/{id}", { params: { path: { id }, header: ifMatch(version) } })),
    onSettled: refresh,
  });
}
