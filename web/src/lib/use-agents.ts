import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { Agent } from "@/api/types";

const NONE: Agent[] = [];

/** People who can be given tickets and customers, as choices; none while they are on their way. */
export function useAgents(enabled = true): Agent[] {
  const { data } = useQuery({
    queryKey: ["agents"],
    enabled,
    staleTime: 5 * 60_000,
    meta: { aside: true },
    queryFn: async ({ signal }): Promise<Agent[]> => (await call(api.GET("/api/v1/agents", { params: { query: { limit: 200 } }, signal }))).items,
  });
  return data ?? NONE;
}
