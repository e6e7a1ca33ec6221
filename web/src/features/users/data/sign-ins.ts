import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/api/client";

const key = (id: string) => ["users", id, "sign-ins"];

export function useSignIns(id: string) {
  return useQuery({
    queryKey: key(id),
    queryFn: ({ signal }) => call(api.GET("/api/v1/users/{id}/sign-ins", { params: { path: { id } }, signal })),
  });
}

/** Ends one session of an account, or with `null` all of them. */
export function useEndUserSessions(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (session: string | null) =>
      session === null
        ? call(api.DELETE("/api/v1/users/{id}/sessions", { params: { path: { id } } }))
        : call(api.DELETE("/api/v1/users/{id}/sessions/{session_id}", { params: { path: { id, session_id: session } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: key(id) }),
  });
}
