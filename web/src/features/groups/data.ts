import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { api, call, ifMatch } from "@/api/client";
import type { SupportGroup, SupportGroupInput, WorkloadInput } from "@/api/types";

const ALL = { queryKey: ["support-groups"] };
export const STRATEGIES = ["off", "round_robin", "least_loaded", "skills"] as const;

/** A group as it is typed: a number is text until it is sent. */
export type GroupForm = Omit<SupportGroupInput, "survey_delay_hours" | "members_handle"> & { survey_delay_hours: string; members_handle: boolean };

const DELAY = /^([0-9]|[1-6][0-9]|7[0-2])$/;
const USUAL_DELAY = 24;

const fields = z.object({
  name: z.string().trim().min(1, "field.bad_name").max(80, "field.bad_name"),
  description: z.string().trim().max(500, "field.too_long"),
  strategy: z.enum(STRATEGIES),
  members_only: z.boolean(),
  members_handle: z.boolean(),
  survey: z.boolean(),
  survey_delay_hours: z.string(),
  active: z.boolean(),
});

export const schema = fields.refine(({ survey, survey_delay_hours }) => !survey || DELAY.test(survey_delay_hours), {
  path: ["survey_delay_hours"],
  message: "field.out_of_range",
  // Told together with what is wrong with the other fields.
  when: () => true,
});

export function toForm(group?: SupportGroup): GroupForm {
  return {
    name: group?.name ?? "",
    description: group?.description ?? "",
    strategy: group?.strategy ?? "off",
    members_only: group?.members_only ?? false,
    members_handle: group?.members_handle ?? false,
    survey: group?.survey ?? false,
    survey_delay_hours: String(group?.survey_delay_hours ?? USUAL_DELAY),
    active: group?.active ?? true,
  };
}

/** Without a survey its field is not on screen: whatever was left in it is no reason to refuse the rest. */
export function toInput({ survey_delay_hours: delay, ...rest }: GroupForm): SupportGroupInput {
  return { ...rest, survey_delay_hours: DELAY.test(delay) ? Number(delay) : USUAL_DELAY };
}

export function useSupportGroups() {
  return useQuery({ queryKey: ["support-groups"], queryFn: ({ signal }) => call(api.GET("/api/v1/support-groups", { signal })) });
}

export function useSupportGroup(id: string) {
  return useQuery({ queryKey: ["support-groups", id], queryFn: ({ signal }) => call(api.GET("/api/v1/support-groups/{id}", { params: { path: { id } }, signal })) });
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
