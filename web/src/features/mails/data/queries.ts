import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, callAs } from "@/api/client";
import type { MailJourney, MailSummary, Page } from "@/api/types";

export interface MailFilter {
  state: string;
  q: string;
}

export function useMails({ state, q }: MailFilter) {
  return useInfiniteQuery({
    queryKey: ["mails", "list", state, q],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      callAs<Page<MailSummary>>(api.GET("/api/v1/mails", { params: { query: { state: state || undefined, q: q || undefined, cursor: pageParam, limit: 50 } }, signal })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useMail(id: string) {
  return useQuery({
    queryKey: ["mail", id],
    queryFn: ({ signal }) => callAs<MailJourney>(api.GET("/api/v1/mails/{id}", { params: { path: { id } }, signal })),
  });
}

type Decision = { action: "release" } | { action: "reprocess" } | { action: "drop"; reason: string };

/** What staff may do with a mail that did not become a message by itself. */
export function useMailDecision(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (decision: Decision): Promise<MailJourney> => {
      const params = { path: { id } };
      switch (decision.action) {
        case "release":
          return callAs<MailJourney>(api.POST("/api/v1/mails/{id}/release", { params, body: {} }));
        case "reprocess":
          return callAs<MailJourney>(api.POST("/api/v1/mails/{id}/reprocess", { params }));
        case "drop":
          return callAs<MailJourney>(api.POST("/api/v1/mails/{id}/drop", { params, body: { reason: decision.reason } }));
      }
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["mail", id] });
      void queries.invalidateQueries({ queryKey: ["mails"] });
    },
  });
}
