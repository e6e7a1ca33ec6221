import { api, callAs } from "@/api/client";
import type { components } from "@/api/schema";
import type { Page } from "@/api/types";
import { one, order, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

export type Waiting = components["schemas"]["KycWaiting"];

/** Verifications that wait: for a reviewer, with one, or with the reader. */
export const KYC_SORTS = ["submitted_at", "-submitted_at", "opened_at", "-opened_at"] as const;
export const KYC_FILTER = { state: one(["submitted", "in_review"]), mine: one(["yes"]), sort: order(KYC_SORTS) };

export function useKycQueue({ state, mine, sort }: FilterOf<typeof KYC_FILTER>) {
  return useList<Waiting>(
    ["customers", "kyc-queue", state, mine, sort],
    (cursor, signal) =>
      callAs<Page<Waiting>>(api.GET("/api/v1/kyc/queue", { params: { query: { state: state || undefined, mine: mine === "yes" || undefined, sort, cursor, limit: 50 } }, signal })),
    ({ customer_id }) => customer_id,
  );
}
