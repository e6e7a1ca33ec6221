import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs, ifMatch } from "@/api/client";
import { WEBHOOK_STATES, type Page, type WebhookDelivery, type WebhookEndpoint, type WebhookEndpointSecret, type WebhookInput } from "@/api/types";
import { one, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";
import { useStale } from "@/lib/use-stale";
import { deleting } from "@/live/deleting";

export const DELIVERIES = { state: one(WEBHOOK_STATES) };

export function useEndpoints() {
  return useQuery({
    queryKey: ["webhook_endpoints"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/webhook-endpoints", { signal })),
  });
}

export function useEndpoint(id: string) {
  return useQuery({
    queryKey: ["webhook_endpoint", id],
    queryFn: ({ signal }) => call(api.GET("/api/v1/webhook-endpoints/{id}", { params: { path: { id } }, signal })),
  });
}

export function useEventTypes() {
  return useQuery({
    queryKey: ["webhook_event_types"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/webhook-event-types", { signal })),
    staleTime: Infinity,
  });
}

/** Adds an endpoint, whose secret comes with the answer, or changes the one of which a version was read. */
export function useSaveEndpoint(id?: string) {
  const stale = useStale();
  return useMutation({
    meta: { explained: true },
    mutationFn: async ({ body, key, version }: { body: WebhookInput; key: string; version: number }): Promise<{ endpoint: WebhookEndpoint; secret?: string }> =>
      id
        ? { endpoint: await call(api.PATCH("/api/v1/webhook-endpoints/{id}", { params: { path: { id }, header: ifMatch(version) }, body })) }
        : call(api.POST("/api/v1/webhook-endpoints", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: ({ endpoint }) => stale(["webhook_endpoints"], ["webhook_endpoint", endpoint.id]),
  });
}

export function useDeleteEndpoint() {
  const queries = useQueryClient();
  const stale = useStale();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ id, version }: WebhookEndpoint) =>
      deleting(queries, ["webhook_endpoint", id], () => call(api.DELETE("/api/v1/webhook-endpoints/{id}", { params: { path: { id }, header: ifMatch(version) } }))),
    // The list alone: what is gone is not asked for again.
    onSuccess: () => stale(["webhook_endpoints"]),
  });
}

export function useRotateSecret() {
  const stale = useStale();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ id, version }: WebhookEndpoint): Promise<WebhookEndpointSecret> =>
      call(api.POST("/api/v1/webhook-endpoints/{id}/secret", { params: { path: { id }, header: ifMatch(version) } })),
    onSuccess: (_made, { id }) => stale(["webhook_endpoints"], ["webhook_endpoint", id]),
  });
}

export function useTestEndpoint(id: string) {
  const stale = useStale();
  return useMutation({
    mutationFn: () => call(api.POST("/api/v1/webhook-endpoints/{id}/test", { params: { path: { id } } })),
    onSuccess: () => stale(["webhook_endpoint", id]),
  });
}

export function useReplayFailed(id: string) {
  const stale = useStale();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ since, key }: { since: string; key: string }) =>
      call(api.POST("/api/v1/webhook-endpoints/{id}/replay", { params: { path: { id } }, body: { since }, headers: { "Idempotency-Key": key } })),
    onSuccess: () => stale(["webhook_endpoint", id]),
  });
}

export function useDeliveries(id: string, { state }: FilterOf<typeof DELIVERIES>) {
  return useList<WebhookDelivery>(["webhook_endpoint", id, "deliveries", state], (cursor, signal) =>
    callAs<Page<WebhookDelivery>>(
      api.GET("/api/v1/webhook-endpoints/{id}/deliveries", { params: { path: { id }, query: { state: state || undefined, cursor, limit: 50 } }, signal }),
    ),
  );
}

export function useDelivery(id: string) {
  return useQuery({
    queryKey: ["webhook_delivery", id],
    queryFn: ({ signal }) => call(api.GET("/api/v1/webhook-deliveries/{id}", { params: { path: { id } }, signal })),
  });
}

export function useReplay(id: string) {
  const stale = useStale();
  return useMutation({
    mutationFn: () => call(api.POST("/api/v1/webhook-deliveries/{id}/replay", { params: { path: { id } } })),
    onSuccess: () => stale(["webhook_delivery", id], ["webhook_endpoint"]),
  });
}
