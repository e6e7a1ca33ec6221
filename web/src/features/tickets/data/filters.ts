import { PRIORITIES, TICKET_STATES } from "@/api/types";
import { many, one, order, search, word, type FilterOf } from "@/lib/url-filter";

export const SORTS = ["-updated_at", "-created_at", "due_at"] as const;
/** How tickets stand to what was promised. */
export const DUES = ["overdue", "soon", "breached"] as const;

/** What a list of tickets shows; `assignee` is `me`, `none` or an agent's id, `category` is `none` or a category's id, `project` a project's. */
export const TICKET_FILTER = {
  state: many(TICKET_STATES),
  priority: many(PRIORITIES),
  assignee: word(),
  category: word(),
  tag: word(),
  project: word(),
  due: one(DUES),
  escalated: one(["open"]),
  aside: one(["only", "all"]),
  q: search(),
  sort: order(SORTS),
};
export type TicketFilter = FilterOf<typeof TICKET_FILTER>;

/** The list's filter as the server takes it. */
export function filterQuery({ state, priority, assignee, category, tag, project, due, escalated, aside, q }: TicketFilter) {
  return {
    state: state.join(",") || undefined,
    priority: priority.join(",") || undefined,
    assignee: assignee || undefined,
    category: category || undefined,
    tag: tag || undefined,
    project: project || undefined,
    due: due || undefined,
    escalated: escalated || undefined,
    // What its reader has put aside is out of sight unless he looks for it, be it by words.
    aside: aside === "only" ? "only" : aside === "all" || q ? undefined : "hide",
    q: q || undefined,
  };
}
