import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs } from "@/api/client";
import type { Page, PersonalErasure } from "@/api/types";
import { useList } from "@/lib/use-list";

const KEY = "personal-erasures";

/** Whether one asked to be erased. */
export function useOwnErasure() {
  return useQuery({ queryKey: [KEY, "own"], queryFn: ({ signal }) => call(api.GET("/api/v1/me/erasure", { signal })) });
}

export function useAskErasure() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (take: boolean) => (take ? call(api.POST("/api/v1/me/erasure")) : call(api.DELETE("/api/v1/me/erasure"))),
    onSettled: () => queries.invalidateQueries({ queryKey: [KEY] }),
  });
}

/** What erasing this person would do, or did. */
export function useErasure(user: string) {
  return useQuery({
    queryKey: [KEY, user],
    queryFn: ({ signal }) => call(api.GET("/api/v1/users/{id}/erasure", { params: { path: { id: user } }, signal })),
  });
}

/** Requests and erasures of everybody. */
export function useErasures() {
  return useList<PersonalErasure>([KEY, "list"], (cursor, signal) =>
    callAs<Page<PersonalErasure>>(api.GET("/api/v1/personal-data/erasures", { params: { query: { cursor, limit: 50 } }, signal })),
  );
}
