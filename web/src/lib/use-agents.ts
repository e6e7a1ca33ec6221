import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { Agent } from "@/api/types";
import { everyPage } from "./every-page";
import { useAllowed } from "./use-allowed";

/** Whether the reader may see whom there is to choose: whom the server would refuse need not ask. */
export const useMayChooseAgents = () => useAllowed("tickets.view", "customers.view");

/** People who can be given tickets and customers, as choices; undefined until they are known. */
export function useAgents(enabled = true): Agent[] | undefined {
  const may = useMayChooseAgents();
  return useQuery({
    queryKey: ["agents"],
    enabled: enabled && may,
    staleTime: 5 * 60_000,
    meta: { aside: true },
    queryFn: ({ signal }): Promise<Agent[]> => everyPage((cursor) => call(api.GET("/api/v1/agents", { params: { query: { cursor, limit: 200 } }, signal }))),
  }).data;
}
