import { useQueryClient, type Query, type QueryClient, type QueryKey } from "@tanstack/react-query";
import { useEffect } from "react";
import { asApiError } from "@/api/problem";
import { onLive, startLive } from "./hub";
import type { LiveEvent } from "./sse";

/** Queries an event makes stale. Lists are refetched, not patched: the server knows what the filter shows. */
export function staleKeys({ type, subject }: LiveEvent): QueryKey[] {
  const [topic] = type.split(".");
  switch (topic) {
    case "ticket":
    case "message":
      return subject?.type === "ticket" ? [["tickets"], ["ticket", subject.id]] : [["tickets"], ["ticket"]];
    case "ticket_bulk":
      return subject ? [["ticket_bulk", subject.id]] : [["ticket_bulk"]];
    case "mail":
      return subject ? [["mails"], ["mail", subject.id]] : [["mails"]];
    case "job":
      return subject ? [["jobs"], ["job", subject.id]] : [["jobs"]];
    case "queue":
      return [["queues"]];
    case "mailbox_test":
      return subject ? [["mailbox_test", subject.id]] : [];
    case "user":
      return [["users"]];
    case "role":
      return [["roles"], ["users"]];
    case "customer":
      return [["customers"]];
    case "customer_import":
      return [["imports"]];
    case "personal_export":
      return [["personal-exports"]];
    case "mailbox":
      return [["mailboxes"]];
    case "session":
    case "api_token":
    case "passkey":
      return [["me"]];
    case "sla":
      return [["sla"]];
    case "network":
      return [["networks"]];
    case "security_alert":
      return [["alerts"]];
    case "sms_message":
      return [["sms"]];
    case "stream":
      // The stream begins, or events were missed: whatever is on screen may be older than the server.
      return [[]];
    default:
      return [];
  }
}

/**
 * Whether a stream that begins is a reason to ask again. What is not there or not allowed stays so until an event tells
 * otherwise; asking again would take the explanation off the screen for a moment.
 */
export function mayHaveChanged({ state }: Pick<Query, "state">): boolean {
  return state.status !== "error" || ![403, 404].includes(asApiError(state.error).status);
}

/** First loads that an event has overtaken. */
const overtaken = new WeakSet<Query>();

/** Reads again what an event made stale. */
export function askAgain(queries: QueryClient, queryKey: QueryKey): void {
  const predicate = queryKey.length === 0 ? mayHaveChanged : undefined;
  void queries.invalidateQueries({ queryKey, predicate });
  // A refetch that is under way begins anew; a first load does not, and its answer would count as fresh though the server
  // may have given it before the event. It is let through, for a stream of events must not keep a page from ever appearing.
  for (const query of queries.getQueryCache().findAll({ queryKey, fetchStatus: "fetching", predicate: ({ state }) => state.data === undefined })) {
    if (overtaken.has(query)) continue;
    overtaken.add(query);
    const again = () => {
      overtaken.delete(query);
      void queries.invalidateQueries({ queryKey: query.queryKey, exact: true, predicate });
    };
    void query.fetch().then(again, again);
  }
}

/** A burst of a thousand events asks the server once, not a thousand times. */
const GATHER_MS = 120;

/** Keeps the query cache in step with the server while somebody is signed in and the server tells him. */
export function useLiveUpdates(userId: string, told: boolean): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (!told) return;
    const gathered = new Map<string, QueryKey>();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const flush = () => {
      timer = null;
      for (const key of gathered.values()) askAgain(queries, key);
      gathered.clear();
    };
    const stopListening = onLive((event) => {
      for (const key of staleKeys(event)) gathered.set(JSON.stringify(key), key);
      timer ??= setTimeout(flush, GATHER_MS);
    });
    const stopStream = startLive(userId);
    return () => {
      if (timer) clearTimeout(timer);
      stopListening();
      stopStream();
    };
  }, [queries, userId, told]);
}
