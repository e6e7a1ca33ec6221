import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, ifMatch } from "@/api/client";
import type { ProviderInput, ProviderSettings } from "@/api/types";

export function useProviderList() {
  return useQuery({
    queryKey: ["oidc-providers"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/oidc-providers", { signal })),
  });
}

export function useProvider(id: string) {
  return useQuery({
    queryKey: ["oidc-providers", id],
    queryFn: ({ signal }) => call(api.GET("/api/v1/oidc-providers/{id}", { params: { path: { id } }, signal })),
    // A form is filled from it: it must not change under somebody's hands.
    refetchOnWindowFocus: false,
  });
}

/** Adds a provider, or changes the one of which a version was read. */
export function useSaveProvider(id?: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key, version }: { body: ProviderInput; key: string; version: number }) =>
      id
        ? call(api.PATCH("/api/v1/oidc-providers/{id}", { params: { path: { id }, header: ifMatch(version) }, body }))
        : call(api.POST("/api/v1/oidc-providers", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["oidc-providers"] }),
  });
}

export function useDeleteProvider() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ id, version }: ProviderSettings) => call(api.DELETE("/api/v1/oidc-providers/{id}", { params: { path: { id }, header: ifMatch(version) } })),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["oidc-providers"] }),
  });
}

/** What the provider says about itself, as it is saved. */
export function useTestProvider(id: string) {
  return useMutation({
    meta: { explained: true },
    mutationFn: () => call(api.POST("/api/v1/oidc-providers/{id}/test", { params: { path: { id } } })),
  });
}
