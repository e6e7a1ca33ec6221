import { one, order, search, type FilterOf } from "@/lib/url-filter";
import { KINDS, KYC_STATES, STATUSES } from "./queries";

export const SORTS = ["-created_at", "-updated_at", "name"] as const;

/** What the list of customers shows. Found by words, the best match stands first whatever order is asked for. */
export const CUSTOMER_FILTER = { q: search(), status: one(STATUSES), kind: one(KINDS), kyc: one(KYC_STATES), sort: order(SORTS) };
export type CustomerFilter = FilterOf<typeof CUSTOMER_FILTER>;
