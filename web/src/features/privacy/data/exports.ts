import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs } from "@/api/client";
import type { Page, PersonalExport } from "@/api/types";
import { useList } from "@/lib/use-list";

/** Copies of one's own data, or of this person's. */
export function useExports(user: string | null) {
  return useList<PersonalExport>(["personal-exports", user], (cursor, signal) => {
    const query = { cursor, limit: 20 };
    return callAs<Page<PersonalExport>>(
      user ? api.GET("/api/v1/users/{id}/exports", { params: { path: { id: user }, query }, signal }) : api.GET("/api/v1/me/exports", { params: { query }, signal }),
    );
  });
}

export function useAskExport(user: string | null) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(user ? api.POST("/api/v1/users/{id}/exports", { params: { path: { id: user } } }) : api.POST("/api/v1/me/exports")),
    onSettled: () => queries.invalidateQueries({ queryKey: ["personal-exports"] }),
  });
}

/** Where the archive of a copy is. */
export function archivePath(user: string | null, id: string): string {
  return user ? `/api/v1/users/${user}/exports/${id}/archive` : `/api/v1/me/exports/${id}/archive`;
}
