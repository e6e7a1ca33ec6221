import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { api, call, ifMatch } from "@/api/client";
import type { ArticleInput, ArticleState, KnowledgeArticle, KnowledgeSection, KnowledgeSectionInput, Locale } from "@/api/types";
import { LOCALES } from "@/i18n";
import { one, search, word, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

export const STATES = ["draft", "published", "archived"] as const;
export const VISIBILITIES = ["public", "customers", "staff"] as const;
export const ARTICLE_FILTER = { q: search(), state: one(STATES), section: word(), missing: one(LOCALES), age: one(["outdated"] as const) };

const EVERYTHING = { queryKey: ["knowledge"] };

export function useArticles({ q, state, section, missing, age }: FilterOf<typeof ARTICLE_FILTER>) {
  const { i18n } = useTranslation();
  const locale = i18n.language as Locale;
  return useList(["knowledge", "list", q, state, section, missing, age, locale], (cursor, signal) =>
    call(
      api.GET("/api/v1/knowledge/articles", {
        params: { query: { cursor, q: q || undefined, state: state || undefined, section_id: section || undefined, missing: missing || undefined, outdated: age === "outdated" || undefined, locale } },
        signal,
      }),
    ),
  );
}

export function useArticle(id: string) {
  return useQuery({
    queryKey: ["knowledge", "article", id],
    queryFn: ({ signal }) => call(api.GET("/api/v1/knowledge/articles/{id}", { params: { path: { id } }, signal })),
  });
}

export function useSections() {
  return useQuery({
    queryKey: ["knowledge", "sections"],
    queryFn: async ({ signal }) => (await call(api.GET("/api/v1/knowledge/sections", { signal }))).items,
  });
}

/** Sections as one chooses among them: the outer name before the inner one. */
export function sectionChoices(sections: readonly KnowledgeSection[], locale: Locale) {
  const outer = sections.filter(({ parent_id }) => parent_id === null);
  return outer.flatMap((section) => [
    { value: section.id, label: section.names[locale] },
    ...sections.filter(({ parent_id }) => parent_id === section.id).map((inner) => ({ value: inner.id, label: `${section.names[locale]} › ${inner.names[locale]}` })),
  ]);
}

const text = z.object({
  title: z.string().trim().max(150, "field.too_long"),
  summary: z.string().trim().max(300, "field.too_long"),
  body: z.string().max(50_000, "field.too_long"),
});
export type TextForm = z.infer<typeof text>;
const filled = ({ title, summary, body }: TextForm) => [title, summary, body].filter((part) => part.trim() !== "").length;

export const schema = z
  .object({
    section_id: z.string().min(1, "field.empty"),
    slug: z.string().trim().max(80, "field.too_long"),
    visibility: z.enum(VISIBILITIES),
    fr: text,
    en: text,
    ar: text,
  })
  .superRefine((texts, context) => {
    for (const locale of LOCALES) {
      if (filled(texts[locale]) === 0) continue;
      for (const part of ["title", "summary", "body"] as const) {
        if (texts[locale][part].trim() === "") context.addIssue({ code: "custom", path: [locale, part], message: "field.empty" });
      }
    }
  });
export type ArticleForm = z.infer<typeof schema>;

export function toForm(article?: KnowledgeArticle): ArticleForm {
  const of = (locale: Locale): TextForm => {
    const { title = "", summary = "", body = "" } = article?.texts.find((each) => each.locale === locale) ?? {};
    return { title, summary, body };
  };
  return {
    section_id: article?.section_id ?? "",
    slug: article?.slug ?? "",
    visibility: article?.visibility ?? "public",
    fr: of("fr"),
    en: of("en"),
    ar: of("ar"),
  };
}

export function toInput({ fr, en, ar, ...rest }: ArticleForm): ArticleInput {
  const of = (text: TextForm) => (filled(text) > 0 ? text : undefined);
  return { ...rest, texts: { fr: of(fr), en: of(en), ar: of(ar) } };
}

export function useSaveArticle(id?: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key, version }: { body: ArticleInput; key: string; version: number }): Promise<KnowledgeArticle> =>
      id
        ? call(api.PUT("/api/v1/knowledge/articles/{id}", { params: { path: { id }, header: ifMatch(version) }, body }))
        : call(api.POST("/api/v1/knowledge/articles", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries(EVERYTHING),
  });
}

/** Publishes, withdraws or archives an article, or notes that it is still right. */
export function useMoveArticle({ id, version }: { id: string; version: number }) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (to: ArticleState | "checked"): Promise<KnowledgeArticle> => {
      const params = { path: { id }, header: ifMatch(version) };
      return to === "checked"
        ? call(api.PUT("/api/v1/knowledge/articles/{id}/checked", { params }))
        : call(api.PUT("/api/v1/knowledge/articles/{id}/state", { params, body: { state: to } }));
    },
    onSettled: () => queries.invalidateQueries(EVERYTHING),
  });
}

/** Markdown as readers would see it; asked a moment after the last letter. */
export function usePreview(body: string, article: string | undefined, shown: boolean) {
  return useQuery({
    queryKey: ["knowledge", "preview", body, article],
    enabled: shown && body.trim() !== "",
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => (await call(api.POST("/api/v1/knowledge/preview", { body: { body, article_id: article }, signal }))).html,
  });
}

export function useRevisions(id: string) {
  return useList(["knowledge", "revisions", id], (cursor, signal) =>
    call(api.GET("/api/v1/knowledge/articles/{id}/revisions", { params: { path: { id }, query: { cursor, limit: 20 } }, signal })),
  );
}

export function useRevision(id: string, revision: string) {
  return useQuery({
    queryKey: ["knowledge", "revisions", id, revision],
    queryFn: ({ signal }) => call(api.GET("/api/v1/knowledge/articles/{id}/revisions/{revision_id}", { params: { path: { id, revision_id: revision } }, signal })),
  });
}

export function useRestore({ id, version }: { id: string; version: number }) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: (revision: string) =>
      call(api.POST("/api/v1/knowledge/articles/{id}/revisions/{revision_id}/restore", { params: { path: { id, revision_id: revision }, header: ifMatch(version) } })),
    onSuccess: () => queries.invalidateQueries(EVERYTHING),
  });
}

const name = z.string().trim().min(1, "field.bad_name").max(80, "field.bad_name");
export const sectionSchema = z.object({
  names: z.object({ fr: name, en: name, ar: name }),
  slug: z.string().trim().max(80, "field.too_long"),
  parent_id: z.string(),
  position: z.string().regex(/^-?\d{1,6}$/, "field.invalid"),
});
export type SectionForm = z.infer<typeof sectionSchema>;

export function useSaveSection(id?: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, key, version }: { body: KnowledgeSectionInput; key: string; version: number }): Promise<KnowledgeSection> =>
      id
        ? call(api.PUT("/api/v1/knowledge/sections/{id}", { params: { path: { id }, header: ifMatch(version) }, body }))
        : call(api.POST("/api/v1/knowledge/sections", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries(EVERYTHING),
  });
}

export function useDeleteSection() {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ id, version }: KnowledgeSection) => call(api.DELETE("/api/v1/knowledge/sections/{id}", { params: { path: { id }, header: ifMatch(version) } })),
    onSuccess: () => queries.invalidateQueries(EVERYTHING),
  });
}
