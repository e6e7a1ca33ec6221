import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { api, call, callAs, ifMatch } from "@/api/client";
import type { NewSmsPrice, Page, SmsBudgetInput, SmsPrice, SmsSum } from "@/api/types";
import { download } from "@/components/download";
import { one, word, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

/** Highest price of a segment, and highest cap, in millionths. */
const PRICE_MAX = 1_000_000_000;
const CAP_MAX = 1_000_000_000_000_000;

/** Millionths of an amount as people write it, with a point or a comma; null when it is none. */
export function toMicros(text: string): number | null {
  const plain = text
    .trim()
    .replace(/[٠-٩]/g, (digit) => String("٠١٢٣٤٥٦٧٨٩".indexOf(digit)))
    .replace(/[,٫]/, ".");
  const [, whole, part = ""] = /^(\d{1,10})(?:\.(\d{1,6}))?$/.exec(plain) ?? [];
  return whole === undefined ? null : Number(whole) * 1_000_000 + Number(part.padEnd(6, "0"));
}

/** The other way round, as a field holds it. */
export function fromMicros(micros: number | null): string {
  if (micros === null) return "";
  const part = String(micros % 1_000_000).padStart(6, "0").replace(/0+$/, "");
  return `${Math.floor(micros / 1_000_000)}${part && `.${part}`}`;
}

const atMost = (most: number) => (text: string) => {
  const micros = toMicros(text);
  return micros !== null && micros <= most;
};

export const priceSchema = z.object({
  prefix: z.string().trim().regex(/^\+?[1-9]\d{0,6}$/, "field.invalid_prefix"),
  label: z.string().trim().min(1, "field.empty").max(60, "field.too_long"),
  micros: z.string().refine(atMost(PRICE_MAX), "field.invalid_amount"),
  valid_from: z.string(),
});
export type PriceForm = z.infer<typeof priceSchema>;

export const budgetSchema = z.object({
  currency: z.string().trim().regex(/^[A-Za-z]{3}$/, "field.invalid_currency"),
  cap_micros: z
    .string()
    // To one reader it is a thousand, to another one: of a price it can only be the second, a cap is asked about.
    .refine((text) => !/^[\d٠-٩]{1,3}[,٫][\d٠-٩]{3}$/.test(text.trim()), "field.ambiguous_amount")
    .refine((text) => text.trim() === "" || atMost(CAP_MAX)(text), "field.invalid_amount"),
});
export type BudgetForm = z.infer<typeof budgetSchema>;

export function useTextBudget() {
  return useQuery({
    queryKey: ["sms", "budget"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/sms/budget", { signal })),
  });
}

export function useChangeTextBudget() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ version, ...body }: SmsBudgetInput & { version: number }) => call(api.PUT("/api/v1/sms/budget", { params: { header: ifMatch(version) }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["sms"] }),
  });
}

/** The list stands in a tab of its page, and stays there. */
export const PRICES = { past: one(["all"]), tab: { ...one(["prices"]), arranges: true } };

export function useTextPrices({ past }: Pick<FilterOf<typeof PRICES>, "past">) {
  return useList<SmsPrice>(["sms", "prices", past], (cursor, signal) =>
    callAs<Page<SmsPrice>>(api.GET("/api/v1/sms/prices", { params: { query: { past: past === "all", cursor, limit: 50 } }, signal })),
  );
}

export function useSetTextPrice() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ key, ...body }: NewSmsPrice & { key: string }) => call(api.POST("/api/v1/sms/prices", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["sms"] }),
  });
}

export function useWithdrawTextPrice() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: (id: string) => call(api.DELETE("/api/v1/sms/prices/{id}", { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["sms"] }),
  });
}

/** Its first day; all months without one. */
export const STATEMENT = { month: word(), tab: { ...one(["statement"]), arranges: true } };

export function useTextStatement(month: string) {
  return useList<SmsSum>(
    ["sms", "statement", month],
    (cursor, signal) => callAs<Page<SmsSum>>(api.GET("/api/v1/sms/statement", { params: { query: { month: month || undefined, cursor, limit: 100 } }, signal })),
    (sum) => `${sum.month} ${sum.purpose} ${sum.country}`,
  );
}

export function useTextStatementExport() {
  return useMutation({ mutationFn: (month: string) => download(`/api/v1/sms/statement/export${month && `?month=${month}`}`, month ? `text-messages-${month.slice(0, 7)}.csv` : "text-messages.csv") });
}
