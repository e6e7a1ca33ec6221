import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, callAs } from "@/api/client";
import { MAIL_CLASSES, MAIL_REASONS, MAIL_STATES, type MailJourney, type MailSummary } from "@/api/types";
import { many, one, search, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

/** What the list of mails shows. */
export const MAIL_FILTER = { state: many(MAIL_STATES), class: one(MAIL_CLASSES), reason: one(MAIL_REASONS), q: search() };

export function useMails({ state, class: kind, reason, q }: FilterOf<typeof MAIL_FILTER>) {
  return useList<MailSummary>(["mails", "list", state, kind, reason, q], (cursor, signal) =>
    callAs(
      api.GET("/api/v1/mails", {
        params: { query: { state: state.join(",") || undefined, class: kind || undefined, reason: reason || undefined, q: q || undefined, cursor, limit: 50 } },
        signal,
      }),
    ),
  );
}

export function useMail(id: string) {
  return useQuery({
    queryKey: ["mail", id],
    queryFn: ({ signal }) => callAs<MailJourney>(api.GET("/api/v1/mails/{id}", { params: { path: { id } }, signal })),
  });
}

type Decision = { action: "release"; ticketId: string | null; allowSender: boolean } | { action: "reprocess" } | { action: "drop"; reason: string };

/** What staff may do with a mail that did not become a message by itself; `explained`: the caller shows what was refused. */
export function useMailDecision(id: string, explained = false) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained },
    mutationFn: async (decision: Decision): Promise<MailJourney> => {
      const params = { path: { id } };
      switch (decision.action) {
        case "release":
          return callAs<MailJourney>(api.POST("/api/v1/mails/{id}/release", { params, body: { ticket_id: decision.ticketId, allow_sender: decision.allowSender } }));
        case "reprocess":
          return callAs<MailJourney>(api.POST("/api/v1/mails/{id}/reprocess", { params }));
        case "drop":
          return callAs<MailJourney>(api.POST("/api/v1/mails/{id}/drop", { params, body: { reason: decision.reason } }));
      }
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["mail", id] });
      void queries.invalidateQueries({ queryKey: ["mails"] });
      void queries.invalidateQueries({ queryKey: ["spam_rules"] });
    },
  });
}
