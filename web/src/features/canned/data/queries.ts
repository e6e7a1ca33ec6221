import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, ifMatch } from "@/api/client";
import type { CannedReply, CannedReplyInput, CannedTexts } from "@/api/types";
import { deleting } from "@/live/deleting";
import { one, order, search, word, type FilterOf } from "@/lib/url-filter";

export const CANNED_SORTS = ["title", "uses", "last_used"] as const;
export const CANNED_FILTER = { q: search(), category: word(), group: word(), state: one(["offered", "retired"] as const), sort: order(CANNED_SORTS) };

export function useCannedReplies({ q, category, group, state, sort }: FilterOf<typeof CANNED_FILTER>) {
  return useQuery({
    queryKey: ["canned_replies", "list", q, category, group, state, sort],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/canned-replies", {
          params: { query: { q: q || undefined, category: category || undefined, group_id: group || undefined, retired: state === "" ? undefined : state === "retired", sort } },
          signal,
        }),
      ),
  });
}

export function useCannedReply(id: string) {
  return useQuery({
    queryKey: ["canned_replies", id],
    queryFn: ({ signal }) => call(api.GET("/api/v1/canned-replies/{id}", { params: { path: { id } }, signal })),
  });
}

/** Folders, groups, variables and filters there are. */
export function useCannedOptions() {
  return useQuery({
    queryKey: ["canned_replies", "options"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/canned-replies/options", { signal })),
  });
}

/** Adds one, or changes the one of which a version was read. */
export function useSaveCanned(id?: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key, version }: { body: CannedReplyInput; key: string; version: number }): Promise<CannedReply> =>
      id
        ? call(api.PUT("/api/v1/canned-replies/{id}", { params: { path: { id }, header: ifMatch(version) }, body }))
        : call(api.POST("/api/v1/canned-replies", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["canned_replies"] }),
  });
}

export function useDeleteCanned() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ id, version }: CannedReply) =>
      deleting(queries, ["canned_replies", id], () => call(api.DELETE("/api/v1/canned-replies/{id}", { params: { path: { id }, header: ifMatch(version) } }))),
    // What is gone is not asked for again.
    onSuccess: () => queries.invalidateQueries({ queryKey: ["canned_replies", "list"] }),
  });
}

/** What texts say on a ticket, or with examples; asked a moment after the last letter. */
export function usePreview(texts: CannedTexts, ticket: string | null, wanted: boolean) {
  return useQuery({
    queryKey: ["canned_replies", "preview", texts, ticket],
    enabled: wanted && Object.values(texts).some((text) => text?.trim()),
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(api.POST("/api/v1/canned-replies/preview", { body: { texts, ticket_id: ticket }, signal })),
  });
}
