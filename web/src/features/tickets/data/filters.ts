import { PRIORITIES, TICKET_STATES } from "@/api/types";
import { many, order, search, word, type FilterOf } from "@/lib/url-filter";

export const SORTS = ["-updated_at", "-created_at"] as const;

/** What a list of tickets shows; `assignee` is `me`, `none` or an agent's id. */
export const TICKET_FILTER = {
  state: many(TICKET_STATES),
  priority: many(PRIORITIES),
  assignee: word(),
  q: search(),
  sort: order(SORTS),
};
export type TicketFilter = FilterOf<typeof TICKET_FILTER>;
