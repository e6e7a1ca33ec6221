import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { api, call } from "@/api/client";
import type { Tag, TagColour } from "@/api/types";

/** Every tag there is, by name; undefined until they are known. */
export function useTags(enabled = true): Tag[] | undefined {
  return useQuery({
    queryKey: ["tags", "all"],
    enabled,
    staleTime: 5 * 60_000,
    meta: { aside: true },
    queryFn: ({ signal }) => call(api.GET("/api/v1/tags", { signal })),
    select: ({ items }) => items,
  }).data;
}

/** The colour of a word: grey until somebody gives it another one. */
export function useTagColour(enabled = true): (name: string) => TagColour {
  const tags = useTags(enabled);
  const colours = useMemo(() => new Map(tags?.map(({ name, colour }) => [name, colour])), [tags]);
  return useCallback((name) => colours.get(name) ?? "grey", [colours]);
}
