import { useRef, useState } from "react";
import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import type { Locale, MessageTemplateDetail, MessageTemplateText } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { TextAreaField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm, type AppForm } from "@/components/form/use-app-form";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { toast } from "@/components/ui/toast";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { typeText } from "@/lib/type-text";
import { Preview } from "./components/preview";
import { Variables } from "./components/variables";
import { Versions } from "./components/versions";
import { schema, useResetTemplate, useSaveTemplate, useTemplate, useTestTemplate, type Place, type TemplateForm } from "./data";

const LIST = "/admin/templates";

/** One message: what it says in each language, what that looks like, and what it said before. */
export function TemplatePage() {
  const { t, i18n } = useTranslation();
  const { key = "" } = useParams();
  const [params, setParams] = useSearchParams();
  const query = useTemplate(key);
  if (query.isPending) return <Skeleton className="m-6 h-96" />;
  if (!query.data) return <ErrorState page list={LIST} error={query.error} onRetry={() => void query.refetch()} />;
  const detail = query.data;
  const locale = LOCALES.find((each) => each === params.get("locale")) ?? (i18n.language as Locale);
  return (
    <Page title={t(`messageKey.${key}`)} description={`${t(`messageCategory.${detail.category}`)} · ${t(`messageChannel.${detail.channel}`)}`} back={{ to: LIST, label: t("messageTemplate.back") }} width="wide">
      <Tabs value={locale} onValueChange={(value) => setParams({ locale: value }, { replace: true, preventScrollReset: true })}>
        <TabsList aria-label={t("messageTemplate.languages")}>
          {detail.texts.map((text) => (
            <TabsTrigger key={text.locale} value={text.locale}>
              <span lang={text.locale}>{LOCALE_NAMES[text.locale]}</span> {text.failure ? <Badge tone="danger">{t("messageTemplate.failed")}</Badge> : text.overridden && <Badge tone="info">{t("messageTemplate.changed")}</Badge>}
            </TabsTrigger>
          ))}
        </TabsList>
        {detail.texts.map((text) => (
          // What is typed in one language stays while another one is looked at.
          <TabsContent key={`${key} ${text.locale}`} value={text.locale} forceMount className="data-[state=inactive]:hidden">
            <Language
              detail={detail}
              text={text}
              shown={text.locale === locale}
              reload={async () => (await query.refetch()).data?.texts.find((each) => each.locale === text.locale)}
            />
          </TabsContent>
        ))}
      </Tabs>
    </Page>
  );
}

interface LanguageProps {
  detail: MessageTemplateDetail;
  text: MessageTemplateText;
  shown: boolean;
  reload: () => Promise<MessageTemplateText | undefined>;
}

function Language({ detail, text, shown, reload }: LanguageProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const box = useRef<HTMLDivElement>(null);
  const [asked, setAsked] = useState(false);
  const place: Place = { key: detail.key, locale: text.locale };
  const save = useSaveTemplate(place);
  const form = useAppForm<TemplateForm, MessageTemplateText>({
    schema,
    values: { ...text.words, note: "" },
    present: { version: text.version, reload },
    save: (body, { version }) => save.mutateAsync({ body, version }),
    afterwards: (saved) => ({ ...saved, note: "" }),
    onSaved: () => toast({ tone: "success", title: t("messageTemplate.saved") }),
  });
  const [subject, body] = useWatch({ control: form.control, name: ["subject", "body"] });
  const unsaved = form.formState.isDirty;
  const mail = detail.channel === "mail";
  const dir = text.locale === "ar" ? "rtl" : "ltr";
  function insert(variable: string) {
    const field = box.current?.querySelector("textarea");
    if (field) typeText(field, `{{ ${variable} }}`);
  }
  return (
    <div className="grid gap-4">
      {text.failure !== null && (
        <Alert tone="danger" title={t("messageTemplate.failedTitle")}>
          {t("messageTemplate.failedText")} {text.failed_at && <Time at={text.failed_at} />}
          <p dir="ltr" className="text-xs break-words">
            {text.failure}
          </p>
        </Alert>
      )}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card className="min-w-0 p-4 sm:p-6">
          <Form form={form} label={t("messageTemplate.edit", { language: LOCALE_NAMES[text.locale] })}>
            <p className="text-sm text-muted-foreground">
              {text.overridden ? t("messageTemplate.saysOwn") : t("messageTemplate.saysUsual")} {text.updated_at && <Time at={text.updated_at} />} <bdi>{text.by}</bdi>
            </p>
            <div ref={box} className="grid gap-4">
              {mail && <TextField form={form} name="subject" label={t("messageTemplate.subject")} lang={text.locale} dir={dir} required autoComplete="off" />}
              <TextAreaField form={form} name="body" label={t("messageTemplate.body")} hint={t(mail ? "messageTemplate.bodyHint" : "messageTemplate.smsHint")} lang={text.locale} dir={dir} required rows={mail ? 14 : 4} className="[&_textarea]:field-sizing-content [&_textarea]:max-h-[70dvh] [&_textarea]:min-h-24 [&_textarea]:font-mono" />
            </div>
            <Variables variables={detail.variables} onInsert={insert} />
            <TextField form={form} name="note" label={t("messageTemplate.note")} hint={t("messageTemplate.noteHint")} autoComplete="off" />
            <FormActions form={form} onCancel={() => void navigate(LIST)}>
              <Trial place={place} form={form} mail={mail} />
              {text.overridden && (
                <Button variant="ghost" onClick={() => setAsked(true)}>
                  {t("messageTemplate.reset")}
                </Button>
              )}
            </FormActions>
          </Form>
          {asked && <Reset place={place} text={text} unsaved={unsaved} onClose={() => setAsked(false)} />}
        </Card>
        <Preview place={place} words={{ subject, body }} mail={mail} shown={shown} />
      </div>
      {shown && <Versions place={place} text={text} unsaved={unsaved} />}
    </div>
  );
}

/** Sends what is written here, with examples, to oneself. */
function Trial({ place, form, mail }: { place: Place; form: AppForm<TemplateForm>; mail: boolean }) {
  const { t } = useTranslation();
  const send = useTestTemplate(place);
  const go = () => {
    const { subject, body } = form.getValues();
    send.mutate({ subject, body }, { onSuccess: ({ to }) => toast({ tone: "success", title: t("messageTemplate.testSent", { to: `\u2068${to}\u2069` }) }) });
  };
  return (
    <Button busy={send.isPending} onClick={go}>
      {t(mail ? "messageTemplate.testMail" : "messageTemplate.testSms")}
    </Button>
  );
}

/** Asks before the default text comes back. */
function Reset({ place, text, unsaved, onClose }: { place: Place; text: MessageTemplateText; unsaved: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const reset = useResetTemplate(place);
  return (
    <ConfirmDialog
      open
      title={t("messageTemplate.resetTitle")}
      description={t("messageTemplate.resetText")}
      confirm={t("messageTemplate.reset")}
      busy={reset.isPending}
      disabled={unsaved}
      error={reset.error}
      onCancel={onClose}
      onConfirm={() =>
        reset.mutate(text.version, {
          onSuccess: () => {
            onClose();
            toast({ tone: "success", title: t("messageTemplate.resetDone") });
          },
        })
      }
    >
      {unsaved && <Alert tone="info" title={t("common.saveFirst")} />}
    </ConfirmDialog>
  );
}
