import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";

/** How often the page looks again; the server remembers what it wrote and read for as long. */
const EVERY_MS = 10_000;

export function useHealth() {
  return useQuery({
    queryKey: ["system-health"],
    meta: { aside: true },
    queryFn: ({ signal }) => call(api.GET("/api/v1/system-health", { signal })),
    refetchInterval: EVERY_MS,
  });
}
