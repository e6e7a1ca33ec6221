import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { components } from "@/api/schema";

/** A list that views are kept for. */
export type ViewedList = components["schemas"]["ViewedList"];
/** A filter that somebody has given a name, and what its address says, without the `?`. */
export type SavedView = components["schemas"]["SavedView"];

/** One's own views of a list; they are kept by the server and follow their owner from device to device. */
export function useSavedViews(list: ViewedList) {
  const queries = useQueryClient();
  const queryKey = ["saved-views", list];
  const onSuccess = () => queries.invalidateQueries({ queryKey });
  return {
    views: useQuery({ queryKey, queryFn: ({ signal }) => call(api.GET("/api/v1/saved-views", { params: { query: { list } }, signal })) }),
    /** A view of the same name is replaced. */
    save: useMutation({
      meta: { explained: true },
      mutationFn: (view: { name: string; query: string }) => call(api.POST("/api/v1/saved-views", { body: { list, ...view } })),
      onSuccess,
    }),
    remove: useMutation({ mutationFn: (id: string) => call(api.DELETE("/api/v1/saved-views/{id}", { params: { path: { id } } })), onSuccess }),
  };
}
