import { keepPreviousData, useInfiniteQuery, type QueryKey } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Page } from "@/api/types";

/**
 * A list that the server gives page by page (keyset). While another filter is being answered the old rows stay. A row
 * that moved to an earlier page between two requests is there once: its newer place wins.
 */
export function useList<T>(
  queryKey: QueryKey,
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
  rowId: (row: T) => string = (row) => (row as { id: string }).id,
) {
  const query = useInfiniteQuery({
    queryKey,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const { data } = query;
  const rows = useMemo(() => {
    const seen = new Set<string>();
    return (data?.pages ?? []).flatMap((page) => page.items).filter((row) => !seen.has(rowId(row)) && seen.add(rowId(row)));
    // What names a row does not change between two draws.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [data]);
  return { query, rows };
}
