import { AlarmClock, MoonStar } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { lazyDialog } from "@/components/lazy-dialog";
import { ErrorState } from "@/components/error-state";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { useReminders } from "../data/reminders";
import { ReminderActions } from "./reminder-actions";

const ReminderDialog = lazyDialog(async () => (await import("./reminder-dialog")).ReminderDialog);

/** What the reader wants to be reminded of about this ticket. */
export function ReminderPanel({ ticket }: { ticket: string }) {
  const { t } = useTranslation();
  const { query, rows } = useReminders(ticket);
  const [setting, setSetting] = useState<"reminder" | "aside" | null>(null);
  const aside = rows.some((reminder) => reminder.aside && !reminder.told_at);
  return (
    <Card aria-label={t("reminder.panel")} className="grid gap-3 p-4 text-sm">
      <h2 className="font-semibold">{t("reminder.panel")}</h2>
      {query.isError && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : rows.length > 0 ? (
        <ul className="grid gap-2">
          {rows.map((reminder) => (
            <li key={reminder.id} className="flex items-start gap-1">
              <span className="grid min-w-0 flex-1 gap-0.5">
                <span className="flex flex-wrap items-center gap-1.5">
                  <Time at={reminder.at} full />
                  {reminder.told_at && <Badge tone="warning">{t(reminder.aside ? "aside.back" : "reminder.due")}</Badge>}
                  {reminder.aside && !reminder.told_at && <Badge>{t("aside.is")}</Badge>}
                </span>
                {reminder.note && <bdi className="break-words text-muted-foreground">{reminder.note}</bdi>}
              </span>
              <ReminderActions reminder={reminder} />
            </li>
          ))}
        </ul>
      ) : (
        query.data && <p className="text-muted-foreground">{t("reminder.none")}</p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button size="sm" onClick={() => setSetting("reminder")}>
          <AlarmClock aria-hidden />
          {t("reminder.set")}
        </Button>
        {!aside && (
          <Button size="sm" onClick={() => setSetting("aside")}>
            <MoonStar aria-hidden />
            {t("aside.put")}
          </Button>
        )}
      </div>
      {setting && <ReminderDialog ticket={ticket} aside={setting === "aside"} onClose={() => setSetting(null)} />}
    </Card>
  );
}
