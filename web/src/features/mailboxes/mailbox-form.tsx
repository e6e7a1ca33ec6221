import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { Controller, useForm, useWatch, type UseFormReturn } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { asApiError, explain, fieldErrors } from "@/api/problem";
import type { Mailbox } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Page } from "@/components/page";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/checkbox";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { letGo, useLeaveGuard } from "@/lib/use-leave-guard";
import { ImapFields } from "./components/imap-fields";
import { mailboxSchema, toForm, toInput, type MailboxForm } from "./data/form";
import { useDeleteMailbox, useMailbox, useSaveMailbox } from "./data/queries";

export function NewMailboxPage() {
  return <MailboxEditor />;
}

export function MailboxPage() {
  const { id = "" } = useParams();
  const mailbox = useMailbox(id);
  if (mailbox.isPending) return <Skeleton className="m-6 h-96 max-w-3xl" />;
  if (!mailbox.data) return <ErrorState page error={mailbox.error} onRetry={() => void mailbox.refetch()} />;
  return <MailboxEditor key={id} mailbox={mailbox.data} reload={async () => (await mailbox.refetch()).data} />;
}

interface MailboxEditorProps {
  mailbox?: Mailbox;
  reload?: () => Promise<Mailbox | undefined>;
}

function MailboxEditor({ mailbox, reload }: MailboxEditorProps) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const form = useForm<MailboxForm>({
    resolver: zodResolver(mailboxSchema),
    defaultValues: toForm(mailbox),
    // A change from elsewhere shows at once, except where something has been typed.
    values: mailbox && toForm(mailbox),
    resetOptions: { keepDirtyValues: true },
  });
  // The version on which the writer looks; it moves on by itself only while nothing has been changed.
  const [seen, setSeen] = useState(mailbox?.version ?? 0);
  const save = useSaveMailbox(mailbox && { id: mailbox.id, version: seen });
  const kind = useWatch({ control: form.control, name: "kind" });
  const text = (message: string | undefined) => (message ? t(message) : undefined);
  const { errors, isDirty } = form.formState;
  useLeaveGuard(isDirty);
  if (mailbox && !isDirty && seen !== mailbox.version) setSeen(mailbox.version);

  const submit = form.handleSubmit((values) =>
    save.mutate(toInput(values, mailbox === undefined), {
      onSuccess: () => {
        toast({ tone: "success", title: t("mailbox.saved") });
        letGo();
        void navigate("/admin/mailboxes");
      },
      onError: (error) => {
        if (asApiError(error).code === "version_mismatch") void reload?.().then((latest) => latest && setSeen(latest.version));
        const found = fieldErrors((name) => i18n.exists(name), error);
        for (const [field, message] of Object.entries(found)) form.setError(field.replace(".", "_") as keyof MailboxForm, { message });
      },
    }),
  );
  const failure = save.isError ? explain(t, save.error) : null;
  const title = mailbox ? mailbox.name : t("mailbox.new");

  return (
    <Page
      title={title}
      back={{ to: "/admin/mailboxes", label: t("mailbox.back") }}
      actions={mailbox && <DeleteButton mailbox={mailbox} />}
      width="narrow"
    >
      <Card className="p-4 sm:p-6">
        <form onSubmit={submit} noValidate className="grid gap-4">
          {failure && (
            <Alert tone="danger" title={failure.title} live>
              {failure.action}
            </Alert>
          )}
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <Field label={t("mailbox.name")} hint={t("mailbox.nameHint")} error={text(errors.name?.message)} required>
              {(control) => <Input {...control} {...form.register("name")} dir="auto" />}
            </Field>
            <Field label={t("mailbox.address")} error={text(errors.address?.message)} required>
              {(control) => <Input {...control} {...form.register("address")} type="email" dir="ltr" autoComplete="off" />}
            </Field>
            <Field label={t("mailbox.kind")}>
              {(control) => (
                <Select {...control} {...form.register("kind")} disabled={mailbox !== undefined}>
                  <option value="imap">{t("mailboxKind.imap")}</option>
                  <option value="webhook">{t("mailboxKind.webhook")}</option>
                </Select>
              )}
            </Field>
            <Field label={t("mailbox.locale")} hint={t("mailbox.localeHint")}>
              {(control) => (
                <Select {...control} {...form.register("locale")}>
                  <option value="fr">Français</option>
                  <option value="en">English</option>
                  <option value="ar">العربية</option>
                </Select>
              )}
            </Field>
          </div>
          {kind === "imap" ? (
            <ImapFields form={form} stored={mailbox?.imap != null} />
          ) : (
            <Field label={t("mailbox.webhookSecret")} hint={mailbox?.has_webhook_secret ? t("mailbox.secretKept") : t("mailbox.webhookHint")} error={text(errors.webhook_secret?.message)}>
              {(control) => <Input {...control} {...form.register("webhook_secret")} type="password" dir="ltr" autoComplete="new-password" />}
            </Field>
          )}
          <Field label={t("mailbox.authserv")} hint={t("mailbox.authservHint")}>
            {(control) => <Input {...control} {...form.register("authserv_id")} dir="ltr" />}
          </Field>
          <Tick form={form} name="enabled" label={t("mailbox.enabled")} />
          <Tick form={form} name="auto_ack" label={t("mailbox.autoAck")} />
          <div className="flex justify-end gap-2 border-t pt-4">
            <Button onClick={() => void navigate("/admin/mailboxes")}>{t("common.cancel")}</Button>
            <Button type="submit" variant="primary" busy={save.isPending}>
              {t("common.save")}
            </Button>
          </div>
        </form>
      </Card>
    </Page>
  );
}

function Tick({ form, name, label }: { form: UseFormReturn<MailboxForm>; name: "enabled" | "auto_ack"; label: string }) {
  return (
    <Controller
      control={form.control}
      name={name}
      render={({ field }) => (
        <label className="flex min-h-8 items-center gap-2.5 text-sm">
          <Checkbox checked={field.value} onCheckedChange={(on) => field.onChange(on === true)} />
          {label}
        </label>
      )}
    />
  );
}

function DeleteButton({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const remove = useDeleteMailbox();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t("common.delete")}</Button>
      <ConfirmDialog
        open={asking}
        title={t("mailbox.deleteTitle", { name: mailbox.name })}
        description={t("mailbox.deleteText")}
        confirm={t("common.delete")}
        danger
        busy={remove.isPending}
        onCancel={() => setAsking(false)}
        onConfirm={() =>
          remove.mutate(mailbox.id, {
            onSuccess: () => {
              letGo();
              void navigate("/admin/mailboxes");
            },
          })
        }
      />
    </>
  );
}
