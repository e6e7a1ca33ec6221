import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import { useTicketRefresh } from "./mutations";

/** What was made of a ticket that waited too long. */
export function useEscalations(id: string) {
  return useQuery({
    queryKey: ["ticket", id, "escalations"],
    queryFn: async ({ signal }) => (await call(api.GET("/api/v1/tickets/{id}/escalations", { params: { path: { id } }, signal }))).items,
  });
}

export function useAcknowledge(id: string) {
  const queries = useQueryClient();
  const refresh = useTicketRefresh();
  return useMutation({
    mutationFn: () => call(api.POST("/api/v1/tickets/{id}/escalations/acknowledge", { params: { path: { id } } })),
    onSuccess: ({ items }) => queries.setQueryData(["ticket", id, "escalations"], items),
    onSettled: () => refresh(id),
  });
}
