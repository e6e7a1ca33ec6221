import { notifyManager, useQueryClient, type Query, type QueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";
import { asApiError } from "@/api/problem";
import { mayHaveChanged } from "./use-live-updates";

const RETRY_MS = 15_000;

type Read = Pick<Query, "state" | "meta">;

/** What is on screen was read once, and could not be read again. */
function outOfDate({ state }: Pick<Read, "state">): boolean {
  return state.status === "error" && state.data !== undefined;
}

/** The choices of a field or a menu that a fault kept away: there is no place in which somebody could ask for them again. */
function choicesMissing({ state, meta }: Read): boolean {
  if (meta?.aside !== true || state.status !== "error" || state.data !== undefined) return false;
  const { status } = asApiError(state.error);
  return status === 0 || status === 429 || status >= 500;
}

/** When to read again by itself: what an event made stale and no answer made fresh must not stay so until somebody notices. */
export function retryEvery(query: Read): number | false {
  if (choicesMissing(query)) return RETRY_MS;
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
