import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, call, callAs } from "@/api/client";
import type { Page, Ticket, TicketCounts, TicketSla, TicketSummary, TimelineItem } from "@/api/types";
import { useList } from "@/lib/use-list";
import { filterQuery, type TicketFilter } from "./filters";

const PAGE = 100;
/** Conversations are read whole; this is the server's largest page. */
const TIMELINE_PAGE = 200;

/** A page of the list with this filter: the first one, or the one after `cursor`. */
export function readTickets(filter: TicketFilter, cursor?: string, signal?: AbortSignal): Promise<Page<TicketSummary>> {
  return callAs<Page<TicketSummary>>(
    api.GET("/api/v1/tickets", {
      params: {
        query: {
          ...filterQuery(filter),
          sort: filter.sort,
          cursor,
          limit: PAGE,
        },
      },
      signal,
    }),
  );
}

export function useTickets(filter: TicketFilter) {
  return useList<TicketSummary>(["tickets", "list", filter], (cursor, signal) => readTickets(filter, cursor, signal));
}

/** Words of a search that no ticket holds, with those that are looked for instead. */
export function useSearchCorrections(q: string) {
  return useQuery({
    // Not among the tickets: which words there are does not change with each event of a ticket.
    queryKey: ["ticket-search", q],
    staleTime: 5 * 60_000,
    enabled: q !== "",
    queryFn: async ({ signal }) => (await call(api.GET("/api/v1/tickets/search", { params: { query: { q } }, signal }))).corrections,
  });
}

/** The clocks of a ticket. */
export function useTicketSla(id: string) {
  return useQuery({
    queryKey: ["ticket", id, "sla"],
    // What is left runs on by itself; what was raised is told by the ticket's own news.
    refetchInterval: 60_000,
    queryFn: ({ signal }) => callAs<TicketSla>(api.GET("/api/v1/tickets/{id}/sla", { params: { path: { id } }, signal })),
  });
}

/** The same with every stretch of time that explains them. */
export function useExplainedSla(id: string) {
  return useQuery({
    queryKey: ["ticket", id, "sla", "explained"],
    queryFn: ({ signal }) => callAs<TicketSla>(api.GET("/api/v1/tickets/{id}/sla", { params: { path: { id }, query: { explain: true } }, signal })),
  });
}

export function useTicketCounts() {
  return useQuery({
    queryKey: ["tickets", "counts"],
    queryFn: ({ signal }) => callAs<TicketCounts>(api.GET("/api/v1/tickets/counts", { signal })),
  });
}

export function useTicket(id: string, enabled = true) {
  return useQuery({
    queryKey: ["ticket", id],
    enabled,
    queryFn: ({ signal }) => callAs<Ticket>(api.GET("/api/v1/tickets/{id}", { params: { path: { id } }, signal })),
  });
}

export function useTimeline(id: string) {
  return useInfiniteQuery({
    queryKey: ["ticket", id, "timeline"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      callAs<Page<TimelineItem>>(
        api.GET("/api/v1/tickets/{id}/timeline", {
          params: { path: { id }, query: { cursor: pageParam, limit: TIMELINE_PAGE } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

