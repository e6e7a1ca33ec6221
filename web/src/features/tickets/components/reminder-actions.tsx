import { CalendarClock, Check } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Reminder } from "@/api/types";
import { lazyDialog } from "@/components/lazy-dialog";
import { Button } from "@/components/ui/button";
import { useEndReminder } from "../data/reminders";

const ReminderDialog = lazyDialog(async () => (await import("./reminder-dialog")).ReminderDialog);

/** Moves a reminder, or ends it. */
export function ReminderActions({ reminder }: { reminder: Reminder }) {
  const { t } = useTranslation();
  const end = useEndReminder();
  const [moving, setMoving] = useState(false);
  const what = reminder.note || `#${reminder.ticket_number}`;
  return (
    <span className="flex shrink-0 justify-end gap-1">
      <Button variant="ghost" size="icon-sm" aria-label={t("reminder.moveOf", { what })} onClick={() => setMoving(true)}>
        <CalendarClock aria-hidden />
      </Button>
      <Button variant="ghost" size="icon-sm" aria-label={t("reminder.endOf", { what })} busy={end.isPending} onClick={() => end.mutate(reminder)}>
        <Check aria-hidden />
      </Button>
      {moving && <ReminderDialog ticket={reminder.ticket_id} reminder={reminder} onClose={() => setMoving(false)} />}
    </span>
  );
}
