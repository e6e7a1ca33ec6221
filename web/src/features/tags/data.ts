import { useMutation, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { api, call, ifMatch } from "@/api/client";
import type { Tag, TagColour, TagStatistics } from "@/api/types";
import { TAG_COLOURS } from "@/components/tag";
import { search, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

export const TAG_FILTER = { q: search() };

export const tagSchema = z.object({
  name: z.string().trim().min(1, "field.empty").max(40, "field.too_long"),
  colour: z.enum(TAG_COLOURS as [TagColour, ...TagColour[]]),
  retired: z.boolean(),
});
export type TagForm = z.infer<typeof tagSchema>;

export function useTagStatistics({ q }: FilterOf<typeof TAG_FILTER>) {
  return useList<TagStatistics>(
    ["tags", "statistics", q],
    (cursor, signal) => call(api.GET("/api/v1/tags/statistics", { params: { query: { q: q || undefined, cursor, limit: 100 } }, signal })),
    ({ tag }) => tag.id,
  );
}

interface Sending {
  key: string;
  version: number;
}

/** Adds a tag, or changes the one of which a version was read; another word renames it. */
export function useSaveTag(id?: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key, version }: Sending & { body: TagForm }): Promise<Tag> =>
      id
        ? call(api.PUT("/api/v1/tags/{id}", { params: { path: { id }, header: ifMatch(version) }, body }))
        : call(api.POST("/api/v1/tags", { body: { name: body.name, colour: body.colour }, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["tags"] }),
  });
}

export function useMergeTag(id: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ into, key, version }: Sending & { into: string }) =>
      call(api.POST("/api/v1/tags/{id}/merge", { params: { path: { id }, header: ifMatch(version) }, body: { into_id: into }, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["tags"] }),
  });
}

export function useDeleteTag() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ id, version }: Tag) => call(api.DELETE("/api/v1/tags/{id}", { params: { path: { id }, header: ifMatch(version) } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["tags"] }),
  });
}
