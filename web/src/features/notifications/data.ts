import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { z } from "zod";
import { api, call, ifMatch } from "@/api/client";
import type { components } from "@/api/schema";
import { useAllowed } from "@/lib/use-allowed";
import { useList } from "@/lib/use-list";

type Schemas = components["schemas"];
export type Notification = Schemas["Notification"];
export type NotificationSettings = Schemas["NotificationSettings"];
export type NotificationGroup = Schemas["NotificationGroup"];
export type Rule = Schemas["NotificationRule"];
export type Delivery = Schemas["NotificationDelivery"];
type GroupInput = Schemas["NotificationGroupInput"];

const SETTINGS = ["notifications", "settings"];
const GROUPS = ["notification_groups"];

export function useNotifications(unread: boolean) {
  return useList(["notifications", "list", unread], (cursor, signal) => call(api.GET("/api/v1/notifications", { params: { query: { unread, cursor } }, signal })));
}

export function useMark() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, read }: { id: string; read: boolean }) => call(api.PUT("/api/v1/notifications/{id}/read", { params: { path: { id } }, body: { read } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["notifications"] }),
  });
}

export function useMarkAll() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (up_to: string) => call(api.POST("/api/v1/notifications/read", { body: { up_to } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["notifications"] }),
  });
}

export function useSettings() {
  return useQuery({ queryKey: SETTINGS, queryFn: ({ signal }) => call(api.GET("/api/v1/me/notifications", { signal })) });
}

/** A moment of the day, as a field of a form has it. */
export const clock = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
export const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
export const ruleKey = ({ topic, channel }: Pick<Rule, "topic" | "channel">) => `${topic}-${channel}`;

const CLOCK = /^\d\d:\d\d$/;
export const settingsSchema = z
  .object({ zone: z.string(), quiet: z.boolean(), from: z.string(), to: z.string(), weekday: z.string(), hour: z.string(), choices: z.record(z.string(), z.enum(["immediate", "digest", "off"])) })
  .superRefine(({ quiet, from, to }, context) => {
    // Without quiet hours their fields are not on screen: nobody could mend what is wrong in them.
    if (!quiet) return;
    const wrong = (["from", "to"] as const).filter((each) => !CLOCK.test({ from, to }[each]));
    if (wrong.length === 0 && from === to) wrong.push("to");
    for (const each of wrong) context.addIssue({ code: "custom", path: [each], message: "field.bad_quiet_hours" });
  });
export type SettingsForm = z.infer<typeof settingsSchema>;

export function toForm(settings: NotificationSettings): SettingsForm {
  return {
    zone: settings.zone,
    quiet: settings.quiet !== null,
    from: clock(settings.quiet?.from ?? 22 * 60),
    to: clock(settings.quiet?.to ?? 7 * 60),
    weekday: settings.digest_weekday === null ? "" : String(settings.digest_weekday),
    hour: String(settings.digest_hour),
    choices: Object.fromEntries(settings.rules.filter((rule) => rule.choices.length > 1).map((rule) => [ruleKey(rule), rule.delivery])),
  };
}

export function toInput(form: SettingsForm, rules: readonly Rule[]): Schemas["NotificationSettingsInput"] {
  return {
    zone: form.zone,
    quiet: form.quiet ? { from: minutes(form.from), to: minutes(form.to) } : null,
    digest_weekday: form.weekday === "" ? null : Number(form.weekday),
    digest_hour: Number(form.hour),
    choices: rules.flatMap(({ topic, channel }) => {
      const delivery = form.choices[ruleKey({ topic, channel })];
      return delivery ? [{ topic, channel, delivery }] : [];
    }),
  };
}

export function useSaveSettings(rules: readonly Rule[]) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ form, version }: { form: SettingsForm; version: number }) =>
      call(api.PUT("/api/v1/me/notifications", { params: { header: ifMatch(version) }, body: toInput(form, rules) })),
    onSuccess: (saved) => queries.setQueryData(SETTINGS, saved),
  });
}

/** Notification groups, for whoever may choose among them. */
export function useNotificationGroups(enabled = true) {
  const may = useAllowed("tickets.view");
  return useQuery({ queryKey: GROUPS, enabled: enabled && may, meta: { aside: true }, queryFn: ({ signal }) => call(api.GET("/api/v1/notification-groups", { signal })) });
}

export function useSaveGroup(id: string | undefined) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key, version }: { body: GroupInput; key: string; version: number }) =>
      id
        ? call(api.PUT("/api/v1/notification-groups/{id}", { params: { path: { id }, header: ifMatch(version) }, body }))
        : call(api.POST("/api/v1/notification-groups", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: GROUPS }),
  });
}

export function useDeleteGroup() {
  const queries = useQueryClient();
  return useCallback(
    async ({ id, version }: NotificationGroup) => {
      await call(api.DELETE("/api/v1/notification-groups/{id}", { params: { path: { id }, header: ifMatch(version) } }));
      await queries.invalidateQueries({ queryKey: GROUPS });
    },
    [queries],
  );
}
