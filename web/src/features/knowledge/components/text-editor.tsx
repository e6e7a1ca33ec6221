import { useState, type RefObject } from "react";
import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import type { KnowledgeArticle, Locale } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { TextAreaField, TextField } from "@/components/form/fields";
import type { AppForm } from "@/components/form/use-app-form";
import { Time } from "@/components/time";
import { Skeleton } from "@/components/ui/skeleton";
import { ToggleGroup, ToggleItem } from "@/components/ui/toggle-group";
import { ArticleBody } from "@/features/help/components/article-body";
import { useSettled } from "@/lib/use-settled";
import { usePreview, type ArticleForm } from "../data";

interface TextEditorProps {
  form: AppForm<ArticleForm>;
  locale: Locale;
  article?: KnowledgeArticle;
  /** The field into which pictures are inserted. */
  box: RefObject<HTMLDivElement | null>;
}

/** What an article says in one language: written as Markdown, looked at as readers see it. */
export function TextEditor({ form, locale, article, box }: TextEditorProps) {
  const { t } = useTranslation();
  const [preview, setPreview] = useState(false);
  const { errors, submitCount } = form.formState;
  // What is wrong with the text is said where it is written.
  const [told, setTold] = useState(submitCount);
  if (told !== submitCount) {
    setTold(submitCount);
    if (errors[locale]?.body) setPreview(false);
  }
  const text = article?.texts.find((each) => each.locale === locale);
  const dir = locale === "ar" ? "rtl" : "ltr";
  return (
    <div ref={box} className="grid gap-4">
      {text && (
        <p className="text-xs text-muted-foreground">
          {t("knowledge.changedOn")} <Time at={text.updated_at} />
        </p>
      )}
      <TextField form={form} name={`${locale}.title`} label={t("knowledge.title")} lang={locale} dir={dir} maxLength={150} autoComplete="off" />
      <TextAreaField form={form} name={`${locale}.summary`} label={t("knowledge.summary")} hint={t("knowledge.summaryHint")} lang={locale} dir={dir} rows={2} maxLength={300} />
      <ToggleGroup type="single" value={preview ? "preview" : "write"} onValueChange={(value) => value && setPreview(value === "preview")} aria-label={t("knowledge.body")} className="w-fit">
        <ToggleItem value="write">{t("knowledge.write")}</ToggleItem>
        <ToggleItem value="preview">{t("knowledge.preview")}</ToggleItem>
      </ToggleGroup>
      {preview ? (
        <Preview form={form} locale={locale} article={article?.id} />
      ) : (
        <TextAreaField form={form} name={`${locale}.body`} label={t("knowledge.body")} hint={t("knowledge.bodyHint")} lang={locale} dir={dir} rows={16} className="[&_textarea]:field-sizing-content [&_textarea]:max-h-[70dvh] [&_textarea]:min-h-64 [&_textarea]:font-mono" />
      )}
    </div>
  );
}

function Preview({ form, locale, article }: { form: AppForm<ArticleForm>; locale: Locale; article?: string }) {
  const { t } = useTranslation();
  const body = useSettled(useWatch({ control: form.control, name: `${locale}.body` }));
  const preview = usePreview(body, article, true);
  if (body.trim() === "") return <p className="text-sm text-muted-foreground">{t("knowledge.previewNothing")}</p>;
  if (preview.isPending) return <Skeleton className="h-48" />;
  if (preview.data === undefined) return <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />;
  return (
    <section aria-label={t("knowledge.preview")} aria-busy={preview.isPlaceholderData || undefined} className="rounded-md border px-4 py-1">
      <ArticleBody html={preview.data} locale={locale} signedIn apart />
    </section>
  );
}
