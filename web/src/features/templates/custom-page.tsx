import { useRef, useState } from "react";
import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import type { Locale } from "@/api/types";
import { DeleteButton } from "@/components/delete-button";
import { ErrorState } from "@/components/error-state";
import { SelectField, TextAreaField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Listed } from "@/components/labelled";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { toast } from "@/components/ui/toast";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { isolated } from "@/lib/isolated";
import { typeText } from "@/lib/type-text";
import { useSettled } from "@/lib/use-settled";
import { CustomVersions } from "./components/custom-versions";
import { PreviewPanel } from "./components/preview";
import { Variables } from "./components/variables";
import { customSchema, hasSubject, toForm, useCustomOptions, useCustomPreview, useCustomTemplate, useDeleteCustom, useSaveCustom, useTestCustom, type CustomForm, type CustomTemplate } from "./custom-data";
import { CUSTOM } from "./custom-list";

export function NewCustomTemplatePage() {
  const { t } = useTranslation();
  return (
    <Page title={t("customTemplate.new")} back={{ to: CUSTOM, label: t("customTemplate.back") }} width="wide">
      <Editor />
    </Page>
  );
}

/** One template that was added: what it says in each language, what that looks like, and which rules speak in it. */
export function CustomTemplatePage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const query = useCustomTemplate(id);
  const remove = useDeleteCustom();
  if (query.isPending) return <Skeleton className="m-6 h-96" />;
  if (!query.data) return <ErrorState page list={CUSTOM} error={query.error} onRetry={() => void query.refetch()} />;
  const { template, rules } = query.data;
  return (
    <Page
      title={template.name}
      description={`${t(`customTemplateCategory.${template.category}`)} · ${t(`messageChannel.${template.channel}`)}`}
      back={{ to: CUSTOM, label: t("customTemplate.back") }}
      actions={rules.length === 0 && <DeleteButton title={t("customTemplate.deleteTitle", { name: template.name })} text={t("customTemplate.deleteText")} remove={() => remove(template)} to={CUSTOM} />}
      width="wide"
    >
      {rules.length > 0 && (
        <Alert tone="info" title={t("customTemplate.usedBy")}>
          <Listed items={rules} />
        </Alert>
      )}
      <Editor key={id} template={template} reload={async () => (await query.refetch()).data?.template} />
    </Page>
  );
}

function Editor({ template, reload = () => Promise.resolve(undefined) }: { template?: CustomTemplate; reload?: () => Promise<CustomTemplate | undefined> }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const box = useRef<HTMLDivElement>(null);
  const [locale, setLocale] = useState<Locale>(LOCALES.find((each) => template?.texts[each]) ?? (i18n.language as Locale));
  const options = useCustomOptions();
  const save = useSaveCustom(template?.id);
  const form = useAppForm<CustomForm, CustomTemplate>({
    schema: customSchema,
    values: toForm(template),
    present: template && { version: template.version, reload },
    save: (values, sending) => save.mutateAsync({ form: values, ...sending }),
    afterwards: (saved) => ({ ...saved, note: "" }),
    onSaved: (saved) => {
      toast({ tone: "success", title: t("customTemplate.saved") });
      if (!template) void navigate(`${CUSTOM}/${saved.id}`);
    },
  });
  const values = useWatch({ control: form.control }) as CustomForm;
  const { category, channel } = values;
  const kind = options.data?.categories.find((each) => each.category === category);
  const subject = hasSubject(values);
  const mail = channel === "mail";
  const wanted = { category, channel, locale, words: { subject: subject ? values[locale].subject : "", body: values[locale].body } };
  const settled = JSON.parse(useSettled(JSON.stringify(wanted))) as typeof wanted;
  const said = settled.words.body.trim() !== "";
  const preview = useCustomPreview(settled, said);
  const test = useTestCustom();
  function insert(variable: string) {
    const field = box.current?.querySelector<HTMLTextAreaElement>(`[data-language="${locale}"] textarea`);
    if (field) typeText(field, `{{ ${variable} }}`);
  }
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Card className="min-w-0 p-4 sm:p-6">
        <Form form={form} label={t("customTemplate.form")}>
          {template && (
            <p className="text-sm text-muted-foreground">
              <Time at={template.updated_at} /> <bdi>{template.by}</bdi>
            </p>
          )}
          <TextField form={form} name="name" label={t("customTemplate.name")} required maxLength={80} autoComplete="off" />
          {!template && (
            <div className="grid gap-4 sm:grid-cols-2">
              <SelectField form={form} name="category" label={t("messageTemplate.category")} hint={t(`customTemplateFor.${category}`)} options={(["customers", "staff"] as const).map((value) => ({ value, label: t(`customTemplateCategory.${value}`) }))} />
              <SelectField form={form} name="channel" label={t("messageTemplate.channel")} options={(kind?.channels ?? (["mail"] as const)).map((value) => ({ value, label: t(`messageChannel.${value}`) }))} />
            </div>
          )}
          <Tabs value={locale} onValueChange={(value) => setLocale(value as Locale)}>
            <TabsList aria-label={t("messageTemplate.languages")}>
              {LOCALES.map((each) => (
                <TabsTrigger key={each} value={each}>
                  <span lang={each}>{LOCALE_NAMES[each]}</span> {values[each].body.trim() === "" && <Badge>{t("customTemplate.blank")}</Badge>}
                </TabsTrigger>
              ))}
            </TabsList>
            <div ref={box}>
              {LOCALES.map((each) => (
                // What is typed in one language stays while another one is looked at.
                <TabsContent key={each} value={each} forceMount data-language={each} className="grid gap-4 data-[state=inactive]:hidden">
                  {subject && <TextField form={form} name={`${each}.subject`} label={t("messageTemplate.subject")} lang={each} dir={each === "ar" ? "rtl" : "ltr"} autoComplete="off" />}
                  <TextAreaField
                    form={form}
                    name={`${each}.body`}
                    label={t("messageTemplate.body")}
                    hint={t(mail ? (subject ? "messageTemplate.bodyHint" : "customTemplate.answerHint") : "messageTemplate.smsHint")}
                    lang={each}
                    dir={each === "ar" ? "rtl" : "ltr"}
                    rows={mail ? 10 : 4}
                    className="[&_textarea]:field-sizing-content [&_textarea]:max-h-[70dvh] [&_textarea]:min-h-24 [&_textarea]:font-mono"
                  />
                </TabsContent>
              ))}
            </div>
          </Tabs>
          <Variables variables={kind?.variables ?? []} onInsert={insert} />
          <TextField form={form} name="note" label={t("messageTemplate.note")} hint={t("messageTemplate.noteHint")} maxLength={200} autoComplete="off" />
          <FormActions form={form} onCancel={() => void navigate(CUSTOM)}>
            <Button
              busy={test.isPending}
              disabled={wanted.words.body.trim() === ""}
              onClick={() => test.mutate(wanted, { onSuccess: ({ to }) => toast({ tone: "success", title: t("messageTemplate.testSent", { to: isolated(to, i18n.dir()) }) }) })}
            >
              {t(mail ? "messageTemplate.testMail" : "messageTemplate.testSms")}
            </Button>
          </FormActions>
        </Form>
      </Card>
      {/* Below both on a wide screen, and after what it looks like on a narrow one. */}
      {template && (
        <div className="order-last min-w-0 lg:col-span-2">
          <CustomVersions template={template} unsaved={form.formState.isDirty} />
        </div>
      )}
      {said ? <PreviewPanel preview={preview} locale={locale} mail={mail} around={category === "customers" ? "customTemplate.aroundAnswer" : "messageTemplate.around"} /> : <p className="text-sm text-muted-foreground">{t("customTemplate.saysNothing")}</p>}
    </div>
  );
}
