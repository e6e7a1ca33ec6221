import { useMutation, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { api, call, callAs, ifMatch } from "@/api/client";
import type { SpamRule, SpamRuleInput } from "@/api/types";
import { one, search, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

export const SPAM_VERDICTS = ["allow", "block"] as const;
export const SPAM_FIELDS = ["address", "domain", "subject", "text", "header"] as const;

/** What the list of rules shows. */
export const SPAM_FILTER = { verdict: one(SPAM_VERDICTS), field: one(SPAM_FIELDS), q: search() };

export const spamRuleSchema = z.object({
  verdict: z.enum(SPAM_VERDICTS),
  field: z.enum(SPAM_FIELDS),
  value: z.string().trim().min(1, "field.empty").max(200, "field.too_long"),
  note: z.string().trim().max(200, "field.too_long"),
  enabled: z.boolean(),
});
export type SpamRuleForm = z.infer<typeof spamRuleSchema>;

export function toSpamForm(rule?: SpamRule): SpamRuleForm {
  if (!rule) return { verdict: "block", field: "address", value: "", note: "", enabled: true };
  const { verdict, field, value, note, enabled } = rule;
  return { verdict, field, value, note, enabled };
}

export function useSpamRules({ verdict, field, q }: FilterOf<typeof SPAM_FILTER>) {
  return useList<SpamRule>(["spam_rules", verdict, field, q], (cursor, signal) =>
    callAs(api.GET("/api/v1/spam-rules", { params: { query: { verdict: verdict || undefined, field: field || undefined, q: q || undefined, cursor, limit: 50 } }, signal })),
  );
}

/** Adds a rule, or changes the one of which a version was read. */
export function useSaveSpamRule(id?: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key, version }: { body: SpamRuleInput; key: string; version: number }): Promise<SpamRule> =>
      id
        ? callAs<SpamRule>(api.PUT("/api/v1/spam-rules/{id}", { params: { path: { id }, header: ifMatch(version) }, body }))
        : callAs<SpamRule>(api.POST("/api/v1/spam-rules", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["spam_rules"] }),
  });
}

export function useDeleteSpamRule() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ id, version }: SpamRule) => call(api.DELETE("/api/v1/spam-rules/{id}", { params: { path: { id }, header: ifMatch(version) } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["spam_rules"] }),
  });
}

/** Points as they are read: with a sign, since some speak against spam. */
export function signed(points: number, number: (value: number) => string): string {
  return points > 0 ? `+${number(points)}` : number(points);
}
