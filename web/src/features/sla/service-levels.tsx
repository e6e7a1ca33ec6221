import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { ArrowDown, ArrowUp, CalendarDays, Plus, Timer } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { SlaCalendar, SlaPolicy } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Mono } from "@/components/mono";
import { Page } from "@/components/page";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { RebindSection } from "./components/rebind";
import { useCalendars, useOrderPolicies, usePolicies } from "./data/queries";

const policyColumn = createColumnHelper<SlaPolicy>();
const calendarColumn = createColumnHelper<SlaCalendar>();
const NO_POLICIES: SlaPolicy[] = [];
const NO_CALENDARS: SlaCalendar[] = [];

/** What is promised to whom, and which hours count. */
export function ServiceLevelsPage() {
  const { t } = useTranslation();
  const edit = useMay("sla.edit");
  return (
    <Page title={t("nav.sla")} description={t("slaAdmin.text")}>
      <Policies edit={edit} />
      <Calendars edit={edit} />
      {edit && <RebindSection />}
    </Page>
  );
}

function Policies({ edit }: { edit: boolean }) {
  const { t } = useTranslation();
  const query = usePolicies();
  const rows = query.data?.items ?? NO_POLICIES;
  const columns = useMemo(() => {
    const state = (policy: SlaPolicy) => <PolicyState policy={policy} />;
    return [
      policyColumn.accessor("name", {
        header: t("slaAdmin.name"),
        cell: ({ row: { original: policy } }) => (
          <RowTitle
            to={edit ? `/admin/sla/policies/${policy.id}` : undefined}
            phone={
              <>
                {state(policy)}
                <bdi>{policy.calendar_name}</bdi>
              </>
            }
          >
            <bdi>{policy.name}</bdi>
          </RowTitle>
        ),
      }),
      policyColumn.accessor("number", { header: t("slaAdmin.version"), meta: { className: "hidden sm:table-cell w-24" } }),
      policyColumn.accessor("calendar_name", { header: t("slaAdmin.calendar"), meta: { className: "hidden sm:table-cell w-64" }, cell: ({ getValue }) => <bdi>{getValue()}</bdi> }),
      policyColumn.display({ id: "state", header: t("slaAdmin.state"), meta: { className: "hidden sm:table-cell w-44" }, cell: ({ row }) => state(row.original) }),
      policyColumn.display({
        id: "order",
        header: () => <span className="sr-only">{t("slaAdmin.order")}</span>,
        meta: { className: "w-24 text-end" },
        cell: ({ row }) => edit && <Move policy={row.original} />,
      }),
    ] as ColumnDef<SlaPolicy, never>[];
  }, [t, edit]);
  const table = useDataTable({ name: "sla_policies", rows, columns, rowId: (policy) => policy.id });
  return (
    <section className="grid gap-2" aria-labelledby="policies">
      <header className="flex flex-wrap items-center justify-between gap-2">
        <h2 id="policies" className="font-semibold">
          {t("slaAdmin.policies")}
        </h2>
        {edit && <Add to="/admin/sla/policies/new" label={t("slaAdmin.newPolicy")} />}
      </header>
      <p className="text-sm text-muted-foreground">{t("slaAdmin.policiesText")}</p>
      <DataList table={table} query={query} label={t("slaAdmin.policies")} empty={{ icon: Timer, title: t("slaAdmin.none") }} expected={2} href={edit ? (policy) => `/admin/sla/policies/${policy.id}` : undefined} />
    </section>
  );
}

/** Whether it takes tickets; of one whose tickets others take first, which those are. */
export function PolicyState({ policy: { enabled, fallback, taken_by } }: { policy: SlaPolicy }) {
  const { t, i18n } = useTranslation();
  if (taken_by.length === 0) return <Badge tone={enabled ? "success" : "neutral"}>{t(fallback ? "slaAdmin.fallback" : enabled ? "slaAdmin.on" : "slaAdmin.off")}</Badge>;
  const names = new Intl.ListFormat(i18n.language).format(taken_by.map(({ name }) => name));
  return (
    <span className="grid gap-0.5">
      <Badge tone="warning">{t("slaAdmin.unreached")}</Badge>
      <span className="text-xs text-muted-foreground">{t("slaAdmin.takenBy", { names })}</span>
    </span>
  );
}

/** Up and down in the order in which policies are asked. The buttons stay where they are, so that one can be pressed again. */
function Move({ policy }: { policy: SlaPolicy }) {
  const { t } = useTranslation();
  const order = useOrderPolicies();
  const ids = (usePolicies().data?.items ?? NO_POLICIES).filter((each) => !each.fallback).map(({ id }) => id);
  const at = ids.indexOf(policy.id);
  if (at < 0 || ids.length < 2) return null;
  const move = (by: number) => {
    if (ids[at + by] !== undefined) order.mutate(ids.toSpliced(at, 1).toSpliced(at + by, 0, policy.id));
  };
  return (
    <span className="inline-flex gap-1">
      {/* Not disabled at the end of its way: the focus would be lost. */}
      <Button variant="ghost" size="icon-sm" aria-disabled={at === 0} aria-label={t("slaAdmin.up", { name: policy.name })} onClick={() => move(-1)}>
        <ArrowUp aria-hidden />
      </Button>
      <Button variant="ghost" size="icon-sm" aria-disabled={at === ids.length - 1} aria-label={t("slaAdmin.down", { name: policy.name })} onClick={() => move(1)}>
        <ArrowDown aria-hidden />
      </Button>
    </span>
  );
}

function Calendars({ edit }: { edit: boolean }) {
  const { t } = useTranslation();
  const query = useCalendars();
  const columns = useMemo(
    () =>
      [
        calendarColumn.accessor("name", {
          header: t("slaAdmin.name"),
          cell: ({ row: { original: calendar } }) => (
            <RowTitle to={edit ? `/admin/sla/calendars/${calendar.id}` : undefined} phone={<Mono>{calendar.zone}</Mono>}>
              <bdi>{calendar.name}</bdi>
            </RowTitle>
          ),
        }),
        calendarColumn.accessor("zone", { header: t("slaAdmin.zone"), meta: { className: "hidden sm:table-cell w-48" }, cell: ({ getValue }) => <Mono>{getValue()}</Mono> }),
        calendarColumn.accessor((calendar) => calendar.holidays.length, { id: "holidays", header: t("slaAdmin.holidays"), meta: { className: "hidden sm:table-cell w-32" } }),
        calendarColumn.accessor("policies", { header: t("slaAdmin.usedBy"), meta: { className: "hidden sm:table-cell w-32" } }),
      ] as ColumnDef<SlaCalendar, never>[],
    [t, edit],
  );
  const table = useDataTable({ name: "sla_calendars", rows: query.data?.items ?? NO_CALENDARS, columns, rowId: (calendar) => calendar.id });
  return (
    <section className="grid gap-2" aria-labelledby="calendars">
      <header className="flex flex-wrap items-center justify-between gap-2">
        <h2 id="calendars" className="font-semibold">
          {t("slaAdmin.calendars")}
        </h2>
        {edit && <Add to="/admin/sla/calendars/new" label={t("slaAdmin.newCalendar")} />}
      </header>
      <DataList table={table} query={query} label={t("slaAdmin.calendars")} empty={{ icon: CalendarDays, title: t("slaAdmin.none") }} expected={2} href={edit ? (calendar) => `/admin/sla/calendars/${calendar.id}` : undefined} />
    </section>
  );
}

function Add({ to, label }: { to: string; label: string }) {
  return (
    <Button asChild>
      <Link to={to}>
        <Plus aria-hidden />
        {label}
      </Link>
    </Button>
  );
}
