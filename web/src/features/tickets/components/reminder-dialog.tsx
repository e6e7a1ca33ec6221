import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { Reminder } from "@/api/types";
import { CheckField, TextAreaField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { Button } from "@/components/ui/button";
import { useAppForm } from "@/components/form/use-app-form";
import { instantOf, localOf } from "@/lib/format";
import { useChangeReminder, useReloadReminder, useSetReminder } from "../data/reminders";

interface ReminderDialogProps {
  ticket: string;
  /** The one that is moved; none while a new one is set. */
  reminder?: Reminder;
  /** The ticket is to be put aside until then. */
  aside?: boolean;
  onClose: () => void;
}

/** The moments that are chosen most: nine o'clock tomorrow, and on the Sunday with which the next week of work begins. */
function presets(): { key: string; at: string }[] {
  const today = localOf(new Date().toISOString()).slice(0, 10);
  const weekday = new Date(`${today}T00:00:00Z`).getUTCDay();
  const day = (ahead: number) => `${new Date(Date.parse(`${today}T00:00:00Z`) + ahead * 86_400_000).toISOString().slice(0, 10)}T09:00`;
  return [
    { key: "hours", at: localOf(new Date(Date.now() + 3 * 3_600_000).toISOString()) },
    { key: "tomorrow", at: day(1) },
    { key: "week", at: day(7 - weekday) },
  ];
}

/** When to be reminded of a ticket, and what of. */
export function ReminderDialog({ ticket, reminder, aside = false, onClose }: ReminderDialogProps) {
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
      aside: z.boolean(),
    }),
    values: { at: localOf(ahead), note: reminder?.note ?? "", by_mail: reminder?.by_mail ?? false, aside: reminder?.aside ?? aside },
    present: reminder && { version: reminder.version, reload: () => reload(reminder) },
    save: ({ at, ...rest }, { key, version }) => {
      const values = { ...rest, at: instantOf(at) };
      return reminder ? change.mutateAsync({ ...values, version }) : set.mutateAsync({ ...values, key });
    },
    onSaved: onClose,
    guard: false,
  });
  return (
    <FormDialog form={form} title={t(reminder ? "reminder.move" : aside ? "aside.put" : "reminder.set")} confirm={t(reminder ? "reminder.moveIt" : aside ? "aside.putIt" : "reminder.setIt")} onClose={onClose}>
      <div className="grid gap-4">
        <div role="group" aria-label={t("reminder.quick")} className="flex flex-wrap gap-2">
          {presets().map(({ key, at }) => (
            <Button key={key} size="sm" onClick={() => form.setValue("at", at, { shouldDirty: true, shouldValidate: true })}>
              {t(`reminder.preset.${key}`)}
            </Button>
          ))}
        </div>
        <TextField form={form} name="at" label={t("reminder.at")} hint={t("reminder.atHint")} type="datetime-local" required />
        <TextAreaField form={form} name="note" label={t("reminder.note")} rows={3} maxLength={500} />
        <CheckField form={form} name="by_mail" label={t("reminder.byMail")} />
        <CheckField form={form} name="aside" label={t("aside.until")} hint={t("aside.hint")} />
      </div>
    </FormDialog>
  );
}
