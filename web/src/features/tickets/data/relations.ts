import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs, ifMatch } from "@/api/client";
import type { Ticket, TicketLink, TicketLinkKind } from "@/api/types";
import { oneByOne, useTicketRefresh } from "./mutations";
import { noteOwnStep, versionKnown } from "./own-steps";

/** The kinds that people choose; the others follow from what was done. */
export const LINK_KINDS = ["related", "duplicate_of", "duplicate", "parent", "child"] as const satisfies readonly TicketLinkKind[];
export type ChosenKind = (typeof LINK_KINDS)[number];

export function useLinks(id: string) {
  return useQuery({
    queryKey: ["ticket", id, "links"],
    queryFn: async ({ signal }) => (await callAs<{ items: TicketLink[] }>(api.GET("/api/v1/tickets/{id}/links", { params: { path: { id } }, signal }))).items,
  });
}

export function useLinkTicket(id: string) {
  const refresh = useTicketRefresh();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ other, kind }: { other: string; kind: ChosenKind }) => call(api.POST("/api/v1/tickets/{id}/links", { params: { path: { id } }, body: { ticket_id: other, kind } })),
    onSuccess: (_links, { other }) => refresh(id, other),
  });
}

export function useUnlinkTicket(id: string) {
  const refresh = useTicketRefresh();
  return useMutation({
    mutationFn: ({ id: other, kind }: TicketLink) => call(api.DELETE("/api/v1/tickets/{id}/links/{other_id}", { params: { path: { id, other_id: other }, query: { kind } } })),
    onSuccess: (_nothing, { id: other }) => refresh(id, other),
  });
}

export function useMergeTicket(ticket: Ticket) {
  const refresh = useTicketRefresh();
  return useMutation({
    meta: { explained: true },
    scope: oneByOne(ticket.id),
    mutationFn: ({ target, confirmed }: { target: string; confirmed: boolean }) =>
      callAs<Ticket>(
        api.POST("/api/v1/tickets/{id}/merge", { params: { path: { id: ticket.id }, header: ifMatch(versionKnown(ticket.id, ticket.version)) }, body: { ticket_id: target, confirmed } }),
      ),
    onSuccess: (merged) => refresh(ticket.id, merged.id),
  });
}

export function useSplitTicket({ id, version }: Ticket) {
  const queries = useQueryClient();
  const refresh = useTicketRefresh();
  return useMutation({
    meta: { explained: true },
    scope: oneByOne(id),
    mutationFn: async ({ subject, messages, key }: { subject: string; messages: string[]; key: string }) => {
      const before = versionKnown(id, version);
      const made = await callAs<Ticket>(
        api.POST("/api/v1/tickets/{id}/split", { params: { path: { id } }, body: { subject, message_ids: messages }, headers: { "Idempotency-Key": key } }),
      );
      // The answer is the new ticket. Two versions further, somebody else has changed the old one as well.
      const left = await callAs<Ticket>(api.GET("/api/v1/tickets/{id}", { params: { path: { id } } })).catch(() => undefined);
      if (left?.version === before + 1) noteOwnStep(id, before, left.version, left.updated_at);
      if (left) queries.setQueryData(["ticket", id], left);
      return made;
    },
    onSuccess: (made) => refresh(id, made.id),
  });
}

export function useAddWatcher(id: string) {
  const refresh = useTicketRefresh();
  return useMutation({
    meta: { explained: true },
    mutationFn: (body: { email: string; name: string }) => callAs<Ticket>(api.POST("/api/v1/tickets/{id}/watchers", { params: { path: { id } }, body })),
    onSuccess: () => refresh(id),
  });
}

export function useRemoveParticipant(id: string) {
  const refresh = useTicketRefresh();
  return useMutation({
    mutationFn: (address: string) => call(api.DELETE("/api/v1/tickets/{id}/participants/{address}", { params: { path: { id, address } } })),
    onSuccess: () => refresh(id),
  });
}
