import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs, ifMatch } from "@/api/client";
import { USER_STATUSES, type Locale, type Page, type User } from "@/api/types";
import { one, search, word, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

export const USER_FILTER = { q: search(), status: one(USER_STATUSES), role: word() };

export function useUsers({ q, status, role }: FilterOf<typeof USER_FILTER>) {
  return useList<User>(["users", "list", q, status, role], (cursor, signal) =>
    callAs<Page<User>>(api.GET("/api/v1/users", { params: { query: { q: q || undefined, status: status || undefined, role_id: role || undefined, cursor, limit: 50 } }, signal })),
  );
}

export function useUser(id: string) {
  return useQuery({
    queryKey: ["users", id],
    queryFn: ({ signal }) => callAs<User>(api.GET("/api/v1/users/{id}", { params: { path: { id } }, signal })),
    // A form is filled from it: it must not change under somebody's hands.
    refetchOnWindowFocus: false,
  });
}

interface Invitation {
  email: string;
  name: string;
  role_id: string;
  locale: Locale;
}

export function useInvite() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key }: { body: Invitation; key: string }) => call(api.POST("/api/v1/users", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["users"] }),
  });
}

interface Profile {
  name: string;
  phone: string;
  locale: Locale;
}

export function useChangeUser(id: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, version }: { body: Profile; version: number }) => call(api.PATCH("/api/v1/users/{id}", { params: { path: { id }, header: ifMatch(version) }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["users"] }),
  });
}

export type UserAction =
  | { action: "role"; role_id: string }
  | { action: "suspend" | "deactivate" | "reactivate" | "delete" | "invite" };

/** Everything that can be done to an account of which a version was read. */
export function useUserAction(user: User) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (wanted: UserAction): Promise<void> => {
      const path = { id: user.id };
      const params = { path, header: ifMatch(user.version) };
      switch (wanted.action) {
        case "role":
          await call(api.PUT("/api/v1/users/{id}/role", { params, body: { role_id: wanted.role_id } }));
          return;
        case "suspend":
          await call(api.POST("/api/v1/users/{id}/suspend", { params }));
          return;
        case "deactivate":
          await call(api.POST("/api/v1/users/{id}/deactivate", { params }));
          return;
        case "reactivate":
          await call(api.POST("/api/v1/users/{id}/reactivate", { params }));
          return;
        case "delete":
          await call(api.DELETE("/api/v1/users/{id}", { params }));
          return;
        case "invite":
          await call(api.POST("/api/v1/users/{id}/invitation", { params: { path } }));
      }
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["users"] }),
  });
}
