import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs, ifMatch } from "@/api/client";
import type { SlaCalendarInput, SlaPolicy, SlaPolicyInput, SlaRebind } from "@/api/types";

const ALL = { queryKey: ["sla"] };

export function usePolicies() {
  return useQuery({ queryKey: ["sla", "policies"], queryFn: ({ signal }) => call(api.GET("/api/v1/sla/policies", { signal })) });
}

export function useCalendars() {
  return useQuery({ queryKey: ["sla", "calendars"], queryFn: ({ signal }) => call(api.GET("/api/v1/sla/calendars", { signal })) });
}

/** Zones and groups. */
export function useSlaOptions() {
  return useQuery({ queryKey: ["sla", "options"], staleTime: 5 * 60_000, queryFn: ({ signal }) => call(api.GET("/api/v1/sla/options", { signal })) });
}

/** How far binding open tickets anew is; asked again while it is under way. */
export function useRebind() {
  return useQuery<SlaRebind>({
    queryKey: ["sla", "rebind"],
    refetchInterval: ({ state }) => (state.data?.state === "queued" || state.data?.state === "running" ? 3000 : false),
    queryFn: ({ signal }) => callAs<SlaRebind>(api.GET("/api/v1/sla/rebind", { signal })),
  });
}

export function useRebindPreview() {
  return useQuery({ queryKey: ["sla-preview"], staleTime: 0, gcTime: 0, queryFn: ({ signal }) => call(api.GET("/api/v1/sla/rebind/preview", { signal })) });
}

export function useStartRebind() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: () => call(api.POST("/api/v1/sla/rebind")),
    onSettled: () => void queries.invalidateQueries(ALL),
  });
}

/** Puts the policies into this order, at once on screen: the next press goes on from there. */
export function useOrderPolicies() {
  const queries = useQueryClient();
  return useMutation({
    scope: { id: "sla-order" },
    mutationFn: (ids: string[]) => call(api.POST("/api/v1/sla/policies/order", { body: { ids } })),
    onMutate: async (ids) => {
      const policies = ["sla", "policies"];
      await queries.cancelQueries({ queryKey: policies });
      const place = ({ id }: SlaPolicy) => (ids.includes(id) ? ids.indexOf(id) : ids.length);
      queries.setQueryData<{ items: SlaPolicy[] }>(policies, (shown) => shown && { ...shown, items: shown.items.toSorted((a, b) => place(a) - place(b)) });
    },
    onSettled: () => void queries.invalidateQueries(ALL),
  });
}

interface Saved {
  key: string;
  version: number;
}

export function useSavePolicy(id: string | undefined) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key, version }: Saved & { body: SlaPolicyInput }) =>
      id
        ? call(api.PUT("/api/v1/sla/policies/{id}", { params: { path: { id }, header: ifMatch(version) }, body }))
        : call(api.POST("/api/v1/sla/policies", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => void queries.invalidateQueries(ALL),
  });
}

export function useSaveCalendar(id: string | undefined) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key, version }: Saved & { body: SlaCalendarInput }) =>
      id
        ? call(api.PUT("/api/v1/sla/calendars/{id}", { params: { path: { id }, header: ifMatch(version) }, body }))
        : call(api.POST("/api/v1/sla/calendars", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => void queries.invalidateQueries(ALL),
  });
}

export function useDeleteSla(what: "policies" | "calendars") {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ id, version }: { id: string; version: number }) => {
      const params = { path: { id }, header: ifMatch(version) };
      return what === "policies" ? call(api.DELETE("/api/v1/sla/policies/{id}", { params })) : call(api.DELETE("/api/v1/sla/calendars/{id}", { params }));
    },
    onSuccess: () => void queries.invalidateQueries(ALL),
  });
}
