import { useQuery } from "@tanstack/react-query";
import { api, call, fetchBlob } from "@/api/client";
import { useCustomerChange } from "./change";
import type { KycCase, KycRenewal, Verdict } from "./queries";

export function useKyc(id: string) {
  return useQuery({
    queryKey: ["customers", id, "kyc"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/customers/{id}/kyc", { params: { path: { id } }, signal })),
    // A reviewer decides on what he looked at: the picture must not change because the window was left for a moment.
    refetchOnWindowFocus: false,
  });
}

export function useKycViews(id: string, wanted: boolean) {
  return useQuery({
    queryKey: ["customers", id, "kyc", "views"],
    enabled: wanted,
    queryFn: ({ signal }) => call(api.GET("/api/v1/customers/{id}/kyc/views", { params: { path: { id } }, signal })),
  });
}

export function useKycStep(id: string) {
  return useCustomerChange((step: "submit" | "claim" | "release" | "renew") => {
    const params = { path: { id } };
    if (step === "submit") return call(api.POST("/api/v1/customers/{id}/kyc/submit", { params }));
    if (step === "renew") return call(api.POST("/api/v1/customers/{id}/kyc/renewal", { params }));
    if (step === "claim") return call(api.POST("/api/v1/customers/{id}/kyc/claim", { params }));
    return call(api.POST("/api/v1/customers/{id}/kyc/release", { params }));
  });
}

/** The digest of the documents goes along: what changed meanwhile is not decided on. */
export function useDecide(id: string, shown: KycCase | KycRenewal) {
  return useCustomerChange(({ verdict, reason, expires_at }: { verdict: Verdict; reason?: string; expires_at?: string }) =>
    call(
      api.POST("/api/v1/customers/{id}/kyc/decision", {
        params: { path: { id } },
        body: { verdict, reason, expires_at, documents_digest: shown.documents_digest },
      }),
    ),
    { explained: true },
  );
}

export function useRevoke(id: string) {
  return useCustomerChange((reason: string) => call(api.POST("/api/v1/customers/{id}/kyc/revoke", { params: { path: { id } }, body: { reason } })), { explained: true });
}

export function useRemovePaper(id: string) {
  return useCustomerChange((document_id: string) =>
    call(api.DELETE("/api/v1/customers/{id}/kyc/documents/{document_id}", { params: { path: { id, document_id } } })),
  );
}

/** The bytes of a paper that is no picture. Every look is logged, so none is repeated by itself. */
export function usePaper(path: string) {
  return useQuery({
    queryKey: ["paper", path],
    staleTime: "static",
    gcTime: 0,
    queryFn: async ({ signal }) => new Uint8Array(await (await fetchBlob(path, signal)).arrayBuffer()),
  });
}

/** A picture as a `data:` address, the only kind that the page's policy shows. Every look is logged, so none is repeated by itself. */
export function usePicture(path: string) {
  return useQuery({
    queryKey: ["picture", path],
    staleTime: "static",
    gcTime: 0,
    queryFn: async ({ signal }) => {
      const blob = await fetchBlob(path, signal);
      return new Promise<string>((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result as string);
        reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
        reader.readAsDataURL(blob);
      });
    },
  });
}
