import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs, ifMatch } from "@/api/client";
import type { components } from "@/api/schema";
import type { HeldDecision, NewMessage, NewTicket, Ticket } from "@/api/types";

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
    mutationFn: ({ body, key }: { body: NewTicket; key: string }) =>
      callAs<Ticket>(api.POST("/api/v1/tickets", { body, headers: { "Idempotency-Key": key } })),
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
    mutationFn: ({ body, key }: { body: NewMessage; key: string }) =>
      call(api.POST("/api/v1/tickets/{id}/messages", { params: { path: { id } }, body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => refresh(),
  });
}

export function useChangeState(id: string) {
  const refresh = useTicketRefresh(id);
  return useMutation({
    mutationFn: ({ version, ...body }: Schemas["MoveDto"] & { version: number }) =>
      callAs<Ticket>(api.POST("/api/v1/tickets/{id}/state", { params: { path: { id }, header: ifMatch(version) }, body })),
    onSuccess: refresh,
    onError: () => refresh(),
  });
}

export function useAssign(id: string) {
  const refresh = useTicketRefresh(id);
  return useMutation({
    mutationFn: ({ version, assignee_id }: { version: number; assignee_id: string | null }) =>
      callAs<Ticket>(
        api.POST("/api/v1/tickets/{id}/assignee", { params: { path: { id }, header: ifMatch(version) }, body: { assignee_id } }),
      ),
    onSuccess: refresh,
    onError: () => refresh(),
  });
}

export function useUpdateTicket(id: string) {
  const refresh = useTicketRefresh(id);
  return useMutation({
    mutationFn: ({ version, ...body }: Schemas["EditDto"] & { version: number }) =>
      callAs<Ticket>(api.PATCH("/api/v1/tickets/{id}", { params: { path: { id }, header: ifMatch(version) }, body })),
    onSuccess: refresh,
    onError: () => refresh(),
  });
}

export function useDecideHeld(id: string) {
  const refresh = useTicketRefresh(id);
  return useMutation({
    mutationFn: ({ messageId, decision }: { messageId: string; decision: HeldDecision }) =>
      callAs<Ticket>(
        api.POST("/api/v1/tickets/{id}/held/{message_id}", {
          params: { path: { id, message_id: messageId } },
          body: { decision },
        }),
      ),
    // A split answers with the new ticket, so the one on screen is read again.
    onSuccess: () => refresh(),
  });
}
