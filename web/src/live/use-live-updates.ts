import { useQueryClient, type Query, type QueryClient, type QueryKey } from "@tanstack/react-query";
import { useEffect } from "react";
import { asApiError } from "@/api/problem";
import { isGone } from "./deleting";
import { onLive, startLive } from "./hub";
import type { LiveEvent } from "./sse";

type Subject = LiveEvent["subject"];
type Stale = (subject: Subject, data: LiveEvent["data"]) => QueryKey[];

/** The list and the one that it is about. */
const both = (list: string, one: string) => (subject: Subject): QueryKey[] => (subject?.type === one ? [[list], [one, subject.id]] : [[list], [one]]);
const all = (...lists: string[]) => (): QueryKey[] => lists.map((list) => [list]);

/**
 * What an event makes stale, by its kind or by what stands before the point. Lists are refetched, not patched: the server
 * knows what the filter shows.
 */
export const STALE: Readonly<Record<string, Stale>> = {
  ticket: both("tickets", "ticket"),
  message: both("tickets", "ticket"),
  // What programs raise stands in the history of the ticket that it is about.
  custom: (subject) => (subject?.type === "custom_event" ? [] : both("tickets", "ticket")(subject)),
  reminder: all("reminders", "tickets"),
  presence: (subject) => (subject ? [["presence", subject.id]] : []),
  ticket_export: both("ticket_exports", "ticket_export"),
  ticket_bulk: both("ticket_bulks", "ticket_bulk"),
  mail: both("mails", "mail"),
  job: both("jobs", "job"),
  mailbox: all("mailboxes"),
  spam_rule: all("spam_rules"),
  mailbox_test: (subject) => (subject ? [["mailbox_test", subject.id]] : []),
  user: all("users"),
  "user.identities_changed": all("me"),
  role: all("roles", "users"),
  customer: all("customers", "projects"),
  customer_import: all("imports"),
  personal_export: all("personal-exports"),
  personal_erasure: all("personal-erasures"),
  session: all("me", "sessions"),
  api_token: all("me"),
  passkey: all("me"),
  notification: all("notifications"),
  notification_group: all("notification_groups"),
  notification_trigger: all("notification_triggers"),
  support_group: all("support-groups", "groups"),
  ticket_category: all("categories"),
  sla: all("sla"),
  network: all("networks"),
  tag: all("tags"),
  canned_reply: all("canned_replies"),
  saved_view: all("saved-views"),
  calendar_feed: all("calendar-feed"),
  message_template: all("message_templates"),
  custom_template: all("custom_templates"),
  knowledge_article: all("knowledge", "help"),
  knowledge_section: all("knowledge", "help"),
  automation_rule: both("automation_rules", "automation_rule"),
  webhook_endpoint: both("webhook_endpoints", "webhook_endpoint"),
  // Its endpoint says when it was reached last, and lists its deliveries.
  webhook_delivery: (subject, data) => {
    const endpoint = (data as { endpoint_id?: string } | undefined)?.endpoint_id;
    return [["webhook_endpoints"], endpoint ? ["webhook_endpoint", endpoint] : ["webhook_endpoint"], ...(subject ? [["webhook_delivery", subject.id]] : [])];
  },
  oidc_provider: () => [["oidc-providers"], ["sign-on", "providers"]],
  security_alert: all("alerts"),
  sms_message: all("sms"),
  sms_price: all("sms"),
  sms_budget: all("sms"),
  // What is closed to a customer is told with his verification.
  kyc_policy: all("kyc-policy", "customers"),
  // The stream begins, or events were missed: whatever is on screen may be older than the server.
  stream: () => [[]],
};

export function staleKeys({ type, subject, data }: LiveEvent): QueryKey[] {
  return (STALE[type] ?? STALE[type.split(".")[0]!])?.(subject, data) ?? [];
}

/** Whether a stream goes on where it was left: what was missed has been told, so only what failed meanwhile is asked again. */
export function goesOn({ type, data }: LiveEvent): boolean {
  return type === "stream.ready" && (data as { resumed?: boolean } | undefined)?.resumed === true;
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
  const predicate = (query: Query) => !isGone(query) && (queryKey.length > 0 || mayHaveChanged(query));
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
      if (goesOn(event)) {
        void queries.invalidateQueries({ predicate: (query) => query.state.status === "error" && mayHaveChanged(query) });
        return;
      }
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
