import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { api, call, ifMatch } from "@/api/client";
import type { KycPolicy, KycPolicyInput } from "@/api/types";

/** Highest credit without a verified identity, in minor units. */
const CREDIT_MAX = 1_000_000_000;
const MEMBERS_MAX = 1000;
const DAYS_MAX = 365;

const latin = (text: string) => text.trim().replace(/[٠-٩]/g, (digit) => String("٠١٢٣٤٥٦٧٨٩".indexOf(digit)));

/** Minor units of an amount as people write it, with a point or a comma and two decimals at most; null when it is none. */
export function toMinor(text: string): number | null {
  const [, whole, part = ""] = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(latin(text).replace(/[,٫]/, ".")) ?? [];
  return whole === undefined ? null : Number(whole) * 100 + Number(part.padEnd(2, "0"));
}

/** The other way round, as a field holds it. */
export function fromMinor(minor: number): string {
  const part = minor % 100;
  return `${Math.floor(minor / 100)}${part === 0 ? "" : `.${String(part).padStart(2, "0")}`}`;
}

/** A whole number from 1; null when it is none. */
export function toCount(text: string): number | null {
  const plain = latin(text);
  return /^[1-9]\d{0,5}$/.test(plain) ? Number(plain) : null;
}

const within = (parse: (text: string) => number | null, most: number) => z.string().refine((text) => (parse(text) ?? Infinity) <= most, "field.out_of_range");

export const policySchema = z.object({
  standard_needs_identity: z.boolean(),
  unverified_credit: within(toMinor, CREDIT_MAX),
  unverified_members: within(toCount, MEMBERS_MAX),
  renewal_days: within(toCount, DAYS_MAX),
});
export type PolicyForm = z.infer<typeof policySchema>;

export function toForm(policy: KycPolicy): PolicyForm {
  return {
    standard_needs_identity: policy.standard_needs_identity,
    unverified_credit: fromMinor(policy.unverified_credit),
    unverified_members: String(policy.unverified_members),
    renewal_days: String(policy.renewal_days),
  };
}

/** What the server is sent of a form that its schema took. */
export function toInput(form: PolicyForm): KycPolicyInput {
  return {
    standard_needs_identity: form.standard_needs_identity,
    unverified_credit: toMinor(form.unverified_credit) ?? 0,
    unverified_members: toCount(form.unverified_members) ?? 1,
    renewal_days: toCount(form.renewal_days) ?? 1,
  };
}

export function useKycPolicy() {
  return useQuery({
    queryKey: ["kyc-policy"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/kyc/policy", { signal })),
  });
}

export function useChangeKycPolicy() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ version, ...body }: KycPolicyInput & { version: number }) => call(api.PUT("/api/v1/kyc/policy", { params: { header: ifMatch(version) }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["kyc-policy"] }),
  });
}
