import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { AlarmClock, CalendarPlus } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Reminder } from "@/api/types";
import { lazyDialog } from "@/components/lazy-dialog";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { TicketStateBadge } from "@/components/state-badges";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { ReminderActions } from "./components/reminder-actions";
import { useReminders } from "./data/reminders";

const column = createColumnHelper<Reminder>();
const CalendarDialog = lazyDialog(async () => (await import("./components/calendar-dialog")).CalendarDialog);

/** All that the reader wants to be reminded of. */
export function RemindersPage() {
  const { t } = useTranslation();
  const { query, rows } = useReminders();
  const [calendar, setCalendar] = useState(false);
  const columns = useMemo(() => {
    const when = (reminder: Reminder) => (
      <span className="inline-flex flex-wrap items-center gap-1.5">
        <Time at={reminder.at} full />
        {reminder.told_at && <Badge tone="warning">{t(reminder.aside ? "aside.back" : "reminder.due")}</Badge>}
        {reminder.aside && !reminder.told_at && <Badge>{t("aside.is")}</Badge>}
      </span>
    );
    return [
      column.accessor("ticket_subject", {
        header: t("ticket.subject"),
        cell: ({ row: { original: reminder } }) => (
          <RowTitle
            to={`/desk/tickets/${reminder.ticket_id}`}
            sub={reminder.note && <bdi>{reminder.note}</bdi>}
            phone={
              <>
                <Ltr className="tabular">#{reminder.ticket_number}</Ltr>
                {when(reminder)}
              </>
            }
          >
            {reminder.ticket_subject || t("common.noSubject")}
          </RowTitle>
        ),
      }),
      column.accessor("ticket_state", { header: t("ticket.state"), meta: { className: "hidden md:table-cell w-40" }, cell: ({ getValue }) => <TicketStateBadge state={getValue()} /> }),
      column.accessor("at", { header: t("reminder.at"), meta: { className: "hidden sm:table-cell w-56" }, cell: ({ row }) => when(row.original) }),
      column.display({ id: "actions", header: () => <span className="sr-only">{t("reminder.actions")}</span>, meta: { className: "w-24" }, cell: ({ row }) => <ReminderActions reminder={row.original} /> }),
    ] as ColumnDef<Reminder, never>[];
  }, [t]);
  const table = useDataTable({ name: "reminders", rows, columns, rowId: (reminder) => reminder.id });
  return (
    <Page
      title={t("nav.reminders")}
      description={t("reminder.text")}
      actions={
        <Button onClick={() => setCalendar(true)}>
          <CalendarPlus aria-hidden />
          {t("calendarFeed.open")}
        </Button>
      }
    >
      <DataList table={table} query={query} label={t("nav.reminders")} expected={5} empty={{ icon: AlarmClock, title: t("reminder.noneYet"), text: t("reminder.noneYetText") }} />
      {calendar && <CalendarDialog onClose={() => setCalendar(false)} />}
    </Page>
  );
}
