import { useQuery } from "@tanstack/react-query";
import { api, callAs } from "@/api/client";
import type { Named } from "@/api/types";
import { useAllowed } from "./use-allowed";

/** Support groups, as choices; undefined until they are known. */
export function useGroups(enabled = true): Named[] | undefined {
  const may = useAllowed("tickets.view");
  return useQuery({
    queryKey: ["groups"],
    // Whom the server would refuse need not ask.
    enabled: enabled && may,
    staleTime: 5 * 60_000,
    meta: { aside: true },
    queryFn: async ({ signal }) => (await callAs<{ items: Named[] }>(api.GET("/api/v1/groups", { signal }))).items,
  }).data;
}
