import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import { useSession } from "@/api/session";

/** How much the reader has not read; nothing while it is on its way, or while he is let in nowhere, which the page explains. */
export function useUnread() {
  const enabled = useSession((state) => state.barrier === null);
  return useQuery({
    queryKey: ["notifications", "unread"],
    enabled,
    queryFn: async ({ signal }) => (await call(api.GET("/api/v1/notifications/unread", { signal }))).unread,
  });
}
