import type { UseFormReturn } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import type { MailboxForm } from "../data/form";

export function ImapFields({ form, stored }: { form: UseFormReturn<MailboxForm>; stored: boolean }) {
  const { t } = useTranslation();
  const { errors } = form.formState;
  const text = (message: string | undefined) => (message ? t(message) : undefined);
  return (
    <fieldset className="grid items-start gap-4 rounded-lg border p-4 sm:grid-cols-2">
      <legend className="px-1 text-sm font-medium">{t("mailbox.imap")}</legend>
      <Field label={t("mailbox.host")} error={text(errors.imap_host?.message)} required>
        {(control) => <Input {...control} {...form.register("imap_host")} dir="ltr" placeholder="imap.example.com" />}
      </Field>
      <div className="grid grid-cols-2 gap-4">
        <Field label={t("mailbox.port")} error={text(errors.imap_port?.message)} required>
          {(control) => <Input {...control} {...form.register("imap_port")} dir="ltr" inputMode="numeric" />}
        </Field>
        <Field label={t("mailbox.tls")}>
          {(control) => (
            <Select {...control} {...form.register("imap_tls")}>
              <option value="tls">TLS</option>
              <option value="starttls">STARTTLS</option>
              <option value="none">{t("mailbox.tlsNone")}</option>
            </Select>
          )}
        </Field>
      </div>
      <Field label={t("mailbox.user")} error={text(errors.imap_username?.message)} required>
        {(control) => <Input {...control} {...form.register("imap_username")} dir="ltr" autoComplete="off" />}
      </Field>
      <Field label={t("auth.password")} hint={stored ? t("mailbox.secretKept") : undefined} error={text(errors.imap_password?.message)} required={!stored}>
        {(control) => <Input {...control} {...form.register("imap_password")} type="password" dir="ltr" autoComplete="new-password" />}
      </Field>
      <Field label={t("mailbox.folder")}>{(control) => <Input {...control} {...form.register("imap_folder")} dir="ltr" />}</Field>
      {!stored && (
        <Field label={t("mailbox.startPoint")} hint={t("mailbox.startPointHint")}>
        {(control) => (
          <Select {...control} {...form.register("start_point")}>
            <option value="now">{t("mailbox.startNow")}</option>
            <option value="all">{t("mailbox.startAll")}</option>
          </Select>
        )}
        </Field>
      )}
    </fieldset>
  );
}
