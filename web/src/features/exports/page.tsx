import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { CalendarClock } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { fieldWords } from "@/api/problem";
import type { Locale, TicketExport, TicketExportRun } from "@/api/types";
import { DeleteButton } from "@/components/delete-button";
import { ErrorState } from "@/components/error-state";
import { Several } from "@/components/form/choices";
import { SelectField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm, type AppForm } from "@/components/form/use-app-form";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Fact, Facts } from "@/components/ui/facts";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { named } from "@/lib/choices";
import { useUrlFilter, writeFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { FilterWords, RunResult, useWeekdays } from "./components/parts";
import { TICKET_FILTER, type TicketFilter } from "@/features/tickets/data/filters";
import { filterOf, filterOfList, scheduledSchema, toForm, toInput, useDeleteScheduled, usePause, useRecipients, useRunNow, useRuns, useSaveScheduled, useScheduled, type ScheduledForm } from "./data/exports";
import { SCHEDULED } from "./data/path";

const ZONES = Intl.supportedValuesOf("timeZone");
const column = createColumnHelper<TicketExportRun>();

/** Has what the list of tickets shows mailed again and again; the filter is the one of the address, as on the list. */
export function NewScheduledPage() {
  const { t } = useTranslation();
  const { filter } = useUrlFilter(TICKET_FILTER);
  return (
    <Page title={t("exportPlan.new")} description={t("exportPlan.newText")} back={{ to: SCHEDULED, label: t("exportPlan.list") }} width="narrow">
      <Editor filter={filter} />
    </Page>
  );
}

/** One scheduled export: when and to whom, and what became of it each time. */
export function ScheduledPage() {
  const { id = "" } = useParams();
  const query = useScheduled(id);
  if (query.isPending) return <Skeleton className="m-6 h-96" />;
  if (!query.data) return <ErrorState page list={SCHEDULED} error={query.error} onRetry={() => void query.refetch()} />;
  return <Loaded one={query.data} reload={async () => (await query.refetch()).data} />;
}

function Loaded({ one, reload }: { one: TicketExport; reload: () => Promise<TicketExport | undefined> }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const remove = useDeleteScheduled();
  const pause = usePause(one);
  const run = useRunNow(one.id);
  const busy = one.last_run?.state === "queued" || one.last_run?.state === "running";
  return (
    <Page
      title={one.name}
      back={{ to: SCHEDULED, label: t("exportPlan.list") }}
      width="narrow"
      actions={
        <>
          <Button busy={run.isPending || busy} onClick={() => run.mutate(undefined, { onSuccess: () => toast({ tone: "success", title: t("exportPlan.started") }) })}>
            {t("exportPlan.runNow")}
          </Button>
          <Button busy={pause.isPending} onClick={() => pause.mutate(one.paused === null)}>
            {t(one.paused === null ? "exportPlan.pause" : "exportPlan.resume")}
          </Button>
          <DeleteButton
            title={t("exportPlan.deleteTitle", { name: one.name })}
            text={t("exportPlan.deleteText")}
            remove={() => remove(one)}
            onDone={() => {
              toast({ tone: "success", title: t("exportPlan.deleted") });
              void navigate(SCHEDULED);
            }}
          />
        </>
      }
    >
      {one.paused && (
        <Alert tone={one.paused === "owner" ? "info" : "warning"} title={t(one.paused === "owner" ? "exportPlan.paused" : "exportPlan.stopped")}>
          {t(`exportPause.${one.paused}`)}
        </Alert>
      )}
      <Facts>
        <Fact name={t("exportPlan.next")}>{one.next_at ? <Time at={one.next_at} full /> : t("exportPlan.notPlanned")}</Fact>
        <Fact name={t("exportPlan.last")}>{one.last_run ? <RunResult run={one.last_run} /> : t("exportPlan.never")}</Fact>
      </Facts>
      <Editor key={one.id} one={one} filter={filterOf(one.filter)} reload={reload} />
      <Runs one={one} />
    </Page>
  );
}

function Editor({ one, filter, reload = () => Promise.resolve(undefined) }: { one?: TicketExport; filter: TicketFilter; reload?: () => Promise<TicketExport | undefined> }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const save = useSaveScheduled(one?.id);
  const form = useAppForm<ScheduledForm, TicketExport>({
    schema: scheduledSchema,
    values: toForm(one, i18n.language as Locale),
    present: one && { version: one.version, reload },
    // What it is narrowed to is not changed here: it goes back as it came.
    save: (values, sending) => save.mutateAsync({ body: toInput(values, one?.filter ?? filterOfList(filter), one !== undefined && one.paused !== null), ...sending }),
    says: ["recipient_ids"],
    onSaved: (saved) => {
      toast({ tone: "success", title: t("exportPlan.saved") });
      if (!one) void navigate(`${SCHEDULED}/${saved.id}`);
    },
  });
  return (
    <Card className="p-4 sm:p-6">
      <Form form={form} label={t("exportPlan.list")}>
        <TextField form={form} name="name" label={t("exportPlan.name")} required maxLength={80} autoComplete="off" />
        <div className="grid gap-1 text-sm">
          <span className="font-medium">{t("exportPlan.filter")}</span>
          <FilterWords filter={filter} />
          <Link to={`/desk/tickets?${writeFilter(TICKET_FILTER, filter)}`} className="w-fit py-1 underline underline-offset-4">
            {t("exportPlan.showTickets")}
          </Link>
        </div>
        <When form={form} />
        <Recipients form={form} one={one} />
        <SelectField form={form} name="locale" label={t("exportPlan.locale")} options={LOCALES.map((locale) => ({ value: locale, label: LOCALE_NAMES[locale] }))} />
        <FormActions form={form} onCancel={() => void navigate(SCHEDULED)} />
      </Form>
    </Card>
  );
}

function When({ form }: { form: AppForm<ScheduledForm> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const weekdays = useWeekdays();
  const every = form.watch("every");
  const zone = form.watch("zone");
  const zones = ZONES.includes(zone) ? ZONES : [zone, ...ZONES];
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField form={form} name="every" label={t("exportPlan.every")} options={(["day", "week", "month"] as const).map((value) => ({ value, label: t(`exportEvery.${value}`) }))} />
      {every === "week" && <SelectField form={form} name="weekday" label={t("exportPlan.weekday")} options={weekdays} />}
      {every === "month" && (
        <SelectField form={form} name="monthday" label={t("exportPlan.monthday")} hint={t("exportPlan.monthdayHint")} options={Array.from({ length: 31 }, (_, n) => ({ value: String(n + 1), label: format.number(n + 1) }))} />
      )}
      <TextField form={form} name="time" type="time" dir="ltr" label={t("exportPlan.time")} required />
      <SelectField form={form} name="zone" label={t("exportPlan.zone")} dir="ltr" options={zones.map((value) => ({ value, label: value }))} />
    </div>
  );
}

function Recipients({ form, one }: { form: AppForm<ScheduledForm>; one?: TicketExport }) {
  const { t, i18n } = useTranslation();
  const offered = useRecipients();
  const chosen = form.watch("recipient_ids");
  const error = form.formState.errors.recipient_ids?.message;
  // Who may no longer get it still has a name.
  const people = offered && [...offered, ...(one?.recipients ?? []).filter(({ id }) => !offered.some((each) => each.id === id))];
  return (
    <Several
      label={t("exportPlan.recipients")}
      hint={t("exportPlan.recipientsText")}
      error={error && fieldWords(i18n, error)}
      chosen={chosen}
      options={named(people)}
      onChange={(next) => form.setValue("recipient_ids", next, { shouldDirty: true, shouldValidate: form.formState.isSubmitted })}
    />
  );
}

function Runs({ one }: { one: TicketExport }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { query, rows } = useRuns(one);
  const columns = useMemo(
    () =>
      [
        column.accessor("due_at", {
          header: t("exportPlan.dueAt"),
          cell: ({ row: { original: run } }) => (
            <RowTitle to={`${SCHEDULED}/runs/${run.id}`} phone={<RunResult run={run} />}>
              <Time at={run.due_at} full />
            </RowTitle>
          ),
        }),
        column.accessor("state", { header: t("exportPlan.state"), meta: { className: "hidden sm:table-cell w-56" }, cell: ({ row }) => <RunResult run={row.original} /> }),
        column.accessor("rows", { header: t("exportPlan.tickets"), meta: { className: "hidden sm:table-cell w-28 text-end" }, cell: ({ row: { original: run } }) => (run.state === "sent" ? format.number(run.rows) : "") }),
      ] as ColumnDef<TicketExportRun, never>[],
    [t, format],
  );
  const table = useDataTable({ name: "ticket-export-runs", rows, columns, rowId: (run) => run.id });
  return (
    <Section title={t("exportPlan.runs")}>
      <DataList table={table} query={query} label={t("exportPlan.runs")} expected={3} empty={{ icon: CalendarClock, title: t("exportPlan.noRuns") }} />
    </Section>
  );
}
