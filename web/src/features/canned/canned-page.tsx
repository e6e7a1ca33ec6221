import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { z } from "zod";
import type { CannedReply, CannedReplyDetail } from "@/api/types";
import { DeleteButton } from "@/components/delete-button";
import { ErrorState } from "@/components/error-state";
import { CheckField, SelectField, TextAreaField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm, type AppForm } from "@/components/form/use-app-form";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Card } from "@/components/ui/card";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { after, named } from "@/lib/choices";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { Preview } from "./components/preview";
import { Variables } from "./components/variables";
import { useCannedOptions, useCannedReply, useDeleteCanned, useSaveCanned } from "./data/queries";

const LIST = "/desk/canned-replies";

const text = z.string().max(20_000, "field.too_long");
const schema = z
  .object({
    title: z.string().trim().min(1, "field.empty").max(100, "field.too_long"),
    shortcut: z.string().trim().min(1, "field.empty").max(31, "field.too_long"),
    category: z.string().trim().max(60, "field.too_long"),
    group_id: z.string(),
    fr: text,
    en: text,
    ar: text,
    retired: z.boolean(),
  })
  .refine(({ fr, en, ar }) => [fr, en, ar].some((each) => each.trim() !== ""), { path: ["fr"], message: "canned.sayOne" });
type CannedForm = z.infer<typeof schema>;

export function NewCannedPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("canned.new")} back={{ to: LIST, label: t("canned.back") }}>
      <Editor />
    </Page>
  );
}

/** One canned reply: what it says, what that comes to on a ticket, and who uses it. */
export function CannedPage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const remove = useDeleteCanned();
  const query = useCannedReply(id);
  if (query.isPending) return <Skeleton className="m-6 h-96" />;
  if (!query.data) return <ErrorState page list={LIST} error={query.error} onRetry={() => void query.refetch()} />;
  const { reply } = query.data;
  const actions = reply.retired && (
    <DeleteButton title={t("canned.deleteTitle", { title: reply.title })} text={t("canned.deleteText")} remove={() => remove.mutateAsync(reply)} to={LIST} />
  );
  return (
    <Page title={reply.title} back={{ to: LIST, label: t("canned.back") }} actions={actions}>
      <Editor key={id} reply={reply} reload={async () => (await query.refetch()).data?.reply} />
      <Usage detail={query.data} />
    </Page>
  );
}

function Editor({ reply, reload = () => Promise.resolve(undefined) }: { reply?: CannedReply; reload?: () => Promise<CannedReply | undefined> }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const save = useSaveCanned(reply?.id);
  const form = useAppForm<CannedForm, CannedReply>({
    schema,
    values: {
      title: reply?.title ?? "",
      shortcut: reply?.shortcut ?? "",
      category: reply?.category ?? "",
      group_id: reply?.group?.id ?? "",
      fr: reply?.texts.fr ?? "",
      en: reply?.texts.en ?? "",
      ar: reply?.texts.ar ?? "",
      retired: reply?.retired ?? false,
    },
    present: reply && { version: reply.version, reload },
    save: ({ fr, en, ar, group_id, ...rest }, sending) => save.mutateAsync({ body: { ...rest, group_id: group_id || null, texts: { fr: fr || null, en: en || null, ar: ar || null } }, ...sending }),
    onSaved: () => {
      toast({ tone: "success", title: t("canned.saved") });
      void navigate(LIST);
    },
  });
  const [fr, en, ar] = useWatch({ control: form.control, name: ["fr", "en", "ar"] });
  return (
    <>
      <Card className="p-4 sm:p-6">
        <Form form={form}>
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField form={form} name="title" label={t("canned.title")} required autoComplete="off" />
            <TextField form={form} name="shortcut" label={t("canned.shortcut")} hint={t("canned.shortcutHint")} required autoComplete="off" spellCheck={false} />
          </div>
          <Placement form={form} />
          <fieldset className="grid min-w-0 gap-4">
            <legend className="font-semibold">{t("canned.texts")}</legend>
            <p className="text-sm text-muted-foreground">{t("canned.textsHint")}</p>
            {LOCALES.map((locale) => (
              <TextAreaField key={locale} form={form} name={locale} label={LOCALE_NAMES[locale]} lang={locale} dir={locale === "ar" ? "rtl" : "ltr"} className="[&_textarea]:field-sizing-content [&_textarea]:max-h-96" />
            ))}
          </fieldset>
          <Variables />
          {reply && <CheckField form={form} name="retired" label={t("canned.retire")} hint={t("canned.retireHint")} />}
          <FormActions form={form} onCancel={() => void navigate(LIST)} />
        </Form>
      </Card>
      <Preview texts={{ fr, en, ar }} />
    </>
  );
}

/** Where it is found, and on which tickets. */
function Placement({ form }: { form: AppForm<CannedForm> }) {
  const { t } = useTranslation();
  const options = useCannedOptions();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField form={form} name="category" label={t("canned.category")} hint={t("canned.categoryHint")} autoComplete="off" list="canned-categories" />
      <datalist id="canned-categories">
        {options.data?.categories.map((category) => (
          <option key={category} value={category} />
        ))}
      </datalist>
      <SelectField form={form} name="group_id" label={t("canned.group")} hint={t("canned.groupHint")} options={after({ value: "", label: t("canned.everybody") }, named(options.data?.groups))} />
      {options.isError && <ErrorState error={options.error} onRetry={() => void options.refetch()} />}
    </div>
  );
}

/** How often it was sent, and by whom. */
function Usage({ detail: { reply, used_by } }: { detail: CannedReplyDetail }) {
  const { t } = useTranslation();
  return (
    <Section title={t("canned.usage")}>
      <p className="text-sm">
        {t("canned.usesCount", { count: reply.uses })}
        {reply.last_used_at && (
          <>
            {" · "}
            {t("canned.lastUsed")} <Time at={reply.last_used_at} />
          </>
        )}
      </p>
      <p className="text-xs text-muted-foreground">{t("canned.usageText")}</p>
      {used_by.length > 0 && (
        <ul className="mt-3 grid gap-1 text-sm">
          {used_by.map(({ id, name, uses, last_used_at }) => (
            <li key={id} className="flex flex-wrap items-baseline gap-x-3 border-b py-1">
              <bdi className="min-w-0 flex-1 truncate">{name}</bdi>
              <span>{t("canned.usesCount", { count: uses })}</span>
              <span className="text-muted-foreground">
                <Time at={last_used_at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
