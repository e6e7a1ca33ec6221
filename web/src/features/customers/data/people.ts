import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { components } from "@/api/schema";
import { useCustomerChange } from "./change";

type Schemas = components["schemas"];
type ContactInput = Schemas["ContactInputDto"];
type AddressInput = Schemas["AddressInputDto"];

export function useContacts(id: string) {
  return useQuery({
    queryKey: ["customers", id, "contacts"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/customers/{id}/contacts", { params: { path: { id } }, signal })),
  });
}

export function useAddContact(id: string) {
  return useCustomerChange(({ body, key }: { body: ContactInput; key: string }) =>
    call(api.POST("/api/v1/customers/{id}/contacts", { params: { path: { id } }, body, headers: { "Idempotency-Key": key } })), { id, explained: true });
}

export function useDeleteContact(id: string) {
  return useCustomerChange((contact_id: string) =>
    call(api.DELETE("/api/v1/customers/{id}/contacts/{contact_id}", { params: { path: { id, contact_id } } })),
    { id },
  );
}

export function useAddresses(id: string) {
  return useQuery({
    queryKey: ["customers", id, "addresses"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/customers/{id}/addresses", { params: { path: { id } }, signal })),
  });
}

export function useAddAddress(id: string) {
  return useCustomerChange(({ body, key }: { body: AddressInput; key: string }) =>
    call(api.POST("/api/v1/customers/{id}/addresses", { params: { path: { id } }, body, headers: { "Idempotency-Key": key } })), { id, explained: true });
}

export function useDeleteAddress(id: string) {
  return useCustomerChange((address_id: string) =>
    call(api.DELETE("/api/v1/customers/{id}/addresses/{address_id}", { params: { path: { id, address_id } } })),
    { id },
  );
}
