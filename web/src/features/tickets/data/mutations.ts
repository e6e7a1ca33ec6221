import { useIsMutating, useMutation, useQueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import { useEffect, useRef } from "react";
import { api, call, callAs, ifMatch, versionOf } from "@/api/client";
import { asApiError } from "@/api/problem";
import type { components } from "@/api/schema";
import type { HeldDecision, Named, NewMessage, NewTicket, Ticket } from "@/api/types";
import { toastError } from "@/components/toast-error";
import { toast } from "@/components/ui/toast";
import { endDraft } from "@/lib/drafts";
import { requestKeyOf } from "@/lib/request-key";
import { patchTicket } from "./cache";
import { draftsKey, known } from "./drafts";
import { noteOwnStep, versionKnown } from "./own-steps";

type Schemas = components["schemas"];

/** After a change of which only the fact is known, everything that shows one of the tickets is read again. */
export function useTicketRefresh() {
  const queries = useQueryClient();
  return (...ids: string[]) => {
    for (const id of ids) void queries.invalidateQueries({ queryKey: ["ticket", id] });
    void queries.invalidateQueries({ queryKey: ["tickets"] });
  };
}

/**
 * What one person does to one ticket goes out one after the other: a change that overtook the answer to the one before
 * would name the old version, and his own change would be shown to him as somebody else's.
 */
export const oneByOne = (id: string) => ({ id: `ticket:${id}` });

/** The version that the author of a change looked at when he asked for it. */
interface Seen {
  version: number;
}

/** Told of a change that the server has made, even when whoever asked for it is no longer on screen. */
type Done<V> = (ticket: Ticket, change: V) => void;

/**
 * A change that answers with the new ticket. `guess` says what it will look like: that is shown at once, and taken back
 * when the server refuses.
 */
function useTicketChange<V extends Seen>(id: string, send: (change: V) => Promise<Ticket>, guess: (change: V) => Partial<Ticket>, done?: Done<V>, explained = false) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained },
    scope: oneByOne(id),
    mutationFn: async (change: V) => {
      const version = versionKnown(id, change.version);
      const ticket = await send({ ...change, version });
      noteOwnStep(id, version, ticket.version, ticket.updated_at);
      return ticket;
    },
    onMutate: async (change) => {
      // An answer that is still on its way knows nothing of this change and would show the old state again.
      await queries.cancelQueries({ queryKey: ["tickets", "list"] });
      await queries.cancelQueries({ queryKey: ["ticket", id], exact: true });
      return { back: patchTicket(queries, id, guess(change)) };
    },
    onSuccess: (ticket, change) => {
      queries.setQueryData(["ticket", id], ticket);
      // The next change from the same row must name the new version.
      patchTicket(queries, id, ticket);
      done?.(ticket, change);
    },
    onError: (_error, _change, context) => context?.back(),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["ticket", id] });
      void queries.invalidateQueries({ queryKey: ["tickets"] });
    },
  });
}

/** Files a ticket under a project, or under none. */
export function useFileTicket(id: string, done: Done<Seen & { project: string | null }>) {
  return useTicketChange(
    id,
    ({ version, project }: Seen & { project: string | null }) =>
      callAs<Ticket>(api.PUT("/api/v1/tickets/{id}/project", { params: { path: { id }, header: ifMatch(version) }, body: { project_id: project } })),
    () => ({}),
    done,
  );
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

/** `seen`: the version its writer looked at; a message whose ticket has another one by now is refused. `draft`: that of his draft, 0 for none. */
interface Message {
  body: Omit<NewMessage, "draft_version" | "expected_version" | "kind">;
  seen?: number;
  draft: () => number;
}

/** What the person on a ticket's page can write. */
export type MessageKind = "reply" | "note";

/** The draft of a message to a ticket. */
export const messageDraft = (id: string, kind: MessageKind) => `${id}.${kind}`;

/**
 * Sends a reply or a note. How it ends is told even when whoever wrote it looks at something else by then: a message that has
 * been sent must not be left lying as a draft, to be sent again.
 */
export function useSendMessage(id: string, kind: MessageKind) {
  const queries = useQueryClient();
  const refresh = useTicketRefresh();
  const mutationKey = ["message", id, kind];
  const name = messageDraft(id, kind);
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  const send = useMutation({
    mutationKey,
    meta: { explained: true },
    scope: oneByOne(id),
    mutationFn: async ({ body: written, seen, draft }: Message) => {
      const body = { ...written, kind };
      const key = requestKeyOf(name).of(body);
      const expected_version = seen === undefined ? undefined : versionKnown(id, seen);
      const sending = api.POST("/api/v1/tickets/{id}/messages", {
        params: { path: { id } },
        // After whatever kept the draft before: what was written elsewhere meanwhile does not end with this, unread.
        body: { ...body, expected_version, draft_version: draft() },
        headers: { "Idempotency-Key": key },
      });
      const message = await call(sending);
      const now = versionOf((await sending).response);
      if (now !== undefined && expected_version !== undefined) noteOwnStep(id, expected_version, now, message.at);
      return message;
    },
    onSuccess: () => {
      requestKeyOf(name).done();
      // The server ended its draft with the message.
      queries.setQueryData(draftsKey(id), known(kind, undefined));
      endDraft(name);
      void queries.invalidateQueries({ queryKey: ["drafts"] });
      toast({ tone: "success", title: i18next.t(kind === "note" ? "composer.noteSaved" : "composer.replySent") });
    },
    onError: (error) => {
      requestKeyOf(name).failed(error);
      if (!shown.current) toastError(error);
      // Who is told that the ticket has changed decides over the one there is now: it is there before he is asked.
      const { code } = asApiError(error);
      if (code === "draft_changed") return queries.invalidateQueries({ queryKey: draftsKey(id) });
      return code === "ticket_changed" ? queries.invalidateQueries({ queryKey: ["ticket", id], exact: true }) : undefined;
    },
    onSettled: () => refresh(id),
  });
  return {
    ...send,
    /** A message of this kind is on its way, sent from here or before this part of the page was there. */
    underWay: useIsMutating({ mutationKey }) > 0,
    /** The same as of this moment: it may be pressed again before the page has noticed the first time. */
    isUnderWay: () => queries.isMutating({ mutationKey }) > 0,
  };
}

export type StateChange = Schemas["MoveDto"] & Seen & { before?: Ticket };
export type Assignment = Seen & { assignee: Named | null; before?: Named | null };
export type Edit = Schemas["EditDto"] & Seen & { before?: Schemas["EditDto"] };

// `before` is what an undo would restore; it stays here and is not sent.

/** `explained`: the caller shows what was refused. */
export function useChangeState(id: string, done?: Done<StateChange>, explained = false) {
  return useTicketChange<StateChange>(
    id,
    ({ version, before: _, ...body }) =>
      callAs<Ticket>(api.POST("/api/v1/tickets/{id}/state", { params: { path: { id }, header: ifMatch(version) }, body })),
    ({ to }) => ({ state: to }),
    done,
    explained,
  );
}

export function useAssign(id: string, done?: Done<Assignment>) {
  return useTicketChange<Assignment>(
    id,
    ({ version, assignee }) =>
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

/** `explained`: the caller shows what was refused. */
export function useEditTicket(id: string, done?: Done<Edit>, explained = false) {
  return useTicketChange<Edit>(
    id,
    ({ version, before: _, ...body }) => callAs<Ticket>(api.PATCH("/api/v1/tickets/{id}", { params: { path: { id }, header: ifMatch(version) }, body })),
    ({ priority, subject, tags }) => ({ ...(priority ? { priority } : {}), ...(subject ? { subject } : {}), ...(tags ? { tags } : {}) }),
    done,
    explained,
  );
}

export function useDecideHeld(id: string) {
  const refresh = useTicketRefresh();
  return useMutation({
    mutationFn: ({ messageId, decision, target }: { messageId: string; decision: HeldDecision; target?: string }) =>
      callAs<Ticket>(
        api.POST("/api/v1/tickets/{id}/held/{message_id}", {
          params: { path: { id, message_id: messageId } },
          body: { decision, ticket_id: target },
        }),
      ),
    // A split answers with the new ticket, so the one on screen is read again.
    onSuccess: () => refresh(id),
  });
}
