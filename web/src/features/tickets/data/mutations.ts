import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs, ifMatch } from "@/api/client";
import type { components } from "@/api/schema";
import type { Agent, HeldDecision, NewMessage, NewTicket, Ticket } from "@/api/types";
import { patchTicket } from "./cache";
import { noteOwnStep } from "./own-steps";

type Schemas = components["schemas"];

/** After a change of which only the fact is known, everything that shows the ticket is read again. */
function useTicketRefresh(id: string) {
  const queries = useQueryClient();
  return () => {
    void queries.invalidateQueries({ queryKey: ["ticket", id] });
    void queries.invalidateQueries({ queryKey: ["tickets"] });
  };
}

/** The ticket a change is for, and the version its author saw. */
interface Target {
  id: string;
  version: number;
}

/** Told of a change that the server has made, even when whoever asked for it is no longer on screen. */
type Done<V> = (ticket: Ticket, change: V) => void;

/**
 * A change that answers with the new ticket. `guess` says what it will look like: that is shown at once, and taken back
 * when the server refuses.
 */
function useTicketChange<V extends Target>(send: (change: V) => Promise<Ticket>, guess: (change: V) => Partial<Ticket>, done?: Done<V>, explained = false) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained },
    mutationFn: send,
    onMutate: async (change) => {
      // An answer that is still on its way knows nothing of this change and would show the old state again.
      await queries.cancelQueries({ queryKey: ["tickets", "list"] });
      await queries.cancelQueries({ queryKey: ["ticket", change.id], exact: true });
      return { back: patchTicket(queries, change.id, guess(change)) };
    },
    onSuccess: (ticket, change) => {
      noteOwnStep(ticket.id, change.version, ticket.version);
      queries.setQueryData(["ticket", ticket.id], ticket);
      // The next change from the same row must name the new version.
      patchTicket(queries, ticket.id, ticket);
      done?.(ticket, change);
    },
    onError: (_error, _change, context) => context?.back(),
    onSettled: (_ticket, _error, { id }) => {
      void queries.invalidateQueries({ queryKey: ["ticket", id] });
      void queries.invalidateQueries({ queryKey: ["tickets"] });
    },
  });
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
    onSuccess: refresh,
  });
}

export type StateChange = Schemas["MoveDto"] & Target & { before?: Ticket };
export type Assignment = Target & { assignee: Agent | null; before?: Agent | null };
export type Edit = Schemas["EditDto"] & Target & { before?: Schemas["EditDto"] };

// `before` is what an undo would restore; it stays here and is not sent.

/** `explained`: the caller shows what was refused. */
export function useChangeState(done?: Done<StateChange>, explained = false) {
  return useTicketChange<StateChange>(
    ({ id, version, before: _, ...body }) =>
      callAs<Ticket>(api.POST("/api/v1/tickets/{id}/state", { params: { path: { id }, header: ifMatch(version) }, body })),
    ({ to }) => ({ state: to }),
    done,
    explained,
  );
}

export function useAssign(done?: Done<Assignment>) {
  return useTicketChange<Assignment>(
    ({ id, version, assignee }) =>
      callAs<Ticket>(
        api.POST("/api/v1/tickets/{id}/assignee", {
          params: { path: { id }, header: ifMatch(version) },
          body: { assignee_id: assignee?.id ?? null },
        }),
      ),
    ({ assignee }) => ({ assignee }),
    done,
  );
}

export function useEditTicket(done?: Done<Edit>) {
  return useTicketChange<Edit>(
    ({ id, version, before: _, ...body }) => callAs<Ticket>(api.PATCH("/api/v1/tickets/{id}", { params: { path: { id }, header: ifMatch(version) }, body })),
    ({ priority, subject }) => ({ ...(priority ? { priority } : {}), ...(subject ? { subject } : {}) }),
    done,
  );
}

export function useDecideHeld(id: string) {
  const refresh = useTicketRefresh(id);
  return useMutation({
    mutationFn: ({ messageId, decision, target }: { messageId: string; decision: HeldDecision; target?: string }) =>
      callAs<Ticket>(
        api.POST("/api/v1/tickets/{id}/held/{message_id}", {
          params: { path: { id, message_id: messageId } },
          body: { decision, ticket_id: target },
        }),
      ),
    // A split answers with the new ticket, so the one on screen is read again.
    onSuccess: refresh,
  });
}
