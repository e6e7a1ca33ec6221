import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { api, call, ifMatch } from "@/api/client";
import type { components } from "@/api/schema";
import { LOCALES } from "@/i18n";
import { useList } from "@/lib/use-list";

type Schemas = components["schemas"];
export type CustomTemplate = Schemas["CustomTemplate"];
export type CustomWords = Schemas["CustomTemplateWords"];
export type CustomVersion = Schemas["CustomTemplateVersion"];
type Trial = Schemas["CustomTemplateTrial"];

const EVERYTHING = { queryKey: ["custom_templates"] };

const words = z.object({ subject: z.string().trim().max(300, "field.too_long"), body: z.string().max(20_000, "field.too_long") });
export const customSchema = z
  .object({
    name: z.string().trim().min(1, "field.bad_name").max(80, "field.bad_name"),
    category: z.enum(["customers", "staff"]),
    channel: z.enum(["mail", "sms"]),
    fr: words,
    en: words,
    ar: words,
    note: z.string().trim().max(200, "field.too_long"),
  })
  .refine((form) => LOCALES.some((locale) => form[locale].body.trim() !== ""), { path: ["fr", "body"], message: "customTemplate.sayOne" });
export type CustomForm = z.infer<typeof customSchema>;

/** An answer has its ticket's subject, a text message has none. */
export const hasSubject = ({ category, channel }: Pick<CustomForm, "category" | "channel">) => category === "staff" && channel === "mail";

/** A language in which nothing is said. */
export const NOTHING: CustomWords = { subject: "", body: "" };

export function toForm(template?: CustomTemplate): CustomForm {
  const of = (locale: (typeof LOCALES)[number]) => ({ ...(template?.texts[locale] ?? NOTHING) });
  return { name: template?.name ?? "", category: template?.category ?? "customers", channel: template?.channel ?? "mail", fr: of("fr"), en: of("en"), ar: of("ar"), note: "" };
}

export function toInput({ name, category, channel, note, ...texts }: CustomForm): Schemas["CustomTemplateInput"] {
  const said = (words: CustomWords) => {
    const subject = hasSubject({ category, channel }) ? words.subject : "";
    return subject.trim() === "" && words.body.trim() === "" ? null : { subject, body: words.body };
  };
  return { name, category, channel, note, texts: { fr: said(texts.fr), en: said(texts.en), ar: said(texts.ar) } };
}

/** Templates that were added; for whoever edits them, or rules that speak in them. */
export function useCustomTemplates(enabled = true) {
  return useQuery({ queryKey: ["custom_templates", "list"], enabled, queryFn: async ({ signal }) => (await call(api.GET("/api/v1/custom-templates", { signal }))).items });
}

export function useCustomTemplate(id: string) {
  return useQuery({ queryKey: ["custom_templates", "one", id], queryFn: ({ signal }) => call(api.GET("/api/v1/custom-templates/{id}", { params: { path: { id } }, signal })) });
}

/** What templates can be, and what may stand in them. */
export function useCustomOptions() {
  return useQuery({ queryKey: ["custom_templates", "options"], staleTime: Infinity, queryFn: ({ signal }) => call(api.GET("/api/v1/custom-templates/options", { signal })) });
}

export function useSaveCustom(id: string | undefined) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: ({ form, key, version }: { form: CustomForm; key: string; version: number }): Promise<CustomTemplate> =>
      id
        ? call(api.PUT("/api/v1/custom-templates/{id}", { params: { path: { id }, header: ifMatch(version) }, body: toInput(form) }))
        : call(api.POST("/api/v1/custom-templates", { body: toInput(form), headers: { "Idempotency-Key": key } })),
    onSuccess: () => queries.invalidateQueries(EVERYTHING),
  });
}

export function useCustomVersions(id: string) {
  return useList(
    ["custom_templates", "versions", id],
    (cursor, signal) => call(api.GET("/api/v1/custom-templates/{id}/versions", { params: { path: { id }, query: { cursor } }, signal })),
    (row) => String(row.version),
  );
}

/** Says again what a version said. */
export function useRestoreCustom({ id, version: present }: CustomTemplate) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: (version: number): Promise<CustomTemplate> =>
      call(api.POST("/api/v1/custom-templates/{id}/versions/{version}/restore", { params: { path: { id, version }, header: ifMatch(present) } })),
    onSuccess: () => queries.invalidateQueries(EVERYTHING),
  });
}

export function useDeleteCustom() {
  const queries = useQueryClient();
  return async ({ id, version }: CustomTemplate) => {
    await call(api.DELETE("/api/v1/custom-templates/{id}", { params: { path: { id }, header: ifMatch(version) } }));
    await queries.invalidateQueries(EVERYTHING);
  };
}

/** What words say with examples; asked a moment after the last letter. */
export function useCustomPreview(body: Trial, wanted: boolean) {
  return useQuery({
    queryKey: ["custom_templates", "preview", body],
    enabled: wanted,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(api.POST("/api/v1/custom-templates/preview", { body, signal })),
  });
}

/** Sends words with examples to oneself. */
export function useTestCustom() {
  return useMutation({ mutationFn: (body: Trial) => call(api.POST("/api/v1/custom-templates/test", { body })) });
}
