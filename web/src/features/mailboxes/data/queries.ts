import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs, ifMatch } from "@/api/client";
import type { Mailbox, MailboxInput, Page } from "@/api/types";

export function useMailboxes() {
  return useQuery({
    queryKey: ["mailboxes"],
    queryFn: ({ signal }) => callAs<Page<Mailbox>>(api.GET("/api/v1/mailboxes", { signal })),
  });
}

export function useMailbox(id: string) {
  return useQuery({
    queryKey: ["mailboxes", id],
    queryFn: ({ signal }) => callAs<Mailbox>(api.GET("/api/v1/mailboxes/{id}", { params: { path: { id } }, signal })),
    // A form is filled from it: it must not change under somebody's hands.
    refetchOnWindowFocus: false,
  });
}

/** Creates a mailbox, or changes the one of which a version was read. */
export function useSaveMailbox(present?: { id: string; version: number }) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: (body: MailboxInput) =>
      present
        ? callAs<Mailbox>(api.PATCH("/api/v1/mailboxes/{id}", { params: { path: { id: present.id }, header: ifMatch(present.version) }, body }))
        : callAs<Mailbox>(api.POST("/api/v1/mailboxes", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["mailboxes"] }),
  });
}

export function useDeleteMailbox() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(api.DELETE("/api/v1/mailboxes/{id}", { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["mailboxes"] }),
  });
}

export function useSuppressions() {
  return useQuery({
    queryKey: ["suppressions"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/suppressions", { params: { query: { limit: 200 } }, signal })),
  });
}

export function useLiftSuppression() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (address: string) => call(api.DELETE("/api/v1/suppressions/{address}", { params: { path: { address } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["suppressions"] }),
  });
}
