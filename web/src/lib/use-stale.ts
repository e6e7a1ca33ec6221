import { useQueryClient, type QueryKey } from "@tanstack/react-query";

/** Reads again what a change made stale; over once all that is on screen is there. */
export function useStale(): (...keys: QueryKey[]) => Promise<unknown> {
  const queries = useQueryClient();
  return (...keys) => Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })));
}
