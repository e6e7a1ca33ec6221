import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { components } from "@/api/schema";
import { useCustomerChange } from "./change";
import type { MemberRole } from "./queries";

export type Invitation = components["schemas"]["CustomerInvitation"];

export function useInvitations(id: string) {
  return useQuery({
    queryKey: ["customers", id, "invitations"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/customers/{id}/invitations", { params: { path: { id } }, signal })),
  });
}

export function useInvite(id: string) {
  return useCustomerChange(
    ({ key, body }: { key: string; body: { email: string; role: MemberRole } }) =>
      call(api.POST("/api/v1/customers/{id}/invitations", { params: { path: { id } }, body, headers: { "Idempotency-Key": key } })),
    { id, explained: true },
  );
}

export function useResendInvitation(id: string) {
  return useCustomerChange((invitation_id: string) =>
    call(api.POST("/api/v1/customers/{id}/invitations/{invitation_id}/resend", { params: { path: { id, invitation_id } } })),
    { id },
  );
}

export function useRevokeInvitation(id: string) {
  return useCustomerChange((invitation_id: string) =>
    call(api.DELETE("/api/v1/customers/{id}/invitations/{invitation_id}", { params: { path: { id, invitation_id } } })),
    { id },
  );
}
