import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { api, call, ifMatch } from "@/api/client";
import type { Priority, TicketCategory, TicketCategoryInput } from "@/api/types";
import { wordsOf } from "@/lib/words";

const ALL = { queryKey: ["categories"] };

const name = z.string().trim().min(1, "field.bad_name").max(80, "field.bad_name");
const description = z.string().trim().max(500, "field.too_long");
export const schema = z.object({
  names: z.object({ fr: name, en: name, ar: name }),
  descriptions: z.object({ fr: description, en: description, ar: description }),
  active: z.boolean(),
  is_default: z.boolean(),
  group_id: z.string(),
  priority: z.string(),
  skills: z.string(),
});
export type CategoryForm = z.infer<typeof schema>;

export function toForm(category?: TicketCategory): CategoryForm {
  const nothing = { fr: "", en: "", ar: "" };
  return {
    names: category?.names ?? nothing,
    descriptions: category?.descriptions ?? nothing,
    active: category?.active ?? true,
    is_default: category?.is_default ?? false,
    group_id: category?.routing?.group_id ?? "",
    priority: category?.routing?.priority ?? "",
    skills: category?.routing?.skills.join(", ") ?? "",
  };
}

export function toInput({ group_id, priority, skills, ...rest }: CategoryForm): TicketCategoryInput {
  return { ...rest, group_id: group_id || null, priority: (priority || null) as Priority | null, skills: wordsOf(skills) };
}

/** How many tickets that are not over each category has itself. */
export function useUsage() {
  return useQuery({
    queryKey: ["categories", "usage"],
    meta: { aside: true },
    queryFn: async ({ signal }) => new Map((await call(api.GET("/api/v1/ticket-categories/usage", { signal }))).items.map(({ id, open_tickets }) => [id, open_tickets])),
  });
}

interface Saved {
  key: string;
  version: number;
  body: TicketCategoryInput;
}

/** Adds a category below `parent`, or changes the one that is there. */
export function useSaveCategory(present: TicketCategory | undefined, parent: string | null) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key, version }: Saved) =>
      present
        ? call(api.PUT("/api/v1/ticket-categories/{id}", { params: { path: { id: present.id }, header: ifMatch(version) }, body }))
        : call(api.POST("/api/v1/ticket-categories", { body: { parent_id: parent, category: body }, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries(ALL),
  });
}

/** Puts a category to another place. */
export function useMoveCategory() {
  const queries = useQueryClient();
  return useMutation({
    scope: { id: "categories" },
    meta: { explained: true },
    mutationFn: ({ category, parent_id, position }: { category: { id: string; version: number }; parent_id: string | null; position: number }) =>
      call(
        api.PUT("/api/v1/ticket-categories/{id}/place", { params: { path: { id: category.id }, header: ifMatch(category.version) }, body: { parent_id, position } }),
      ),
    onSettled: () => queries.invalidateQueries(ALL),
  });
}
