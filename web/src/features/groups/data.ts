import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { api, call, ifMatch } from "@/api/client";
import type { GroupConduct, SupportGroup, SupportGroupInput, WorkloadInput } from "@/api/types";

const ALL = { queryKey: ["support-groups"] };
export const STRATEGIES = ["off", "round_robin", "least_loaded", "skills"] as const;

/** A group as it is typed: a number is text until it is sent, and so are several. */
export type GroupForm = Omit<SupportGroupInput, "survey_delay_hours" | "conduct" | "members_handle"> & { survey_delay_hours: string; members_handle: boolean } & Pick<GroupConduct, "remind" | "reply_ends_hold"> & {
    remind_days: string;
    resolve_after_days: string;
    calendar_id: string;
    reopen_window_hours: string;
  };

const DELAY = /^([0-9]|[1-6][0-9]|7[0-2])$/;
const USUAL_DELAY = 24;
/** What holds for a group of which nothing else was said. */
const USUAL: GroupConduct = { remind: true, remind_days: [3, 7], resolve_after_days: 14, calendar_id: null, reply_ends_hold: true, reopen_window_hours: 0 };
const DAYS_MAX = 365;
const WINDOW_MAX = 720;

/** Numbers with commas between them; anything else than digits is no number. */
function numbers(text: string): number[] {
  const parts = text.split(/[\s,;،]+/).filter(Boolean);
  return parts.map((part) => (/^\d{1,4}$/.test(part) ? Number(part) : NaN));
}

const isDay = (n: number) => n >= 1 && n <= DAYS_MAX;

function areDays(text: string): boolean {
  const days = numbers(text);
  return days.length > 0 && days.length <= 5 && days.every((day, at) => isDay(day) && (at === 0 || day > days[at - 1]!));
}

function isEnd({ remind, remind_days, resolve_after_days }: GroupForm): boolean {
  if (resolve_after_days.trim() === "") return true;
  const [end = NaN, ...more] = numbers(resolve_after_days);
  const last = remind && areDays(remind_days) ? numbers(remind_days).at(-1)! : 0;
  return more.length === 0 && isDay(end) && end > last;
}

function isWindow(text: string): boolean {
  const [hours = NaN, ...more] = numbers(text);
  return more.length === 0 && hours >= 0 && hours <= WINDOW_MAX;
}

const fields = z.object({
  name: z.string().trim().min(1, "field.bad_name").max(80, "field.bad_name"),
  description: z.string().trim().max(500, "field.too_long"),
  strategy: z.enum(STRATEGIES),
  members_only: z.boolean(),
  members_handle: z.boolean(),
  survey: z.boolean(),
  survey_delay_hours: z.string(),
  remind: z.boolean(),
  remind_days: z.string(),
  resolve_after_days: z.string(),
  calendar_id: z.string(),
  reply_ends_hold: z.boolean(),
  reopen_window_hours: z.string().refine(isWindow, "field.out_of_range"),
  active: z.boolean(),
});

// Told together with what is wrong with the other fields.
const when = () => true;

export const schema = fields
  .refine(({ survey, survey_delay_hours }) => !survey || DELAY.test(survey_delay_hours), { path: ["survey_delay_hours"], message: "field.out_of_range", when })
  .refine(({ remind, remind_days }) => !remind || areDays(remind_days), { path: ["remind_days"], message: "field.bad_days", when })
  .refine((form) => isEnd(form), { path: ["resolve_after_days"], message: "field.before_reminders", when });

export function toForm(group?: SupportGroup): GroupForm {
  const conduct = group?.conduct ?? USUAL;
  return {
    name: group?.name ?? "",
    description: group?.description ?? "",
    strategy: group?.strategy ?? "off",
    members_only: group?.members_only ?? false,
    members_handle: group?.members_handle ?? false,
    survey: group?.survey ?? false,
    survey_delay_hours: String(group?.survey_delay_hours ?? USUAL_DELAY),
    remind: conduct.remind,
    remind_days: conduct.remind_days.join(", "),
    resolve_after_days: conduct.resolve_after_days === null ? "" : String(conduct.resolve_after_days),
    calendar_id: conduct.calendar_id ?? "",
    reply_ends_hold: conduct.reply_ends_hold,
    reopen_window_hours: String(conduct.reopen_window_hours),
    active: group?.active ?? true,
  };
}

/** Without a survey, or without reminders, its field is not on screen: whatever was left in it is no reason to refuse the rest. */
export function toInput({ survey_delay_hours: delay, remind, remind_days, resolve_after_days, calendar_id, reply_ends_hold, reopen_window_hours, ...rest }: GroupForm): SupportGroupInput {
  const end = resolve_after_days.trim();
  return {
    ...rest,
    survey_delay_hours: DELAY.test(delay) ? Number(delay) : USUAL_DELAY,
    conduct: {
      remind,
      remind_days: areDays(remind_days) ? numbers(remind_days) : USUAL.remind_days,
      resolve_after_days: end === "" ? null : Number(end),
      calendar_id: calendar_id || null,
      reply_ends_hold,
      reopen_window_hours: Number(reopen_window_hours.trim()),
    },
  };
}

export function useSupportGroups() {
  return useQuery({ queryKey: ["support-groups"], queryFn: ({ signal }) => call(api.GET("/api/v1/support-groups", { signal })) });
}

export function useSupportGroup(id: string) {
  return useQuery({ queryKey: ["support-groups", id], queryFn: ({ signal }) => call(api.GET("/api/v1/support-groups/{id}", { params: { path: { id } }, signal })) });
}

/** Calendars whose days a group can count by; none while `may` says that the reader is not shown them. */
export function useCalendars(may: boolean) {
  return useQuery({ queryKey: ["sla", "calendars"], enabled: may, meta: { aside: true }, queryFn: ({ signal }) => call(api.GET("/api/v1/sla/calendars", { signal })) });
}

/** Adds a group, or changes the one that is there. */
export function useSaveGroup(id: string | undefined) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key, version }: { body: SupportGroupInput; key: string; version: number }) =>
      id
        ? call(api.PUT("/api/v1/support-groups/{id}", { params: { path: { id }, header: ifMatch(version) }, body }))
        : call(api.POST("/api/v1/support-groups", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: async () => {
      void queries.invalidateQueries({ queryKey: ["groups"] });
      await queries.invalidateQueries(ALL);
    },
  });
}

/** Who is in a group. `explained`: the caller shows what was refused. */
export function useSetMembers(id: string, explained = false) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained },
    mutationFn: ({ members, version }: { members: { id: string; lead: boolean }[]; version: number }) =>
      call(
        api.PUT("/api/v1/support-groups/{id}/members", {
          params: { path: { id }, header: ifMatch(version) },
          body: { members: members.map((one) => ({ id: one.id, lead: one.lead })) },
        }),
      ),
    onSettled: () => queries.invalidateQueries(ALL),
  });
}

/** How much an agent takes, and what he knows. */
export function useSetWorkload(id: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: (body: WorkloadInput) => call(api.PUT("/api/v1/agents/{id}/workload", { params: { path: { id } }, body })),
    onSuccess: () => queries.invalidateQueries(ALL),
  });
}

export function useAvailability(enabled: boolean) {
  return useQuery({ queryKey: ["support-groups", "me"], enabled, meta: { aside: true }, queryFn: ({ signal }) => call(api.GET("/api/v1/me/availability", { signal })) });
}

export function useSetAway() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (away: boolean) => call(api.PUT("/api/v1/me/availability", { body: { away } })),
    onSettled: () => queries.invalidateQueries(ALL),
  });
}
