import { useQuery } from "@tanstack/react-query";
import { api, call, callAs } from "@/api/client";
import type { Page, RetentionRun } from "@/api/types";
import { useList } from "@/lib/use-list";

export function useRegister() {
  return useQuery({
    queryKey: ["personal-data", "register"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/personal-data/register", { signal })),
  });
}

export function useRetentionRuns() {
  return useList<RetentionRun>(["personal-data", "runs"], (cursor, signal) =>
    callAs<Page<RetentionRun>>(api.GET("/api/v1/personal-data/retention-runs", { params: { query: { cursor, limit: 50 } }, signal })),
  );
}
