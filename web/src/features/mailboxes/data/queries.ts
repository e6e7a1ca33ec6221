import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs, ifMatch } from "@/api/client";
import type { Mailbox, MailboxInput, Page, Suppression } from "@/api/types";
import { useList } from "@/lib/use-list";

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
export function useSaveMailbox(id?: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key, version }: { body: MailboxInput; key: string; version: number }) =>
      id
        ? callAs<Mailbox>(api.PATCH("/api/v1/mailboxes/{id}", { params: { path: { id }, header: ifMatch(version) }, body }))
        : callAs<Mailbox>(api.POST("/api/v1/mailboxes", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["mailboxes"] }),
  });
}

export function useDeleteMailbox() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ id, version }: Mailbox) =>
      call(api.DELETE("/api/v1/mailboxes/{id}", { params: { path: { id }, header: ifMatch(version) } })),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["mailboxes"] }),
  });
}

/** Lets automatic mail go on; `done` is told here, for the button is gone by then. */
export function useResumeMailbox(id: string, done: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => callAs<Mailbox>(api.POST("/api/v1/mailboxes/{id}/resume", { params: { path: { id } } })),
    onSuccess: () => {
      done();
      return queries.invalidateQueries({ queryKey: ["mailboxes"] });
    },
  });
}

export function useSuppressions() {
  return useList<Suppression>(
    ["suppressions"],
    (cursor, signal) => callAs(api.GET("/api/v1/suppressions", { params: { query: { cursor, limit: 100 } }, signal })),
    ({ address }) => address,
  );
}

export function useLiftSuppression() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (address: string) => call(api.DELETE("/api/v1/suppressions/{address}", { params: { path: { address } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["suppressions"] }),
  });
}
