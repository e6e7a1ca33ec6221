import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, call } from "@/api/client";
import type { components } from "@/api/schema";
import type { BulkChange, TicketBulk } from "@/api/types";
import { useList } from "@/lib/use-list";
import { filterQuery, type TicketFilter } from "./filters";

/** Which tickets: those that are marked, or all that the list would show. */
export type BulkTargets = { ids: string[] } | { filter: TicketFilter };

export function useStartBulk() {
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ targets, change, key }: { targets: BulkTargets; change: BulkChange; key: string }) =>
      call(
        api.POST("/api/v1/ticket-bulks", {
          body: { ...("ids" in targets ? { ticket_ids: targets.ids } : { filter: filterQuery(targets.filter) }), change: { ...NOTHING, ...change } },
          headers: { "Idempotency-Key": key },
        }),
      ),
  });
}

const NOTHING = { unassign: false, add_tags: [], remove_tags: [] };

/** How far it is; news come live, and should they not, it is asked again until it is over. */
export function useBulk(id: string) {
  return useQuery({
    queryKey: ["ticket_bulk", id],
    queryFn: ({ signal }) => call(api.GET("/api/v1/ticket-bulks/{id}", { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data?.finished_at ? false : 2000),
  });
}

/** What one did to many tickets lately. */
export function useBulks() {
  return useList(
    ["ticket_bulks"],
    (cursor, signal) => call(api.GET("/api/v1/ticket-bulks", { params: { query: { cursor, limit: 50 } }, signal })),
    (bulk) => bulk.id,
  );
}

export type BulkRow = components["schemas"]["BulkRowDto"];

/** What became of its tickets, of one outcome or all; refused ones with why. */
export function useBulkRows(bulk: TicketBulk, outcome: BulkRow["outcome"] | "") {
  const settled = bulk.done + bulk.unchanged + bulk.refused;
  const queries = useQueryClient();
  const read = useRef(settled);
  useEffect(() => {
    if (read.current === settled) return;
    read.current = settled;
    // Not below the key of the change itself, which live news make stale: each step would read them twice.
    // The same list with the same pages, read again; a list of its own for each step would begin at its top each time.
    void queries.invalidateQueries({ queryKey: ["ticket_bulk_rows", bulk.id] });
  }, [queries, bulk.id, settled]);
  return useList<BulkRow>(
    ["ticket_bulk_rows", bulk.id, outcome],
    (cursor, signal) => call(api.GET("/api/v1/ticket-bulks/{id}/rows", { params: { path: { id: bulk.id }, query: { outcome: outcome || undefined, cursor, limit: 100 } }, signal })),
    (row) => row.ticket_id,
  );
}

export function useStopBulk(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.POST("/api/v1/ticket-bulks/{id}/stop", { params: { path: { id } } })),
    onSuccess: (bulk) => queries.setQueryData(["ticket_bulk", id], bulk),
  });
}

/** How many tickets a filter lets through; 10,001 stands for more than can be changed at once. */
export function useMatching(filter: TicketFilter, enabled: boolean) {
  return useQuery({
    queryKey: ["tickets", "matching", filter],
    enabled,
    queryFn: async ({ signal }) => (await call(api.GET("/api/v1/tickets/matching", { params: { query: filterQuery(filter) }, signal }))).count,
  });
}
