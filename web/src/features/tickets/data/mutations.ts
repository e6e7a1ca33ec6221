import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, ifMatch } from "@/api/client";
import type { components } from "@/api/schema";
import type { Ticket, TicketState } from "@/api/types";

type Schemas = components["schemas"];

/** The answer of a change is the new ticket; the lists and the conversation follow. */
function useTicketRefresh(id: string) {
  const queries = useQueryClient();
  return (ticket?: Ticket) => {
    if (ticket) queries.setQueryData(["ticket", id], ticket);
    else void queries.invalidateQueries({ queryKey: ["ticket", id], exact: true });
    void queries.invalidateQueries({ queryKey: ["ticket", id, "timeline"] });
    void queries.invalidateQueries({ queryKey: ["tickets"] });
  };
}

export function useCreateTicket() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key }: { body: Schemas["CreateTicket"]; key: string }) =>
      call(api.POST("/api/v1/tickets", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: (ticket) => {
      queries.setQueryData(["ticket", ticket.id], ticket);
      void queries.invalidateQueries({ queryKey: ["tickets"] });
    },
  });
}

export function useSendMessage(id: string) {
  const refresh = useTicketRefresh(id);
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key }: { body: Schemas["CreateMessage"]; key: string }) =>
      call(api.POST("/api/v1/tickets/{id}/messages", { params: { path: { id } }, body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => refresh(),
  });
}

export function useChangeState(id: string) {
  const refresh = useTicketRefresh(id);
  return useMutation({
    mutationFn: ({ version, ...body }: Schemas["ChangeState"] & { version: number }) =>
      call(api.POST("/api/v1/tickets/{id}/state", { params: { path: { id }, header: ifMatch(version) }, body })),
    onSuccess: refresh,
    onError: () => refresh(),
  });
}

export function useAssign(id: string) {
  const refresh = useTicketRefresh(id);
  return useMutation({
    mutationFn: ({ version, assignee_id }: { version: number; assignee_id: string | null }) =>
      call(
        api.POST("/api/v1/tickets/{id}/assignee", { params: { path: { id }, header: ifMatch(version) }, body: { assignee_id } }),
      ),
    onSuccess: refresh,
    onError: () => refresh(),
  });
}

export function useUpdateTicket(id: string) {
  const refresh = useTicketRefresh(id);
  return useMutation({
    mutationFn: ({ version, ...body }: Schemas["UpdateTicket"] & { version: number }) =>
      call(api.PATCH("/api/v1/tickets/{id}", { params: { path: { id }, header: ifMatch(version) }, body })),
    onSuccess: refresh,
    onError: () => refresh(),
  });
}

export function useDecideHeld(id: string) {
  const refresh = useTicketRefresh(id);
  return useMutation({
    mutationFn: ({ messageId, decision }: { messageId: string; decision: Schemas["HeldDecision"] }) =>
      call(
        api.POST("/api/v1/tickets/{id}/held/{message_id}", {
          params: { path: { id, message_id: messageId } },
          body: { decision },
        }),
      ),
    onSuccess: refresh,
  });
}

export type StateChange = { to: TicketState; reason?: string; on_hold_until?: string; no_reply_needed?: boolean };
