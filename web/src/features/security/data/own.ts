import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs, ifMatch } from "@/api/client";
import { useSession } from "@/api/session";
import type { ApiToken, LoginLine, NewApiToken, Page } from "@/api/types";
import { useList } from "@/lib/use-list";

export function useFactors() {
  return useQuery({
    queryKey: ["me", "factors"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/me/factors", { signal })),
  });
}

export function changePassword(current_password: string, new_password: string) {
  return call(api.POST("/api/v1/me/password", { body: { current_password, new_password } }));
}

/** Changes one's name, of which the page may show an old one: what is typed is meant. */
export async function changeName(name: string) {
  const { version } = await call(api.GET("/api/v1/me"));
  const me = await call(api.PATCH("/api/v1/me", { params: { header: ifMatch(version) }, body: { name } }));
  useSession.setState({ user: me });
  return me;
}

/** A link is mailed to the address; it holds once that is opened. */
export function askEmailChange(email: string, password: string) {
  return call(api.POST("/api/v1/me/email", { body: { email, password } }));
}

export function useBeginTotp() {
  return useMutation({ mutationFn: () => call(api.POST("/api/v1/me/factors/totp")) });
}

export function confirmTotp(code: string) {
  return call(api.POST("/api/v1/me/factors/totp/confirm", { body: { code } }));
}

export function useRemoveTotp() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.DELETE("/api/v1/me/factors/totp")),
    onSettled: () => queries.invalidateQueries({ queryKey: ["me", "factors"] }),
  });
}

export function useRenewBackupCodes() {
  return useMutation({ mutationFn: () => call(api.POST("/api/v1/me/factors/backup-codes")) });
}

export function usePasskeys() {
  return useQuery({
    queryKey: ["me", "factors", "passkeys"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/me/factors/passkeys", { signal })),
  });
}

export function renamePasskey(id: string, name: string) {
  return call(api.PATCH("/api/v1/me/factors/passkeys/{id}", { params: { path: { id } }, body: { name } }));
}

/** `onRemoved` is told even if the list has followed already and the row is gone. */
export function useRemovePasskey(onRemoved: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(api.DELETE("/api/v1/me/factors/passkeys/{id}", { params: { path: { id } } })),
    onSuccess: onRemoved,
    onSettled: () => queries.invalidateQueries({ queryKey: ["me", "factors"] }),
  });
}

export function useSessions() {
  return useQuery({
    queryKey: ["me", "sessions"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/me/sessions", { signal })),
  });
}

/** Ends one session, or all but this one. */
export function useEndSessions() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string | null) =>
      id === null ? call(api.DELETE("/api/v1/me/sessions")) : call(api.DELETE("/api/v1/me/sessions/{id}", { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["me", "sessions"] }),
  });
}

export function useOwnLogins() {
  return useList<LoginLine>(
    ["me", "logins"],
    (cursor, signal) => callAs<Page<LoginLine>>(api.GET("/api/v1/me/logins", { params: { query: { cursor, limit: 50 } }, signal })),
    ({ id }) => String(id),
  );
}

export function useTokens() {
  return useQuery({
    queryKey: ["me", "tokens"],
    queryFn: ({ signal }) => callAs<Page<ApiToken>>(api.GET("/api/v1/api-tokens", { signal })),
  });
}

export function useMakeToken() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ key, ...body }: NewApiToken & { key: string }) => call(api.POST("/api/v1/api-tokens", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["me", "tokens"] }),
  });
}

export function useRevokeToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(api.DELETE("/api/v1/api-tokens/{id}", { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["me", "tokens"] }),
  });
}
