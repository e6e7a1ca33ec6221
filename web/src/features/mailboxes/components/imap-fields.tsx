import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { SelectField, TextField } from "@/components/form/fields";
import type { AppForm } from "@/components/form/use-app-form";
import type { MailboxForm } from "../data/form";

export function ImapFields({ form, stored }: { form: AppForm<MailboxForm>; stored: boolean }) {
  const { t } = useTranslation();
  const startsRecent = useWatch({ control: form.control, name: "start_point" }) === "recent";
  return (
    <fieldset className="grid items-start gap-4 rounded-lg border p-4 sm:grid-cols-2">
      <legend className="px-1 text-sm font-medium">{t("mailbox.imap")}</legend>
      <TextField form={form} name="imap_host" label={t("mailbox.host")} required dir="ltr" placeholder="imap.example.com" />
      <div className="grid grid-cols-2 gap-4">
        <TextField form={form} name="imap_port" label={t("mailbox.port")} required dir="ltr" inputMode="numeric" />
        <SelectField
          form={form}
          name="imap_tls"
          label={t("mailbox.tls")}
          options={[
            { value: "tls", label: "TLS" },
            { value: "starttls", label: "STARTTLS" },
            { value: "none", label: t("mailbox.tlsNone") },
          ]}
        />
      </div>
      <TextField form={form} name="imap_username" label={t("mailbox.user")} required dir="ltr" autoComplete="off" />
      <TextField
        form={form}
        name="imap_password"
        label={t("auth.password")}
        hint={stored ? t("mailbox.secretKept") : undefined}
        required={!stored}
        type="password"
        dir="ltr"
        autoComplete="new-password"
      />
      <TextField form={form} name="imap_folder" label={t("mailbox.folder")} dir="ltr" />
      {!stored && (
        <SelectField
          form={form}
          name="start_point"
          label={t("mailbox.startPoint")}
          hint={t("mailbox.startPointHint")}
          options={[
            { value: "now", label: t("mailbox.startNow") },
            { value: "recent", label: t("mailbox.startRecent") },
            { value: "all", label: t("mailbox.startAll") },
          ]}
        />
      )}
      {!stored && startsRecent && <TextField form={form} name="start_days" label={t("mailbox.startDays")} required dir="ltr" inputMode="numeric" />}
    </fieldset>
  );
}
