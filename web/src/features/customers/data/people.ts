import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
type ContactInput = Schemas["ContactInputDto"];
type AddressInput = Schemas["AddressInputDto"];

function useChange<T, R>(id: string, work: (input: T) => Promise<R>, explained = false) {
  const queries = useQueryClient();
  return useMutation({
    meta: explained ? { explained: true } : undefined,
    mutationFn: work,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["customers", id] }),
  });
}

export function useContacts(id: string) {
  return useQuery({
    queryKey: ["customers", id, "contacts"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/customers/{id}/contacts", { params: { path: { id } }, signal })),
  });
}

export function useAddContact(id: string) {
  return useChange(id, ({ body, key }: { body: ContactInput; key: string }) =>
    call(api.POST("/api/v1/customers/{id}/contacts", { params: { path: { id } }, body, headers: { "Idempotency-Key": key } })), true);
}

export function useDeleteContact(id: string) {
  return useChange(id, (contact_id: string) =>
    call(api.DELETE("/api/v1/customers/{id}/contacts/{contact_id}", { params: { path: { id, contact_id } } })),
  );
}

export function useAddresses(id: string) {
  return useQuery({
    queryKey: ["customers", id, "addresses"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/customers/{id}/addresses", { params: { path: { id } }, signal })),
  });
}

export function useAddAddress(id: string) {
  return useChange(id, ({ body, key }: { body: AddressInput; key: string }) =>
    call(api.POST("/api/v1/customers/{id}/addresses", { params: { path: { id } }, body, headers: { "Idempotency-Key": key } })), true);
}

export function useDeleteAddress(id: string) {
  return useChange(id, (address_id: string) =>
    call(api.DELETE("/api/v1/customers/{id}/addresses/{address_id}", { params: { path: { id, address_id } } })),
  );
}
