import { Plus } from "lucide-react";
import { useId } from "react";
import { useFieldArray } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { z } from "zod";
import type { SlaCalendar, SlaCalendarInput } from "@/api/types";
import { CheckField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { ErrorState } from "@/components/error-state";
import { Page } from "@/components/page";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { Remove } from "./components/remove";
import { readHours, writeHours } from "./data/hours";
import { useCalendars, useSaveCalendar, useSlaOptions } from "./data/queries";

const BACK = "/admin/sla";
/** Monday first, as the API has them; shown from Sunday on, as the week begins here. */
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const SHOWN = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

const hours = z.string().refine((text) => readHours(text) !== null, "field.bad_hours");
const schema = z.object({
  name: z.string().trim().min(1, "field.bad_name").max(80, "field.bad_name"),
  zone: z.string().trim().min(1, "field.unknown_zone"),
  week: z.object({ mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: hours, sun: hours }),
  holidays: z.array(z.object({ date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "field.empty"), yearly: z.boolean(), name: z.string().trim().min(1, "field.bad_name").max(80, "field.bad_name"), hours })),
});
type CalendarForm = z.infer<typeof schema>;

function toForm(calendar: SlaCalendar | undefined): CalendarForm {
  const day = (n: number) => (calendar ? writeHours(calendar.week[n] ?? []) : n === 4 || n === 5 ? "" : "08:00-12:00, 13:00-17:00");
  return {
    name: calendar?.name ?? "",
    zone: calendar?.zone ?? "Africa/Algiers",
    week: { mon: day(0), tue: day(1), wed: day(2), thu: day(3), fri: day(4), sat: day(5), sun: day(6) },
    holidays: (calendar?.holidays ?? []).map(({ date, yearly, name, slots }) => ({ date, yearly: yearly ?? false, name, hours: writeHours(slots ?? []) })),
  };
}

function toInput({ name, zone, week, holidays }: CalendarForm): SlaCalendarInput {
  return {
    name,
    zone,
    week: DAYS.map((day) => readHours(week[day]) ?? []),
    holidays: holidays.map(({ hours: text, ...day }) => ({ ...day, slots: readHours(text) ?? [] })),
  };
}

export function NewCalendarPage() {
  return <Loaded />;
}

export function CalendarPage() {
  const { id = "" } = useParams();
  return <Loaded key={id} id={id} />;
}

function Loaded({ id }: { id?: string }) {
  const { t } = useTranslation();
  const calendars = useCalendars();
  const options = useSlaOptions();
  const failed = [calendars, options].find((query) => query.isError && !query.data);
  if (failed) return <ErrorState page list={BACK} error={failed.error} onRetry={() => void Promise.all([calendars.refetch(), options.refetch()])} />;
  if (!calendars.data || !options.data) return <Skeleton className="m-6 h-96 max-w-6xl" />;
  const calendar = calendars.data.items.find((one) => one.id === id);
  if (id && !calendar) return <Page title={t("slaAdmin.gone")} back={{ to: BACK, label: t("slaAdmin.back") }}>{null}</Page>;
  const reload = async () => (await calendars.refetch()).data?.items.find((one) => one.id === id);
  return <Editor calendar={calendar} zones={options.data.zones} reload={reload} />;
}

function Editor({ calendar, zones, reload }: { calendar?: SlaCalendar; zones: string[]; reload: () => Promise<SlaCalendar | undefined> }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const list = useId();
  const save = useSaveCalendar(calendar?.id);
  const form = useAppForm<CalendarForm>({
    schema,
    values: toForm(calendar),
    present: calendar && { version: calendar.version, reload },
    save: (values, sending) => save.mutateAsync({ body: toInput(values), ...sending }),
    onSaved: () => {
      toast({ tone: "success", title: t("slaAdmin.saved") });
      void navigate(BACK);
    },
  });
  const { fields, append, remove } = useFieldArray({ control: form.control, name: "holidays" });
  const title = calendar?.name ?? t("slaAdmin.newCalendar");
  return (
    <Page title={title} back={{ to: BACK, label: t("slaAdmin.back") }} actions={calendar && <Remove what="calendars" item={calendar} />}>
      <Form form={form} label={title}>
        {calendar && calendar.policies > 0 && <Alert tone="info" title={t("slaAdmin.newHours")} />}
        <Section title={t("slaAdmin.general")}>
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <TextField form={form} name="name" label={t("slaAdmin.name")} required />
            <TextField form={form} name="zone" label={t("slaAdmin.zone")} hint={t("slaAdmin.zoneHint")} required dir="ltr" list={list} autoComplete="off" spellCheck={false} />
            <datalist id={list}>
              {zones.map((zone) => (
                <option key={zone} value={zone} />
              ))}
            </datalist>
          </div>
        </Section>
        <Section title={t("slaAdmin.week")}>
          <div className="grid gap-4">
            <p className="text-sm text-muted-foreground">{t("slaAdmin.weekText")}</p>
            <div className="grid items-start gap-3 sm:grid-cols-2">
              {SHOWN.map((day) => (
                <TextField key={day} form={form} name={`week.${day}`} label={t(`slaAdmin.day.${day}`)} dir="ltr" placeholder={t("slaAdmin.closed")} autoComplete="off" spellCheck={false} />
              ))}
            </div>
          </div>
        </Section>
        <Section
          title={t("slaAdmin.holidays")}
          actions={
            <Button size="sm" onClick={() => append({ date: "", yearly: false, name: "", hours: "" })}>
              <Plus aria-hidden />
              {t("slaAdmin.addHoliday")}
            </Button>
          }
        >
          <div className="grid gap-4">
            {fields.length === 0 && <p className="text-sm text-muted-foreground">{t("slaAdmin.noHolidays")}</p>}
            {fields.map((field, n) => (
              <fieldset key={field.id} className="grid items-start gap-3 border-t pt-3 first:border-t-0 first:pt-0 sm:grid-cols-4">
                <legend className="sr-only">{t("slaAdmin.holiday", { n: n + 1 })}</legend>
                <TextField form={form} name={`holidays.${n}.date`} label={t("slaAdmin.date")} type="date" required />
                <TextField form={form} name={`holidays.${n}.name`} label={t("slaAdmin.name")} required />
                <TextField form={form} name={`holidays.${n}.hours`} label={t("slaAdmin.hours")} dir="ltr" placeholder={t("slaAdmin.closed")} autoComplete="off" />
                <div className="grid gap-1 self-end">
                  <CheckField form={form} name={`holidays.${n}.yearly`} label={t("slaAdmin.yearly")} />
                  <Button size="sm" variant="ghost" className="justify-self-start" onClick={() => remove(n)}>
                    {t("slaAdmin.removeHoliday", { n: n + 1 })}
                  </Button>
                </div>
              </fieldset>
            ))}
          </div>
        </Section>
        <FormActions form={form} onCancel={() => void navigate(BACK)} />
      </Form>
    </Page>
  );
}
