import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Page } from "@/api/types";

/**
 * The rows of a list read page by page. A row that moved to an earlier page between two requests is there once: its newer
 * place wins.
 */
export function useInfiniteRows<T extends { id: string }>(query: UseInfiniteQueryResult<InfiniteData<Page<T>>>): T[] {
  const { data } = query;
  return useMemo(() => {
    const seen = new Set<string>();
    return (data?.pages ?? []).flatMap((page) => page.items).filter((row) => !seen.has(row.id) && seen.add(row.id));
  }, [data]);
}
