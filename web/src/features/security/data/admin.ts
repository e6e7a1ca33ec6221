import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs } from "@/api/client";
import { LOGIN_OUTCOMES, type JournalLine, type LiveSession, type NewNetwork, type Page, type SecurityAlert } from "@/api/types";
import { one, search, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

export function useNetworks() {
  return useQuery({
    queryKey: ["networks"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/networks", { signal })),
  });
}

export function useAddNetwork() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ key, ...body }: NewNetwork & { key: string }) => call(api.POST("/api/v1/networks", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["networks"] }),
  });
}

export function useRemoveNetwork() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: (id: string) => call(api.DELETE("/api/v1/networks/{id}", { params: { path: { id } } })),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["networks"] }),
  });
}

export const LOGINS = { q: search(), outcome: one(LOGIN_OUTCOMES) };

/** Which account or source address is meant by what stands in the search box: the server compares whole. */
export function whose(q: string): { email?: string; ip?: string } {
  const text = q.trim();
  if (text === "") return {};
  return /^[0-9.]+$|^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text) ? { ip: text } : { email: text };
}

export function useLogins({ q, outcome }: FilterOf<typeof LOGINS>) {
  return useList<JournalLine>(
    ["logins", q, outcome],
    (cursor, signal) => callAs<Page<JournalLine>>(api.GET("/api/v1/login-journal", { params: { query: { ...whose(q), outcome: outcome || undefined, cursor, limit: 50 } }, signal })),
    ({ id }) => String(id),
  );
}

export const ALERTS = { state: one(["open"]) };

export function useAlerts({ state }: FilterOf<typeof ALERTS>) {
  return useList<SecurityAlert>(["alerts", state], (cursor, signal) =>
    callAs<Page<SecurityAlert>>(api.GET("/api/v1/security-alerts", { params: { query: { open: state === "open", cursor, limit: 50 } }, signal })),
  );
}

export function useAcknowledge() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(api.POST("/api/v1/security-alerts/{id}/acknowledge", { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["alerts"] }),
  });
}

export const SESSIONS = { q: search() };

export function useSessions({ q }: FilterOf<typeof SESSIONS>) {
  return useList<LiveSession>(["sessions", q], (cursor, signal) => callAs<Page<LiveSession>>(api.GET("/api/v1/sessions", { params: { query: { q: q || undefined, cursor, limit: 50 } }, signal })));
}

/** Ends a session of an account within a second. */
export function useEndSession() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, user_id }: LiveSession) => call(api.DELETE("/api/v1/users/{id}/sessions/{session_id}", { params: { path: { id: user_id, session_id: id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["sessions"] }),
  });
}
