import { api, callAs } from "@/api/client";
import { DELIVERY_STATES, OUTGOING_KINDS, type OutgoingMail } from "@/api/types";
import { many, search, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

/** What the list of outgoing mail shows. */
export const OUTGOING_FILTER = { state: many(DELIVERY_STATES), kind: many(OUTGOING_KINDS), q: search() };

export type OutgoingState = OutgoingMail["state"] | "deferred";

/** What became of a mail; one that waits after an attempt was put off by the server. */
export function outgoingState({ state, attempts }: Pick<OutgoingMail, "state" | "attempts">): OutgoingState {
  return state === "queued" && attempts > 0 ? "deferred" : state;
}

/** Whether what the server said helps: a success says it all. */
export function hasTrouble(state: OutgoingState): boolean {
  return state !== "sent" && state !== "delivered";
}

export function useOutgoingMails({ state, kind, q }: FilterOf<typeof OUTGOING_FILTER>) {
  return useList<OutgoingMail>(["mails", "outgoing", state, kind, q], (cursor, signal) =>
    callAs(
      api.GET("/api/v1/outgoing-mails", {
        params: { query: { state: state.join(",") || undefined, kind: kind.join(",") || undefined, q: q || undefined, cursor, limit: 50 } },
        signal,
      }),
    ),
  );
}
