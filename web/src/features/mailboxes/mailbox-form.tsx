import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import type { Mailbox } from "@/api/types";
import { DeleteButton } from "@/components/delete-button";
import { ErrorState } from "@/components/error-state";
import { CheckField, SelectField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { placeErrors } from "@/components/form/verdicts";
import { Page } from "@/components/page";
import { toastExplained } from "@/components/toast-error";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { useMay } from "@/features/shell/use-user";
import { after, named } from "@/lib/choices";
import { choices, useCategories } from "@/lib/use-categories";
import { useGroups } from "@/lib/use-groups";
import { ConnectionTest } from "./components/connection-test";
import { ImapFields } from "./components/imap-fields";
import { PausedAlert } from "./components/paused-alert";
import { mailboxSchema, toForm, toInput, type MailboxForm } from "./data/form";
import { useDeleteMailbox, useMailbox, useSaveMailbox } from "./data/queries";

export function NewMailboxPage() {
  return <MailboxEditor />;
}

export function MailboxPage() {
  const { id = "" } = useParams();
  const mailbox = useMailbox(id);
  if (mailbox.isPending) return <Skeleton className="m-6 h-96 max-w-3xl" />;
  if (!mailbox.data) return <ErrorState page list="/admin/mailboxes" error={mailbox.error} onRetry={() => void mailbox.refetch()} />;
  return <MailboxEditor key={id} mailbox={mailbox.data} reload={async () => (await mailbox.refetch()).data} />;
}

interface MailboxEditorProps {
  mailbox?: Mailbox;
  reload?: () => Promise<Mailbox | undefined>;
}

function MailboxEditor({ mailbox, reload = () => Promise.resolve(undefined) }: MailboxEditorProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const save = useSaveMailbox(mailbox?.id);
  const categories = useCategories();
  // Whoever may not see tickets is not told of groups; the one there is stays.
  const sees = useMay("tickets.view");
  const groups = useGroups(sees);
  const form = useAppForm<MailboxForm>({
    schema: mailboxSchema,
    values: toForm(mailbox),
    present: mailbox && { version: mailbox.version, reload },
    save: (values, sending) => save.mutateAsync({ body: toInput(values, mailbox === undefined), ...sending }),
    onSaved: () => {
      toast({ tone: "success", title: t("mailbox.saved") });
      void navigate("/admin/mailboxes");
    },
  });
  const kind = useWatch({ control: form.control, name: "kind" });

  return (
    <Page
      title={mailbox ? mailbox.name : t("mailbox.new")}
      back={{ to: "/admin/mailboxes", label: t("mailbox.back") }}
      actions={mailbox && <Remove mailbox={mailbox} />}
      width="narrow"
    >
      <Card className="p-4 sm:p-6">
        <Form form={form}>
          {mailbox && <PausedAlert mailbox={mailbox} />}
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <TextField form={form} name="name" label={t("mailbox.name")} hint={t("mailbox.nameHint")} required />
            <TextField form={form} name="address" label={t("mailbox.address")} required type="email" dir="ltr" autoComplete="off" />
            <SelectField
              form={form}
              name="kind"
              label={t("mailbox.kind")}
              disabled={mailbox !== undefined}
              options={[
                { value: "imap", label: t("mailboxKind.imap") },
                { value: "webhook", label: t("mailboxKind.webhook") },
              ]}
            />
            <SelectField
              form={form}
              name="locale"
              label={t("mailbox.locale")}
              hint={t("mailbox.localeHint")}
              options={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))}
            />
            <SelectField
              form={form}
              name="category_id"
              label={t("mailbox.category")}
              hint={t("mailbox.categoryHint")}
              options={after({ value: "", label: t("mailbox.defaultCategory") }, choices(categories, mailbox?.category_id))}
            />
            {sees && (
              <SelectField
                form={form}
                name="group_id"
                label={t("mailbox.group")}
                hint={t("mailbox.groupHint")}
                options={mailbox ? named(groups) : after({ value: "", label: t("mailbox.firstGroup") }, named(groups))}
              />
            )}
          </div>
          {kind === "imap" ? (
            <ImapFields form={form} stored={mailbox?.imap != null} />
          ) : (
            <TextField
              form={form}
              name="webhook_secret"
              label={t("mailbox.webhookSecret")}
              hint={mailbox?.has_webhook_secret ? t("mailbox.secretKept") : t("mailbox.webhookHint")}
              type="password"
              dir="ltr"
              autoComplete="new-password"
            />
          )}
          <TextField form={form} name="authserv_id" label={t("mailbox.authserv")} hint={t("mailbox.authservHint")} dir="ltr" />
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <SelectField
              form={form}
              name="spam_filter"
              label={t("mailbox.spamFilter")}
              hint={t("mailbox.spamFilterHint")}
              options={[
                { value: "none", label: t("mailbox.noFilter") },
                { value: "spamassassin", label: "SpamAssassin" },
                { value: "rspamd", label: "Rspamd" },
                { value: "microsoft", label: "Microsoft 365" },
              ]}
            />
            <TextField form={form} name="spam_threshold" label={t("mailbox.spamThreshold")} hint={t("mailbox.spamThresholdHint")} required inputMode="numeric" dir="ltr" />
          </div>
          <CheckField form={form} name="enabled" label={t("mailbox.enabled")} />
          <CheckField form={form} name="auto_ack" label={t("mailbox.autoAck")} />
          <ConnectionTest
            mailboxId={mailbox?.id}
            settings={async () => ((await form.trigger()) ? toInput(form.getValues(), mailbox === undefined) : null)}
            onError={(error) => {
              const left = placeErrors(form, toForm(mailbox), error);
              if (left) toastExplained(left);
            }}
          />
          <FormActions form={form} onCancel={() => void navigate("/admin/mailboxes")} />
        </Form>
      </Card>
    </Page>
  );
}

function Remove({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useTranslation();
  const remove = useDeleteMailbox();
  return (
    <DeleteButton
      title={t("mailbox.deleteTitle", { name: mailbox.name })}
      text={t("mailbox.deleteText")}
      remove={() => remove.mutateAsync(mailbox)}
      to="/admin/mailboxes"
    />
  );
}
