import { beginOf } from "@/lib/days";
import { day, one, order, search, word, type FilterOf } from "@/lib/url-filter";
import { KINDS, KYC_STATES, STATUSES, TIERS } from "./words";

export const SORTS = ["-created_at", "-updated_at", "name"] as const;

/** What the list of customers shows. Found by words, the best match stands first whatever order is asked for. */
export const CUSTOMER_FILTER = {
  q: search(),
  status: one(STATUSES),
  kind: one(KINDS),
  kyc: one(KYC_STATES),
  tier: one(TIERS),
  /** `me`, `none`, or the id of a colleague. */
  manager: word(),
  tag: word(),
  /** First and last day on which they were added. */
  from: day(),
  to: day(),
  /** Deleted ones instead of the others. */
  deleted: one(["true"]),
  sort: order(SORTS),
};
export type CustomerFilter = FilterOf<typeof CUSTOMER_FILTER>;

/** The filter as the server names it, for the list and for its export alike. A day is taken whole, in the reader's time. */
export function asked({ from = "", to = "", ...filter }: Partial<CustomerFilter> = {}): Record<string, string> {
  // The order of the first is the server's own; a search has one of its own.
  const sort = filter.q || filter.sort === SORTS[0] ? "" : filter.sort;
  const named = { ...filter, sort, created_from: beginOf(from), created_until: beginOf(to, 1) };
  return Object.fromEntries(Object.entries(named).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
