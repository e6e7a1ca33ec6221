import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, call } from "@/api/client";
import type { Tag, TagColour } from "@/api/types";

const NONE: Tag[] = [];

/** Every tag there is, by name; none while they are on their way. */
export function useTags(enabled = true): Tag[] {
  const { data } = useQuery({
    queryKey: ["tags", "all"],
    enabled,
    staleTime: 5 * 60_000,
    meta: { aside: true },
    queryFn: ({ signal }) => call(api.GET("/api/v1/tags", { signal })),
  });
  return data?.items ?? NONE;
}

/** The colour of a word: grey until somebody gives it another one. */
export function useTagColour(enabled = true): (name: string) => TagColour {
  const tags = useTags(enabled);
  const colours = useMemo(() => new Map(tags.map(({ name, colour }) => [name, colour])), [tags]);
  return (name) => colours.get(name) ?? "grey";
}
