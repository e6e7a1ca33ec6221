import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, ifMatch } from "@/api/client";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
/** A list that views are kept for. */
export type ViewedList = Schemas["ViewedList"];
/** A filter that somebody has given a name, and what its address says, without the `?`. */
export type SavedView = Schemas["SavedView"];
export type ViewAudience = Schemas["ViewAudience"];

/** Lists whose views can be shown to others, by whoever may see the list; of the others they stay one's own. */
export const SHARED_LISTS: Partial<Record<ViewedList, string>> = { tickets: "tickets.view", customers: "customers.view", mails: "mail.view" };

/** The views of a list: one's own, which follow their owner from device to device, and those that colleagues show. */
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
    change: useMutation({
      meta: { explained: true },
      mutationFn: ({ id, version, ...body }: Schemas["ViewChange"] & { id: string; version: number }) =>
        call(api.PATCH("/api/v1/saved-views/{id}", { params: { path: { id }, header: ifMatch(version) }, body })),
      onSuccess,
    }),
    /** For oneself alone. */
    arrange: useMutation({
      mutationFn: (wanted: { places: string[]; opening: string | null }) => call(api.PUT("/api/v1/saved-views/arrangement", { body: { list, ...wanted } })),
      onSuccess,
    }),
    remove: useMutation({ mutationFn: (id: string) => call(api.DELETE("/api/v1/saved-views/{id}", { params: { path: { id } } })), onSuccess }),
  };
}

export type SavedViews = ReturnType<typeof useSavedViews>;

/** Whom a view is to be shown to, if that changes: what stays may be something that its owner could not choose any more. */
export function shownAnew(view: Pick<SavedView, "audience" | "group">, audience: ViewAudience, group: string): { audience: ViewAudience; group_id?: string } | undefined {
  if (audience === view.audience && (audience !== "group" || group === view.group?.id)) return undefined;
  return audience === "group" ? { audience, group_id: group } : { audience };
}

/** A name that none of one's own views has yet: what is kept under a taken one would replace it. */
export function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  let n = 2;
  while (taken.includes(`${name} (${n})`)) n += 1;
  return `${name} (${n})`;
}

/** The places with one of them moved by a step up (-1) or down (1); at an end it stays. */
export function moved(places: readonly string[], id: string, by: -1 | 1): string[] {
  const at = places.indexOf(id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= places.length) return [...places];
  const next = [...places];
  [next[at], next[to]] = [next[to]!, next[at]!];
  return next;
}
