import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs, ifMatch } from "@/api/client";
import type { AutomationPreview, AutomationRule, AutomationRun, Page } from "@/api/types";
import { one, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";
import { useStale } from "@/lib/use-stale";
import { deleting } from "@/live/deleting";
import { RUN_STATES, type Spec } from "./spec";

/** Where the rules are. */
export const LIST = "/admin/automation";

export const RUNS = { state: one(RUN_STATES) };

/** As it is sent: the description knows the spec as an object only. */
const loose = (spec: Spec) => spec as unknown as Record<string, never>;

export interface RuleInput {
  name: string;
  enabled: boolean;
  spec: Spec;
}

export function useRules() {
  return useQuery({
    queryKey: ["automation_rules"],
    queryFn: ({ signal }) => callAs<Page<AutomationRule>>(api.GET("/api/v1/automation-rules", { signal })),
  });
}

export function useRule(id: string) {
  return useQuery({
    queryKey: ["automation_rule", id],
    queryFn: ({ signal }) => callAs<AutomationRule>(api.GET("/api/v1/automation-rules/{id}", { params: { path: { id } }, signal })),
    // A form is filled from it: it must not change under somebody's hands.
    refetchOnWindowFocus: false,
  });
}

/** Adds a rule, or changes the one of which a version was read. */
export function useSaveRule(id?: string) {
  const stale = useStale();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body: { spec, ...rest }, key, version }: { body: RuleInput; key: string; version: number }) => {
      const body = { ...rest, spec: loose(spec) };
      return callAs<AutomationRule>(
        id
          ? api.PUT("/api/v1/automation-rules/{id}", { params: { path: { id }, header: ifMatch(version) }, body })
          : api.POST("/api/v1/automation-rules", { body, headers: { "Idempotency-Key": key } }),
      );
    },
    onSuccess: (rule) => stale(["automation_rules"], ["automation_rule", rule.id]),
  });
}

export function useDeleteRule() {
  const queries = useQueryClient();
  const stale = useStale();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ id, version }: AutomationRule) =>
      deleting(queries, ["automation_rule", id], () => call(api.DELETE("/api/v1/automation-rules/{id}", { params: { path: { id }, header: ifMatch(version) } }))),
    // The list alone: what is gone is not asked for again.
    onSuccess: () => stale(["automation_rules"]),
  });
}

/** Tries a rule as it stands in the form. */
export function useDryRun() {
  return useMutation({
    meta: { explained: true },
    mutationFn: (spec: Spec) => callAs<AutomationPreview>(api.POST("/api/v1/automation-rules/dry-run", { body: { spec: loose(spec) } })),
  });
}

export function useRuns(id: string, { state }: FilterOf<typeof RUNS>) {
  return useList<AutomationRun>(["automation_rule", id, "runs", state], (cursor, signal) =>
    callAs<Page<AutomationRun>>(api.GET("/api/v1/automation-rules/{id}/runs", { params: { path: { id }, query: { state: state || undefined, cursor, limit: 50 } }, signal })),
  );
}

export function useSettle(id: string) {
  const stale = useStale();
  return useMutation({
    mutationFn: (confirm: boolean) => call(api.POST("/api/v1/automation-rules/{id}/held", { params: { path: { id } }, body: { confirm } })),
    onSuccess: () => stale(["automation_rules"], ["automation_rule", id]),
  });
}
