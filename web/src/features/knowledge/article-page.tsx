import { ExternalLink } from "lucide-react";
import { useId, useRef, useState } from "react";
import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import type { ArticleImage, ArticleState, KnowledgeArticle, Locale } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { SelectField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm, type AppForm } from "@/components/form/use-app-form";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { toast } from "@/components/ui/toast";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { after } from "@/lib/choices";
import { typeText } from "@/lib/type-text";
import { StateBadge } from "./components/badges";
import { History } from "./components/history";
import { Pictures } from "./components/pictures";
import { TextEditor } from "./components/text-editor";
import { schema, sectionChoices, toForm, toInput, useArticle, useMoveArticle, useSaveArticle, useSections, VISIBILITIES, type ArticleForm } from "./data";

const LIST = "/desk/knowledge";

export function NewArticlePage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const form = useArticleForm({ onSaved: ({ id }) => void navigate(`${LIST}/${id}`, { replace: true }) });
  return (
    <Page title={t("knowledge.new")} back={{ to: LIST, label: t("knowledge.back") }}>
      <Editor form={form} />
    </Page>
  );
}

/** One article: what it says in each language, whom it is for, where it stands, and what it said before. */
export function ArticlePage() {
  const { id = "" } = useParams();
  const query = useArticle(id);
  if (query.isPending) return <Skeleton className="m-6 h-96" />;
  if (!query.data) return <ErrorState page list={LIST} error={query.error} onRetry={() => void query.refetch()} />;
  return <Loaded key={id} article={query.data} reload={async () => (await query.refetch()).data} />;
}

function Loaded({ article, reload }: { article: KnowledgeArticle; reload: () => Promise<KnowledgeArticle | undefined> }) {
  const { t, i18n } = useTranslation();
  const form = useArticleForm({ article, reload });
  // Readers get what is saved, and a restored text comes into fields that nobody is writing in.
  const unsaved = form.formState.isDirty;
  const { helpful, unhelpful, solved } = article;
  const title = (article.texts.find(({ locale }) => locale === i18n.language) ?? article.texts[0])?.title ?? article.slug;
  return (
    <Page
      title={title}
      description={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <StateBadge state={article.state} />
          <span>{t("knowledge.votesOf", { helpful, unhelpful, solved })}</span>
          <span>
            {t("knowledge.checkedOn")} <Time at={article.checked_at} />
          </span>
        </span>
      }
      back={{ to: LIST, label: t("knowledge.back") }}
      actions={<Moves article={article} unsaved={unsaved} />}
    >
      <Editor form={form} article={article} />
      <History article={article} unsaved={unsaved} />
    </Page>
  );
}

/** Where an article may go from where it stands, once what is typed is saved. */
function Moves({ article, unsaved }: { article: KnowledgeArticle; unsaved: boolean }) {
  const { t } = useTranslation();
  const reason = useId();
  const move = useMoveArticle(article);
  const go = (to: ArticleState | "checked") => move.mutate(to, { onSuccess: () => toast({ tone: "success", title: t(to === "checked" ? "knowledge.checked" : "knowledge.moved") }) });
  const published = article.state === "published";
  const press = { busy: move.isPending, disabled: unsaved, "aria-describedby": unsaved ? reason : undefined };
  return (
    <>
      {unsaved && (
        <p id={reason} className="text-xs text-muted-foreground">
          {t("common.saveFirst")}
        </p>
      )}
      {published && (
        <Button asChild variant="ghost">
          <Link to={`/help/articles/${article.slug}`}>
            <ExternalLink aria-hidden />
            {t("knowledge.read")}
          </Link>
        </Button>
      )}
      {published && (
        <Button {...press} onClick={() => go("checked")}>
          {t("knowledge.check")}
        </Button>
      )}
      {article.state !== "draft" && (
        <Button {...press} onClick={() => go("draft")}>
          {t("knowledge.withdraw")}
        </Button>
      )}
      {article.state !== "archived" && (
        <Button {...press} onClick={() => go("archived")}>
          {t("knowledge.archive")}
        </Button>
      )}
      {!published && (
        <Button variant="primary" {...press} onClick={() => go("published")}>
          {t("knowledge.publish")}
        </Button>
      )}
    </>
  );
}

interface ArticleFormOptions {
  article?: KnowledgeArticle;
  reload?: () => Promise<KnowledgeArticle | undefined>;
  onSaved?: (saved: KnowledgeArticle) => void;
}

function useArticleForm({ article, reload = () => Promise.resolve(undefined), onSaved }: ArticleFormOptions) {
  const { t } = useTranslation();
  const save = useSaveArticle(article?.id);
  return useAppForm<ArticleForm, KnowledgeArticle>({
    schema,
    values: toForm(article),
    // The language in which something is wrong comes to the front.
    says: LOCALES.flatMap((locale) => [`${locale}.title`, `${locale}.summary`, `${locale}.body`] as const),
    present: article && { version: article.version, reload },
    save: (values, sending) => save.mutateAsync({ body: toInput(values), ...sending }),
    onSaved: (saved) => {
      toast({ tone: "success", title: t("knowledge.saved") });
      onSaved?.(saved);
    },
  });
}

function Editor({ form, article }: { form: AppForm<ArticleForm>; article?: KnowledgeArticle }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const [locale, setLocale] = useState(i18n.language as Locale);
  const box = useRef<HTMLDivElement>(null);
  const titles = useWatch({ control: form.control, name: ["fr.title", "en.title", "ar.title"] });
  // What is wrong is shown where it is: its language comes to the front.
  const wrong = LOCALES.filter((each) => form.formState.errors[each] !== undefined);
  const [told, setTold] = useState(0);
  if (told !== form.formState.submitCount) {
    setTold(form.formState.submitCount);
    if (wrong.length > 0 && !wrong.includes(locale)) setLocale(wrong[0]!);
  }
  function insert(image: ArticleImage) {
    const field = box.current?.querySelectorAll("textarea")[1];
    const markdown = `![${image.name}](${image.url})`;
    if (!field) {
      // The text is being looked at: it goes to its end.
      const body = form.getValues(`${locale}.body`);
      form.setValue(`${locale}.body`, `${body}\n\n${markdown}`.trimStart(), { shouldDirty: true });
      return;
    }
    field.focus();
    typeText(field, markdown, field.selectionStart, field.selectionEnd);
  }
  return (
    <>
      <Card className="p-4 sm:p-6">
        <Form form={form}>
          <Placement form={form} fixed={article?.published_at != null} />
          <Tabs value={locale} onValueChange={(value) => setLocale(value as Locale)}>
            <TabsList aria-label={t("knowledge.languages")}>
              {LOCALES.map((each, at) => (
                <TabsTrigger key={each} value={each}>
                  <span lang={each}>{LOCALE_NAMES[each]}</span> {titles[at]?.trim() === "" && <Badge tone="warning">{t("knowledge.missingMark")}</Badge>}
                  {wrong.includes(each) && <Badge tone="danger">!</Badge>}
                </TabsTrigger>
              ))}
            </TabsList>
            {LOCALES.map((each) => (
              <TabsContent key={each} value={each}>
                <TextEditor form={form} locale={each} article={article} box={box} />
              </TabsContent>
            ))}
          </Tabs>
          <FormActions form={form} onCancel={() => void navigate(LIST)} />
        </Form>
      </Card>
      <Pictures article={article} onInsert={insert} />
    </>
  );
}

/** Where it is found, and by whom. */
function Placement({ form, fixed }: { form: AppForm<ArticleForm>; fixed: boolean }) {
  const { t, i18n } = useTranslation();
  const sections = useSections();
  const choices = after({ value: "", label: t("knowledge.noSection") }, sections.data && sectionChoices(sections.data, i18n.language as Locale));
  return (
    <div className="grid items-start gap-4 sm:grid-cols-3">
      {sections.isError && !sections.data && (
        <div className="sm:col-span-3">
          <ErrorState error={sections.error} onRetry={() => void sections.refetch()} />
        </div>
      )}
      <SelectField form={form} name="section_id" label={t("knowledge.section")} required options={choices} />
      <SelectField form={form} name="visibility" label={t("knowledge.visibility")} options={VISIBILITIES.map((value) => ({ value, label: t(`articleVisibility.${value}`) }))} />
      <TextField form={form} name="slug" label={t("knowledge.slug")} hint={t(fixed ? "knowledge.slugFixed" : "knowledge.slugHint")} readOnly={fixed} dir="ltr" autoComplete="off" spellCheck={false} />
    </div>
  );
}
