import type { Query, QueryClient, QueryKey } from "@tanstack/react-query";

/** What was deleted here, or is about to be. */
const gone = new WeakSet<Query>();

export const isGone = (query: Query) => gone.has(query);

/**
 * Deletes something whose page is on screen. The page stands until the next one is there, and news of the deletion may come even
 * before its answer: in between nothing below `queryKey` is asked for, as the server could only say that it is not there.
 */
export async function deleting<T>(queries: QueryClient, queryKey: QueryKey, work: () => Promise<T>): Promise<T> {
  const known = queries.getQueryCache().findAll({ queryKey });
  for (const query of known) gone.add(query);
  void queries.cancelQueries({ queryKey });
  try {
    const answer = await work();
    // Whoever comes back to it is told.
    void queries.invalidateQueries({ queryKey, refetchType: "none" });
    return answer;
  } catch (error) {
    for (const query of known) gone.delete(query);
    // Nobody has read what happened to it meanwhile.
    void queries.invalidateQueries({ queryKey });
    throw error;
  }
}
