import { notifyManager, useQueryClient, type Query, type QueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";
import { mayHaveChanged } from "./use-live-updates";

const RETRY_MS = 15_000;

type Read = Pick<Query, "state">;

/** What is on screen was read once, and could not be read again. */
function outOfDate({ state }: Read): boolean {
  return state.status === "error" && state.data !== undefined;
}

/** When to read again by itself: what an event made stale and no answer made fresh must not stay so until somebody notices. */
export function retryEvery(query: Read): number | false {
  return outOfDate(query) && mayHaveChanged(query) ? RETRY_MS : false;
}

const ON_SCREEN = { type: "active", predicate: outOfDate } as const;

/** Whether a part of what is on screen may be older than the server, and a way to read it again now. */
export function useOutOfDate(): { old: boolean; readAgain: () => void } {
  const queries = useQueryClient();
  const subscribe = useCallback((tell: () => void) => queries.getQueryCache().subscribe(notifyManager.batchCalls(tell)), [queries]);
  const old = useSyncExternalStore(subscribe, () => anyOld(queries));
  return { old, readAgain: () => void queries.refetchQueries(ON_SCREEN) };
}

function anyOld(queries: QueryClient): boolean {
  return queries.getQueryCache().findAll(ON_SCREEN).length > 0;
}
