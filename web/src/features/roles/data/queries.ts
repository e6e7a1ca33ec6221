import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, ifMatch } from "@/api/client";
import { useTranslation } from "react-i18next";
import type { RoleInput } from "@/api/types";
import { roleName } from "./role";

const NO_OPTIONS: { value: string; label: string }[] = [];

export function useRoles() {
  return useQuery({
    queryKey: ["roles"],
    meta: { aside: true },
    queryFn: ({ signal }) => call(api.GET("/api/v1/roles", { signal })),
  });
}

/** The roles as choices of a field, by their names. */
export function useRoleOptions(): { value: string; label: string }[] {
  const { t } = useTranslation();
  return useRoles().data?.items.map((role) => ({ value: role.id, label: roleName(t, role) })) ?? NO_OPTIONS;
}

/** The catalogue changes with a release only. */
export function usePermissions() {
  return useQuery({
    queryKey: ["permissions"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/permissions", { signal })),
    staleTime: 600_000,
  });
}

/** Makes a role, or changes one; its key is given once. */
export function useSaveRole(id?: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body: { key, ...body }, key: once, version }: { body: RoleInput; key: string; version: number }) =>
      id
        ? call(api.PATCH("/api/v1/roles/{id}", { params: { path: { id }, header: ifMatch(version) }, body }))
        : call(api.POST("/api/v1/roles", { body: { key, ...body }, headers: { "Idempotency-Key": once } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["roles"] }),
  });
}

export function useDeleteRole() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ id, version }: { id: string; version: number }) =>
      call(api.DELETE("/api/v1/roles/{id}", { params: { path: { id }, header: ifMatch(version) } })),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["roles"] }),
  });
}
