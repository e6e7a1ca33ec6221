import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { PRIORITIES, TICKET_STATES, type Priority, type TicketState } from "@/api/types";

export const SORTS = ["-updated_at", "-created_at"] as const;
export type Sort = (typeof SORTS)[number];

/** What the list shows. All of it is in the URL: a link shows the same rows to a colleague. */
export interface TicketFilter {
  state: TicketState[];
  priority: Priority[];
  /** `me`, `none`, an agent's id, or everybody. */
  assignee: string | null;
  q: string;
  sort: Sort;
}

function listOf<T extends string>(text: string | null, known: readonly T[]): T[] {
  const wanted = new Set(text?.split(",") ?? []);
  return known.filter((each) => wanted.has(each));
}

export function readFilter(search: URLSearchParams): TicketFilter {
  const sort = search.get("sort") as Sort;
  return {
    state: listOf(search.get("state"), TICKET_STATES),
    priority: listOf(search.get("priority"), PRIORITIES),
    assignee: search.get("assignee"),
    q: search.get("q") ?? "",
    sort: SORTS.includes(sort) ? sort : "-updated_at",
  };
}

/** Only what differs from the default, so that links stay short. */
export function writeFilter(filter: TicketFilter): URLSearchParams {
  const search = new URLSearchParams();
  if (filter.state.length > 0) search.set("state", filter.state.join(","));
  if (filter.priority.length > 0) search.set("priority", filter.priority.join(","));
  if (filter.assignee) search.set("assignee", filter.assignee);
  if (filter.q) search.set("q", filter.q);
  if (filter.sort !== "-updated_at") search.set("sort", filter.sort);
  return search;
}

export function isFiltered(filter: TicketFilter): boolean {
  return filter.state.length > 0 || filter.priority.length > 0 || filter.assignee !== null || filter.q !== "";
}

/** The filter of the URL and a way to change parts of it. */
export function useTicketFilter(): [TicketFilter, (change: Partial<TicketFilter>) => void, () => void] {
  const [search, setSearch] = useSearchParams();
  const filter = useMemo(() => readFilter(search), [search]);
  const change = (part: Partial<TicketFilter>) => {
    // Letters typed into the search box should not each be a step back.
    setSearch(writeFilter({ ...filter, ...part }), { replace: "q" in part, preventScrollReset: true });
  };
  return [filter, change, () => setSearch(new URLSearchParams())];
}
