import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, callAs } from "@/api/client";
import { JOB_STATES, type Job, type JobSummary, type Page, type Queue } from "@/api/types";
import { one, search, word, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

/** Rates and ages change all the time; events only tell of changes somebody made. */
const EVERY_MS = 3_000;

export function useQueues() {
  return useQuery({
    queryKey: ["queues"],
    meta: { aside: true },
    queryFn: ({ signal }) => callAs<Page<Queue>>(api.GET("/api/v1/queues", { signal })),
    refetchInterval: EVERY_MS,
  });
}

export type QueueAction = "pause" | "resume" | "drain" | "retry-dead" | "discard-dead";

export function useQueueAction() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ name, action }: { name: string; action: QueueAction }) =>
      call(api.POST("/api/v1/queues/{name}/{action}", { params: { path: { name, action } } })),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["queues"] });
      void queries.invalidateQueries({ queryKey: ["jobs"] });
    },
  });
}

/** What the list of jobs shows. */
export const JOB_FILTER = { queue: word(), state: one(JOB_STATES), kind: search() };

export function useJobs({ queue, state, kind }: FilterOf<typeof JOB_FILTER>) {
  return useList<JobSummary>(["jobs", "list", queue, state, kind], (cursor, signal) =>
    callAs(
      api.GET("/api/v1/jobs", {
        params: { query: { queue: queue || undefined, state: state || undefined, kind: kind || undefined, cursor, limit: 50 } },
        signal,
      }),
    ),
  );
}

export function useJob(id: string) {
  return useQuery({
    queryKey: ["job", id],
    queryFn: ({ signal }) => callAs<Job>(api.GET("/api/v1/jobs/{id}", { params: { path: { id } }, signal })),
    // Should the live stream be down, a running job still moves.
    refetchInterval: ({ state }) => (state.data && ["queued", "running"].includes(state.data.state) ? EVERY_MS : false),
  });
}

export type JobAction = "retry" | "discard" | "cancel";

export function useJobAction(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (action: JobAction) => call(api.POST("/api/v1/jobs/{id}/{action}", { params: { path: { id, action } } })),
    onSettled: (_answer, error, action) => {
      // A discarded job is gone: there is nothing to read again.
      if (error || action !== "discard") void queries.invalidateQueries({ queryKey: ["job", id] });
      void queries.invalidateQueries({ queryKey: ["jobs"] });
      void queries.invalidateQueries({ queryKey: ["queues"] });
    },
  });
}

export function useSchedules() {
  return useQuery({
    queryKey: ["schedules"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/schedules", { signal })),
    refetchInterval: 15_000,
  });
}

export function useRunSchedule() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (key: string) => call(api.POST("/api/v1/schedules/{key}/run", { params: { path: { key } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["schedules"] }),
  });
}
