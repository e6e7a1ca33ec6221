import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { api, call, ifMatch } from "@/api/client";
import type { Locale, MessageTemplateInput, MessageTemplateText } from "@/api/types";
import { one, search } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

export const CATEGORIES = ["tickets", "accounts", "security", "notifications"] as const;
export const CHANNELS = ["mail", "sms"] as const;
export const TEMPLATE_FILTER = { q: search(), category: one(CATEGORIES), channel: one(CHANNELS), state: one(["changed", "failed"] as const) };

const EVERYTHING = { queryKey: ["message_templates"] };

export const schema = z.object({
  subject: z.string().trim().max(300, "field.too_long"),
  body: z.string().min(1, "field.empty").max(20_000, "field.too_long"),
  note: z.string().trim().max(200, "field.too_long"),
});
export type TemplateForm = z.infer<typeof schema>;

/** Which words are meant: of a message in a language. */
export interface Place {
  key: string;
  locale: Locale;
}

/** All there are: the product fixes them. */
export function useTemplates() {
  return useQuery({
    queryKey: ["message_templates", "list"],
    queryFn: async ({ signal }) => (await call(api.GET("/api/v1/message-templates", { signal }))).items,
  });
}

export function useTemplate(key: string) {
  return useQuery({
    queryKey: ["message_templates", "one", key],
    queryFn: ({ signal }) => call(api.GET("/api/v1/message-templates/{key}", { params: { path: { key } }, signal })),
  });
}

export function useSaveTemplate(place: Place) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ body, version }: { body: MessageTemplateInput; version: number }): Promise<MessageTemplateText> =>
      call(api.PUT("/api/v1/message-templates/{key}/{locale}", { params: { path: { ...place }, header: ifMatch(version) }, body })),
    onSuccess: () => queries.invalidateQueries(EVERYTHING),
  });
}

/** Says again what it comes with. */
export function useResetTemplate(place: Place) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: (version: number): Promise<MessageTemplateText> =>
      call(api.DELETE("/api/v1/message-templates/{key}/{locale}", { params: { path: { ...place }, header: ifMatch(version) } })),
    onSuccess: () => queries.invalidateQueries(EVERYTHING),
  });
}

export function useVersions(place: Place) {
  return useList(
    ["message_templates", "versions", place.key, place.locale],
    (cursor, signal) => call(api.GET("/api/v1/message-templates/{key}/{locale}/versions", { params: { path: { ...place }, query: { cursor } }, signal })),
    (row) => String(row.version),
  );
}

export function useRestoreVersion(place: Place, present: number) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: (version: number): Promise<MessageTemplateText> =>
      call(api.POST("/api/v1/message-templates/{key}/{locale}/versions/{version}/restore", { params: { path: { ...place, version }, header: ifMatch(present) } })),
    onSuccess: () => queries.invalidateQueries(EVERYTHING),
  });
}

/** What words say with examples; asked a moment after the last letter. */
export function usePreview(place: Place, words: { subject: string; body: string }, wanted: boolean) {
  return useQuery({
    queryKey: ["message_templates", "preview", place.key, place.locale, words],
    enabled: wanted,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(api.POST("/api/v1/message-templates/{key}/{locale}/preview", { params: { path: { ...place } }, body: { ...words, note: "" }, signal })),
  });
}

/** Sends words with examples to oneself. */
export function useTestTemplate(place: Place) {
  return useMutation({
    mutationFn: (words: { subject: string; body: string }) =>
      call(api.POST("/api/v1/message-templates/{key}/{locale}/test", { params: { path: { ...place } }, body: { ...words, note: "" } })),
  });
}
