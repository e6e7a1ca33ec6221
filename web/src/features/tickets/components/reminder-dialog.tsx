import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { Reminder } from "@/api/types";
import { CheckField, TextAreaField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { instantOf, localOf } from "@/lib/format";
import { useChangeReminder, useReloadReminder, useSetReminder } from "../data/reminders";

interface ReminderDialogProps {
  ticket: string;
  /** The one that is moved; none while a new one is set. */
  reminder?: Reminder;
  onClose: () => void;
}

/** When to be reminded of a ticket, and what of. */
export function ReminderDialog({ ticket, reminder, onClose }: ReminderDialogProps) {
  const { t } = useTranslation();
  const set = useSetReminder(ticket);
  const change = useChangeReminder(reminder?.id ?? "");
  // One that is due begins with tomorrow: where it was is over.
  const [tomorrow] = useState(() => new Date(Date.now() + 86_400_000).toISOString());
  const ahead = reminder && !reminder.told_at ? reminder.at : tomorrow;
  const reload = useReloadReminder();
  const form = useAppForm({
    schema: z.object({
      at: z
        .string()
        .min(1, "field.empty")
        .refine((at) => at === "" || instantOf(at) > new Date().toISOString(), "field.in_the_past"),
      note: z.string().max(500, "field.too_long"),
      by_mail: z.boolean(),
    }),
    values: { at: localOf(ahead), note: reminder?.note ?? "", by_mail: reminder?.by_mail ?? false },
    present: reminder && { version: reminder.version, reload: () => reload(reminder) },
    save: ({ at, ...rest }, { key, version }) => {
      const values = { ...rest, at: instantOf(at) };
      return reminder ? change.mutateAsync({ ...values, version }) : set.mutateAsync({ ...values, key });
    },
    onSaved: onClose,
    guard: false,
  });
  return (
    <FormDialog form={form} title={t(reminder ? "reminder.move" : "reminder.set")} confirm={t(reminder ? "reminder.moveIt" : "reminder.setIt")} onClose={onClose}>
      <div className="grid gap-4">
        <TextField form={form} name="at" label={t("reminder.at")} hint={t("reminder.atHint")} type="datetime-local" required />
        <TextAreaField form={form} name="note" label={t("reminder.note")} rows={3} maxLength={500} />
        <CheckField form={form} name="by_mail" label={t("reminder.byMail")} />
      </div>
    </FormDialog>
  );
}
