import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import { useSession } from "@/api/session";
import type { Agent } from "@/api/types";

/** People who can be given tickets and customers, as choices; undefined until they are known. */
export function useAgents(enabled = true): Agent[] | undefined {
  const may = useSession(({ user }) => ["tickets.view", "customers.view"].some((each) => user?.permissions.includes(each)));
  return useQuery({
    queryKey: ["agents"],
    // Whom the server would refuse need not ask.
    enabled: enabled && may,
    staleTime: 5 * 60_000,
    meta: { aside: true },
    queryFn: async ({ signal }): Promise<Agent[]> => (await call(api.GET("/api/v1/agents", { params: { query: { limit: 200 } }, signal }))).items,
  }).data;
}
