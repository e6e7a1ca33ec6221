import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { Agent } from "@/api/types";

/** People who can be given tickets and customers, as choices; undefined until they are known. */
export function useAgents(enabled = true): Agent[] | undefined {
  return useQuery({
    queryKey: ["agents"],
    enabled,
    staleTime: 5 * 60_000,
    meta: { aside: true },
    queryFn: async ({ signal }): Promise<Agent[]> => (await call(api.GET("/api/v1/agents", { params: { query: { limit: 200 } }, signal }))).items,
  }).data;
}
