import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, callAs } from "@/api/client";
import type { TicketCategory } from "@/api/types";
import type { Choices } from "./choices";

/** A category at its place in the tree. */
export interface PlacedCategory extends TicketCategory {
  /** What it is called in the reader's language. */
  name: string;
  /** The names from the top down to it. */
  path: string;
  /** How many are above it. */
  depth: number;
}

/** Every category, each after the one above it and with what the reader calls it. */
export function placed(categories: readonly TicketCategory[], language: string): PlacedCategory[] {
  const named = (category: TicketCategory) => category.names[language as keyof TicketCategory["names"]] || category.names.fr;
  const below = (parent: PlacedCategory | null): PlacedCategory[] =>
    categories
      .filter((category) => (category.parent_id ?? null) === (parent?.id ?? null))
      .toSorted((a, b) => a.position - b.position)
      .flatMap((category) => {
        const name = named(category);
        const here = { ...category, name, path: parent ? `${parent.path} / ${name}` : name, depth: parent ? parent.depth + 1 : 0 };
        return [here, ...below(here)];
      });
  return below(null);
}

export function useCategoryTree(enabled = true) {
  const { i18n } = useTranslation();
  const query = useQuery({
    queryKey: ["categories"],
    enabled,
    staleTime: 5 * 60_000,
    meta: { aside: true },
    queryFn: async ({ signal }) => (await callAs<{ items: TicketCategory[] }>(api.GET("/api/v1/ticket-categories", { signal }))).items,
  });
  const categories = useMemo(() => query.data && placed(query.data, i18n.language), [query.data, i18n.language]);
  return { query, categories };
}

/** The categories as choices; undefined until they are known. */
export function useCategories(enabled = true): PlacedCategory[] | undefined {
  return useCategoryTree(enabled).categories;
}

/** What may be chosen: those in use, and the one that is chosen already. */
export function choices(categories: readonly PlacedCategory[] | undefined, ...present: (string | null | undefined)[]): Choices {
  return categories?.filter(({ id, active }) => active || present.includes(id)).map(({ id, path }) => ({ value: id, label: path }));
}
