import { PRIORITIES, TICKET_SOURCES, TICKET_STATES } from "@/api/types";
import { TIME_ZONE } from "@/lib/format";
import { day, many, one, order, search, word, type FilterOf } from "@/lib/url-filter";

export const SORTS = ["-updated_at", "-created_at", "due_at"] as const;
/** How tickets stand to what was promised. */
export const DUES = ["overdue", "soon", "breached"] as const;

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ADDRESS = /^[^\s@<>,;"()]{1,64}@[^\s@<>,;"().]+(\.[^\s@<>,;"().]+)*$/;

/** Somebody whose tickets the server can look for: oneself, an account, or a whole mail address. */
export const isRequester = (text: string): boolean => text === "me" || ID.test(text) || ADDRESS.test(text);

/** Who asked; what names nobody says nothing. */
const requester = () => ({ ...word(), read: (text: string | null) => (text !== null && isRequester(text) ? text : "") });

/** A thing that tickets may be about; what is no id says nothing. */
const thing = () => ({ ...word(), read: (text: string | null) => (text !== null && ID.test(text) ? text : "") });

/**
 * What a list of tickets shows; `assignee` is `me`, `none` or an agent's id, `category` is `none` or a category's id, `project` a project's,
 * `group`, `customer`, `order`, `service` and `invoice` are ids; days are whole, in the company's time.
 */
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
  group: word(),
  customer: word(),
  requester: requester(),
  source: one(TICKET_SOURCES),
  mentioned: one(["me"]),
  order: thing(),
  service: thing(),
  invoice: thing(),
  spam: one(["yes", "all"]),
  created_from: day(),
  created_to: day(),
  updated_from: day(),
  updated_to: day(),
  q: search(),
  sort: order(SORTS),
};
export type TicketFilter = FilterOf<typeof TICKET_FILTER>;

/** The list's filter as the server takes it. */
export function filterQuery({ state, priority, assignee, category, tag, project, due, escalated, aside, q, ...more }: TicketFilter) {
  const { group, customer, requester, source, mentioned, order, service, invoice, spam, created_from, created_to, updated_from, updated_to } = more;
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
    group: group || undefined,
    customer: customer || undefined,
    requester: requester || undefined,
    source: source || undefined,
    mentioned: mentioned || undefined,
    order: order || undefined,
    service: service || undefined,
    invoice: invoice || undefined,
    // What was closed as spam is out of sight unless somebody looks among what is over, or for words.
    spam: spam || (state.length > 0 || q ? undefined : "no"),
    created_from: created_from || undefined,
    created_to: created_to || undefined,
    updated_from: updated_from || undefined,
    updated_to: updated_to || undefined,
    // Days are the company's, as all that pages show.
    zone: created_from || created_to || updated_from || updated_to ? TIME_ZONE : undefined,
  };
}
