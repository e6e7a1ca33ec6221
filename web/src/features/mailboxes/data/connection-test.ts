import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { MailboxInput } from "@/api/types";

/** How often a result is asked for, should the live stream be away. */
const POLL_MS = 2000;

/** A check of settings at the mail servers: `start` has it made, `test` is what it found so far. */
export function useMailboxTest(mailboxId?: string) {
  const queries = useQueryClient();
  const start = useMutation({
    meta: { explained: true },
    mutationFn: (body: MailboxInput) =>
      mailboxId
        ? call(api.POST("/api/v1/mailboxes/{id}/test", { params: { path: { id: mailboxId } }, body }))
        : call(api.POST("/api/v1/mailbox-tests", { body })),
    onSuccess: (test) => queries.setQueryData(["mailbox_test", test.id], test),
  });
  const id = start.data?.id ?? "";
  const result = useQuery({
    queryKey: ["mailbox_test", id],
    enabled: id !== "",
    queryFn: ({ signal }) => call(api.GET("/api/v1/mailbox-tests/{id}", { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? POLL_MS : false),
  });
  return { start, test: id === "" ? undefined : result.data };
}
