import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { api, call, ifMatch } from "@/api/client";
import type { components } from "@/api/schema";
import { useList } from "@/lib/use-list";

type Schemas = components["schemas"];
export type Trigger = Schemas["NotificationTrigger"];
export type TriggerRule = Schemas["NotificationTriggerRule"];
export type TriggerVersion = Schemas["NotificationTriggerVersion"];
export type Party = Schemas["NotificationParty"];
export type Topic = Schemas["NotificationTopic"];
export type Channel = Schemas["NotificationChannel"];

const EVERYTHING = { queryKey: ["notification_triggers"] };

const way = z.object({ delivery: z.enum(["immediate", "digest", "off"]), mandatory: z.boolean() });
export const schema = z.object({
  on: z.boolean(),
  parties: z.array(z.string()),
  notification_group_ids: z.array(z.string()).max(20, "field.too_many"),
  role_ids: z.array(z.string()).max(20, "field.too_many"),
  ways: z.record(z.string(), way),
  note: z.string().trim().max(200, "field.too_long"),
});
export type TriggerForm = z.infer<typeof schema>;

export function toForm({ on, parties, notification_group_ids, role_ids, ways }: TriggerRule): TriggerForm {
  return { on, parties, notification_group_ids, role_ids, ways: Object.fromEntries(ways.map(({ channel, delivery, mandatory }) => [channel, { delivery, mandatory }])), note: "" };
}

export function toInput({ on, parties, notification_group_ids, role_ids, ways, note }: TriggerForm): Schemas["NotificationTriggerInput"] {
  const entries = Object.entries(ways) as [Channel, z.infer<typeof way>][];
  return { on, parties: parties as Party[], notification_group_ids, role_ids, ways: entries.map(([channel, { delivery, mandatory }]) => ({ channel, delivery, mandatory })), note };
}

/** All there are: the product fixes the events. */
export function useTriggers() {
  return useQuery({ queryKey: ["notification_triggers", "list"], queryFn: async ({ signal }) => (await call(api.GET("/api/v1/notification-triggers", { signal }))).items });
}

/** What a trigger can name. */
export function useTriggerOptions() {
  return useQuery({ queryKey: ["notification_triggers", "options"], queryFn: ({ signal }) => call(api.GET("/api/v1/notification-trigger-options", { signal })) });
}

export function useSaveTrigger(topic: Topic) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ form, version }: { form: TriggerForm; version: number }): Promise<Trigger> =>
      call(api.PUT("/api/v1/notification-triggers/{topic}", { params: { path: { topic }, header: ifMatch(version) }, body: toInput(form) })),
    onSuccess: () => queries.invalidateQueries(EVERYTHING),
  });
}

/** Does again what it comes with. */
export function useResetTrigger(topic: Topic) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: (version: number): Promise<Trigger> => call(api.DELETE("/api/v1/notification-triggers/{topic}", { params: { path: { topic }, header: ifMatch(version) } })),
    onSuccess: () => queries.invalidateQueries(EVERYTHING),
  });
}

export function useTriggerVersions(topic: Topic) {
  return useList(
    ["notification_triggers", "versions", topic],
    (cursor, signal) => call(api.GET("/api/v1/notification-triggers/{topic}/versions", { params: { path: { topic }, query: { cursor } }, signal })),
    (row) => String(row.version),
  );
}

/** Who would be told by what stands in the form; asked a moment after the last change. */
export function useReaders(topic: Topic, form: TriggerForm, ticket_number: number | null) {
  const rule = toInput({ ...form, note: "" });
  return useQuery({
    queryKey: ["notification_triggers", "readers", topic, rule, ticket_number],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(api.POST("/api/v1/notification-triggers/{topic}/preview", { params: { path: { topic } }, body: { rule, ticket_number }, signal })),
  });
}

/** Tells oneself an example. */
export function useTestTrigger(topic: Topic) {
  return useMutation({ mutationFn: () => call(api.POST("/api/v1/notification-triggers/{topic}/test", { params: { path: { topic } } })) });
}
