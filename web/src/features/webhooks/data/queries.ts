import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs, ifMatch } from "@/api/client";
import { WEBHOOK_STATES, type Page, type WebhookDelivery, type WebhookEndpoint, type WebhookEndpointSecret, type WebhookInput } from "@/api/types";
import { one, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

export const DELIVERIES = { state: one(WEBHOOK_STATES) };

export function useEndpoints() {
  return useQuery({
    queryKey: ["webhooks"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/webhook-endpoints", { signal })),
  });
}

export function useEndpoint(id: string) {
  return useQuery({
    queryKey: ["webhooks", id],
    queryFn: ({ signal }) => call(api.GET("/api/v1/webhook-endpoints/{id}", { params: { path: { id } }, signal })),
  });
}

export function useEventTypes() {
  return useQuery({
    queryKey: ["webhooks", "types"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/webhook-event-types", { signal })),
    staleTime: Infinity,
  });
}

/** Adds an endpoint, whose secret comes with the answer, or changes the one of which a version was read. */
export function useSaveEndpoint(id?: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: async ({ body, key, version }: { body: WebhookInput; key: string; version: number }): Promise<{ endpoint: WebhookEndpoint; secret?: string }> =>
      id
        ? { endpoint: await call(api.PATCH("/api/v1/webhook-endpoints/{id}", { params: { path: { id }, header: ifMatch(version) }, body })) }
        : call(api.POST("/api/v1/webhook-endpoints", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
  });
}

export function useDeleteEndpoint() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ id, version }: WebhookEndpoint) => call(api.DELETE("/api/v1/webhook-endpoints/{id}", { params: { path: { id }, header: ifMatch(version) } })),
    // The list alone: what is gone is not asked for again.
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks"], exact: true }),
  });
}

export function useRotateSecret() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ id, version }: WebhookEndpoint): Promise<WebhookEndpointSecret> =>
      call(api.POST("/api/v1/webhook-endpoints/{id}/secret", { params: { path: { id }, header: ifMatch(version) } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
  });
}

export function useTestEndpoint(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.POST("/api/v1/webhook-endpoints/{id}/test", { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
  });
}

export function useReplayFailed(id: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ since, key }: { since: string; key: string }) =>
      call(api.POST("/api/v1/webhook-endpoints/{id}/replay", { params: { path: { id } }, body: { since }, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
  });
}

export function useDeliveries(id: string, { state }: FilterOf<typeof DELIVERIES>) {
  return useList<WebhookDelivery>(["webhooks", id, "deliveries", state], (cursor, signal) =>
    callAs<Page<WebhookDelivery>>(
      api.GET("/api/v1/webhook-endpoints/{id}/deliveries", { params: { path: { id }, query: { state: state || undefined, cursor, limit: 50 } }, signal }),
    ),
  );
}

export function useDelivery(id: string) {
  return useQuery({
    queryKey: ["webhooks", "delivery", id],
    queryFn: ({ signal }) => call(api.GET("/api/v1/webhook-deliveries/{id}", { params: { path: { id } }, signal })),
  });
}

export function useReplay(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.POST("/api/v1/webhook-deliveries/{id}/replay", { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
  });
}
