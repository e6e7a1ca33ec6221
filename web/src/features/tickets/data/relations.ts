import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs, ifMatch } from "@/api/client";
import type { Ticket, TicketLink, TicketLinkKind } from "@/api/types";

/** The kinds that people choose; the others follow from what was done. */
export const LINK_KINDS = ["related", "duplicate_of", "duplicate", "parent", "child"] as const satisfies readonly TicketLinkKind[];
export type ChosenKind = (typeof LINK_KINDS)[number];

export function useLinks(id: string) {
  return useQuery({
    queryKey: ["ticket", id, "links"],
    queryFn: async ({ signal }) => (await callAs<{ items: TicketLink[] }>(api.GET("/api/v1/tickets/{id}/links", { params: { path: { id } }, signal }))).items,
  });
}

/** What is done to two tickets is seen on both, and in every list. */
function useRefresh() {
  const queries = useQueryClient();
  return (...ids: string[]) => {
    for (const id of ids) void queries.invalidateQueries({ queryKey: ["ticket", id] });
    void queries.invalidateQueries({ queryKey: ["tickets"] });
  };
}

export function useLinkTicket(id: string) {
  const refresh = useRefresh();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ other, kind }: { other: string; kind: ChosenKind }) => call(api.POST("/api/v1/tickets/{id}/links", { params: { path: { id } }, body: { ticket_id: other, kind } })),
    onSuccess: (_links, { other }) => refresh(id, other),
  });
}

export function useUnlinkTicket(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id: other, kind }: TicketLink) => call(api.DELETE("/api/v1/tickets/{id}/links/{other_id}", { params: { path: { id, other_id: other }, query: { kind } } })),
    onSuccess: (_nothing, { id: other }) => refresh(id, other),
  });
}

export function useMergeTicket(ticket: Ticket) {
  const refresh = useRefresh();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ target, otherCustomer }: { target: string; otherCustomer: boolean }) =>
      callAs<Ticket>(
        api.POST("/api/v1/tickets/{id}/merge", { params: { path: { id: ticket.id }, header: ifMatch(ticket.version) }, body: { ticket_id: target, other_customer: otherCustomer } }),
      ),
    onSuccess: (merged) => refresh(ticket.id, merged.id),
  });
}

export function useSplitTicket(id: string) {
  const refresh = useRefresh();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ subject, messages }: { subject: string; messages: string[] }) =>
      callAs<Ticket>(api.POST("/api/v1/tickets/{id}/split", { params: { path: { id } }, body: { subject, message_ids: messages } })),
    onSuccess: (made) => refresh(id, made.id),
  });
}

export function useAddWatcher(id: string) {
  const refresh = useRefresh();
  return useMutation({
    meta: { explained: true },
    mutationFn: (body: { email: string; name: string }) => callAs<Ticket>(api.POST("/api/v1/tickets/{id}/watchers", { params: { path: { id } }, body })),
    onSuccess: () => refresh(id),
  });
}

export function useRemoveParticipant(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (address: string) => call(api.DELETE("/api/v1/tickets/{id}/participants/{address}", { params: { path: { id, address } } })),
    onSuccess: () => refresh(id),
  });
}
