import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs, ifMatch } from "@/api/client";
import type { components } from "@/api/schema";
import type { Page } from "@/api/types";
import { useList } from "@/lib/use-list";
import { useCustomerChange } from "./change";
import { asked, type CustomerFilter } from "./filters";

type Schemas = components["schemas"];
export type Customer = Schemas["Customer"] & { version: number };
export type CustomerSummary = Schemas["CustomerSummary"];
export type Profile = Schemas["CustomerProfile"];
export type Contact = Schemas["CustomerContact"];
export type Address = Schemas["CustomerAddress"];
export type Member = Schemas["CustomerMember"];
export type MemberRole = Schemas["MemberRole"];
export type Note = Schemas["CustomerNote"];
export type CustomerDocument = Schemas["CustomerDocument"];
export type MemberSecurity = Schemas["MemberSecurityDto"];
export type Moment = Schemas["CustomerMoment"];
export type KycCase = Schemas["KycCase"];
export type KycRenewal = Schemas["KycRenewal"];
export type KycPastCase = Schemas["KycPastCase"];
export type KycDocument = Schemas["KycDocument"];
export type Verdict = Schemas["KycVerdict"];
export type Status = Schemas["CustomerStatus"];

export const ROLES = ["owner", "admin", "technical", "billing", "viewer"] as const;
export const PAPERS = ["identity_card", "passport", "driving_licence", "selfie", "proof_of_address", "trade_register", "tax_card", "statutes"] as const;

export function useCustomers(filter: Partial<CustomerFilter> = {}) {
  return useList<CustomerSummary>(["customers", "list", filter], (cursor, signal) => {
    const query = { ...asked(filter), ...(cursor && { cursor }) };
    return callAs<Page<CustomerSummary>>(api.GET("/api/v1/customers", { params: { query }, signal }));
  });
}

/** The version stands in the ETag; the body does not repeat it. */
export function useCustomer(id: string) {
  return useQuery({
    queryKey: ["customers", id, "profile"],
    queryFn: async ({ signal }): Promise<Customer> => {
      const answer = await api.GET("/api/v1/customers/{id}", { params: { path: { id } }, signal });
      const body = await call(Promise.resolve(answer));
      return { ...body, version: Number((answer.response.headers.get("etag") ?? "").replaceAll('"', "")) };
    },
  });
}

export function useStatistics() {
  return useQuery({
    queryKey: ["customers", "statistics"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/customers/statistics", { signal })),
  });
}

export function useFigures(id: string) {
  return useQuery({
    queryKey: ["customers", id, "figures"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/customers/{id}/figures", { params: { path: { id } }, signal })),
  });
}

export function useSecurity(id: string) {
  return useQuery({
    queryKey: ["customers", id, "security"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/customers/{id}/security", { params: { path: { id } }, signal })),
  });
}

/** Reads again what hangs on one customer, after it was changed by other means than a mutation. */
export function useReread(id: string): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ["customers", id] });
}

/** Stores a new customer, or the profile of one that is there. */
export function useSaveCustomer(id?: string) {
  return useCustomerChange(
    ({ profile, key, version }: { profile: Profile; key: string; version: number }) =>
      id
        ? call(api.PUT("/api/v1/customers/{id}", { params: { path: { id }, header: ifMatch(version) }, body: profile }))
        : call(api.POST("/api/v1/customers", { body: { profile }, headers: { "Idempotency-Key": key } })),
    { explained: true },
  );
}

export type Handling = Schemas["HandlingDto"];

/** Who looks after a customer, and his tags. */
export function useHandleCustomer(id: string) {
  return useCustomerChange(({ body, version }: { body: Handling; version: number }) => call(api.PUT("/api/v1/customers/{id}/handling", { params: { path: { id }, header: ifMatch(version) }, body })), { explained: true });
}

export function useMoveCustomer({ id, version }: Customer) {
  return useCustomerChange(
    (body: { to: Status; reason?: string }) => call(api.POST("/api/v1/customers/{id}/status", { params: { path: { id }, header: ifMatch(version) }, body })),
    { explained: true },
  );
}

export function useDeleteCustomer({ id, version }: Customer) {
  return useCustomerChange(() => call(api.DELETE("/api/v1/customers/{id}", { params: { path: { id }, header: ifMatch(version) } })));
}

export function useRestoreCustomer({ id, version }: Customer) {
  return useCustomerChange(() => call(api.POST("/api/v1/customers/{id}/restore", { params: { path: { id }, header: ifMatch(version) } })));
}

export function useStatusHistory(id: string) {
  return useQuery({
    queryKey: ["customers", id, "status"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/customers/{id}/status", { params: { path: { id } }, signal })),
  });
}

export function useTimeline(id: string) {
  return useList<Moment>(
    ["customers", id, "timeline"],
    (cursor, signal) => callAs<Page<Moment>>(api.GET("/api/v1/customers/{id}/timeline", { params: { path: { id }, query: { cursor } }, signal })),
    ({ key }) => key,
  );
}

export function useDocuments(id: string) {
  return useQuery({
    queryKey: ["customers", id, "documents"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/customers/{id}/documents", { params: { path: { id } }, signal })),
  });
}

export function useShareDocument(id: string) {
  return useCustomerChange((document: CustomerDocument) =>
    call(
      api.PUT("/api/v1/customers/{id}/documents/{document_id}", {
        params: { path: { id, document_id: document.id }, header: ifMatch(document.version) },
        body: { shared: !document.shared },
      }),
    ),
  );
}

export function useDeleteDocument(id: string) {
  return useCustomerChange((document_id: string) =>
    call(api.DELETE("/api/v1/customers/{id}/documents/{document_id}", { params: { path: { id, document_id } } })),
  );
}

export function useMembers(id: string) {
  return useList(
    ["customers", id, "members"],
    (cursor, signal) => call(api.GET("/api/v1/customers/{id}/members", { params: { path: { id }, query: { cursor } }, signal })),
    (member) => member.user_id,
  );
}

export function useChangeMember(id: string) {
  return useCustomerChange(({ user_id, role }: { user_id: string; role: MemberRole }) =>
    call(api.PUT("/api/v1/customers/{id}/members/{user_id}", { params: { path: { id, user_id } }, body: { role } })),
  );
}

export function useRemoveMember(id: string) {
  return useCustomerChange((user_id: string) =>
    call(api.DELETE("/api/v1/customers/{id}/members/{user_id}", { params: { path: { id, user_id } } })),
  );
}

export function useAddMember(id: string) {
  return useCustomerChange(
    ({ body, key }: { body: { email: string; role: MemberRole }; key: string }) =>
      call(api.POST("/api/v1/customers/{id}/members", { params: { path: { id } }, body, headers: { "Idempotency-Key": key } })),
    { explained: true },
  );
}
