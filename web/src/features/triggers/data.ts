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

/** What is short enough to be the name of an event, and written as programs write them. */
const EVENT_NAME = /^[a-z][a-z0-9._-]{0,59}$/;
const NAMED = "custom_event:";

/** The word that stands for a trigger in addresses: its topic and, where it is for events of one name alone, that. */
export const keyOf = ({ topic, event }: Pick<Trigger, "topic" | "event">): string => (event === null ? topic : `${NAMED}${event}`);

/** The trigger of this word: for an event name that has none of its own yet, what the topic's does, to be made its own. */
export function triggerOf(all: readonly Trigger[], key: string): Trigger | undefined {
  const known = all.find((each) => keyOf(each) === key);
  const event = key.startsWith(NAMED) ? key.slice(NAMED.length) : "";
  if (known || !EVENT_NAME.test(event)) return known;
  const general = all.find((each) => each.topic === "custom_event" && each.event === null);
  return general && { ...general, event, default_rule: general.rule, changed: false, version: 0, updated_at: null, by: null };
}

export const nameSchema = z.object({ name: z.string().trim().regex(EVENT_NAME, "trigger.badName") });

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

export function useSaveTrigger(topic: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ form, version }: { form: TriggerForm; version: number }): Promise<Trigger> =>
      call(api.PUT("/api/v1/notification-triggers/{topic}", { params: { path: { topic }, header: ifMatch(version) }, body: toInput(form) })),
    onSuccess: () => queries.invalidateQueries(EVERYTHING),
  });
}

/** Does again what it comes with. */
export function useResetTrigger(topic: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: (version: number): Promise<Trigger> => call(api.DELETE("/api/v1/notification-triggers/{topic}", { params: { path: { topic }, header: ifMatch(version) } })),
    onSuccess: () => queries.invalidateQueries(EVERYTHING),
  });
}

export function useTriggerVersions(topic: string) {
  return useList(
    ["notification_triggers", "versions", topic],
    (cursor, signal) => call(api.GET("/api/v1/notification-triggers/{topic}/versions", { params: { path: { topic }, query: { cursor } }, signal })),
    (row) => String(row.version),
  );
}

/** Who would be told by what stands in the form; asked a moment after the last change. */
export function useReaders(topic: string, form: TriggerForm, ticket_number: number | null) {
  const rule = toInput({ ...form, note: "" });
  return useQuery({
    queryKey: ["notification_triggers", "readers", topic, rule, ticket_number],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(api.POST("/api/v1/notification-triggers/{topic}/preview", { params: { path: { topic } }, body: { rule, ticket_number }, signal })),
  });
}

/** Tells oneself an example. */
export function useTestTrigger(topic: string) {
  return useMutation({ mutationFn: () => call(api.POST("/api/v1/notification-triggers/{topic}/test", { params: { path: { topic } } })) });
}
