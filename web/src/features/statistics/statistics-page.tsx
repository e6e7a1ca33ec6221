import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Durations, StatisticsNumbers, TicketStatistics } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Pick } from "@/components/form/choices";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Figures } from "@/components/ui/figures";
import { Input, Select } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { useMay } from "@/features/shell/use-user";
import { after, named } from "@/lib/choices";
import { TIME_ZONE } from "@/lib/format";
import { isDay, useUrlFilter, type FilterOf, type UrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { useGroups } from "@/lib/use-groups";
import { behindPath, daysBefore, PERIOD, periodOf, SPANS, today, useStatistics, type Counted, type Period } from "./data";
import { NumberTable } from "./table";

const NONE = "–";

/** Metrics of the desk: what came, what was done, how long it took, and what customers say. */
export function StatisticsPage() {
  const { t } = useTranslation();
  const list = useUrlFilter(PERIOD);
  const period = periodOf(list.filter);
  const query = useStatistics(period);
  return (
    <Page title={t("nav.statistics")} description={t("statistics.text")} width="wide">
      <PeriodPicker period={period} onChange={list.change} />
      {query.isPending ? <Skeleton className="h-96" /> : query.data ? <Numbers all={query.data} period={period} /> : <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
    </Page>
  );
}

interface DayProps {
  label: string;
  value: string;
  onChange: (day: string) => void;
}

/** Typed letter by letter; only a day that somebody can mean is asked for. */
function Day({ label, value, onChange }: DayProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Field label={label}>
      {(control) => (
        <Input
          type="date"
          {...control}
          value={typed ?? value}
          onChange={(event) => {
            setTyped(event.target.value);
            if (isDay(event.target.value)) onChange(event.target.value);
          }}
          onBlur={() => setTyped(null)}
        />
      )}
    </Field>
  );
}

function PeriodPicker({ period, onChange }: { period: Period; onChange: UrlFilter<FilterOf<typeof PERIOD>>["change"] }) {
  const { t } = useTranslation();
  const groups = useGroups();
  const mayGroups = useMay("tickets.view");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = [...new Set([TIME_ZONE, own, "UTC", period.zone])];
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap gap-2">
        {SPANS.map((days) => (
          <Button
            key={days}
            aria-pressed={period.from === daysBefore(period.to, days) && period.to === today(period.zone)}
            variant={period.from === daysBefore(period.to, days) && period.to === today(period.zone) ? "primary" : undefined}
            onClick={() => onChange({ from: daysBefore(today(period.zone), days), to: today(period.zone) })}
          >
            {t("statistics.days", { count: days })}
          </Button>
        ))}
      </div>
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        {/* A period that would end before it begins is one day. */}
        <Day label={t("statistics.from")} value={period.from} onChange={(from) => onChange({ from, to: from > period.to ? from : period.to }, { replace: true })} />
        <Day label={t("statistics.to")} value={period.to} onChange={(to) => onChange({ to, from: to < period.from ? to : period.from }, { replace: true })} />
        <Field label={t("statistics.zone")}>
          {(control) => (
            <Select {...control} value={period.zone} onChange={(event) => onChange({ zone: event.target.value })}>
              {known.map((zone) => (
                <option key={zone} value={zone}>
                  {zone}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {mayGroups && <Pick label={t("statistics.group")} value={period.group_id ?? ""} options={after({ value: "", label: t("statistics.allGroups") }, named(groups))} onChange={(group_id) => onChange({ group_id })} />}
      </div>
    </div>
  );
}

function useBehind(period: Period) {
  const may = useMay("tickets.view");
  return (counted: Counted, shown: string, of: { agent_id?: string; group_id?: string; from?: string; to?: string } = {}) =>
    may && shown !== NONE && shown !== "0" ? (
      <Link className="inline-flex min-h-[24px] min-w-[24px] items-center text-primary underline underline-offset-4" to={behindPath(period, counted, of)}>
        {shown}
      </Link>
    ) : (
      shown
    );
}

function Numbers({ all, period }: { all: TicketStatistics; period: Period }) {
  const { t } = useTranslation();
  const format = useFormat();
  const behind = useBehind(period);
  const { total } = all;
  const time = (seconds: number | null) => (seconds === null ? NONE : format.span(seconds * 1000));
  const share = (part: number, whole: number) => (whole === 0 ? NONE : `${format.percent(part / whole)} (${format.number(part)}/${format.number(whole)})`);
  const sum = (key: "opened" | "left" | "reopened") => all.days.reduce((n, day) => n + day[key], 0);
  const most = Math.max(1, ...all.days.map((day) => day.open));
  const satisfaction = (of: StatisticsNumbers) => share(of.satisfied, of.rated);
  const times = (key: string, of: Durations, counted: Counted) => ({
    key,
    cells: [t(`statistics.${key}`), behind(counted, format.number(of.count)), time(of.median), time(of.p90), time(of.business_median), time(of.business_p90), share(of.kept, of.promised)],
  });
  const of = (row: StatisticsNumbers, which: { agent_id?: string; group_id?: string }) => ({
    key: row.id ?? "",
    cells: [
      <bdi key="name">{row.name}</bdi>,
      format.number(row.handled),
      behind("replied", format.number(row.replies), which),
      behind("first_response", time(row.first_response.median), which),
      behind("resolution", time(row.resolution.median), which),
      behind("reopened", format.number(row.reopened), which),
      behind("rated", satisfaction(row), which),
    ],
  });
  const heads = ["handled", "replies", "firstMedian", "resolutionMedian", "reopened", "satisfaction"].map((key) => t(`statistics.${key}`));
  return (
    <>
      <Figures
        label={t("statistics.summary")}
        list={[
          { name: t("statistics.openNow"), value: format.number(all.open) },
          { name: t("statistics.opened"), value: format.number(sum("opened")) },
          { name: t("statistics.left"), value: format.number(sum("left")) },
          { name: t("statistics.firstMedian"), value: time(total.first_response.median) },
          { name: t("statistics.resolutionMedian"), value: time(total.resolution.median) },
          { name: t("statistics.satisfaction"), value: total.rated === 0 ? NONE : format.percent(total.satisfied / total.rated) },
        ]}
      />
      <NumberTable
        title={t("statistics.times")}
        text={t("statistics.timesText")}
        head={["what", "count", "median", "p90", "businessMedian", "businessP90", "kept"].map((key) => t(`statistics.${key}`))}
        rows={[times("firstResponse", total.first_response, "first_response"), times("resolution", total.resolution, "resolution")]}
        empty=""
      />
      <NumberTable
        title={t("statistics.satisfactionTitle")}
        text={t("statistics.satisfactionText")}
        head={["what", "count", "satisfaction", "mean"].map((key) => t(`statistics.${key}`))}
        rows={[{ key: "rated", cells: [t("statistics.ratings"), behind("rated", format.number(total.rated)), satisfaction(total), total.mean_rating === null ? NONE : format.number(total.mean_rating, 1)] }]}
        empty=""
      />
      <NumberTable title={t("statistics.agents")} text={t("statistics.agentsText")} head={[t("statistics.agent"), ...heads]} rows={all.agents.map((row) => of(row, { agent_id: row.id ?? "" }))} empty={t("statistics.nothing")} />
      <NumberTable title={t("statistics.groups")} text={t("statistics.groupsText")} head={[t("statistics.group"), ...heads]} rows={all.groups.map((row) => of(row, { group_id: row.id ?? "" }))} empty={t("statistics.nothing")} />
      <NumberTable
        title={t("statistics.backlog")}
        text={t("statistics.backlogText")}
        head={["day", "opened", "reopened", "left", "openAtEnd"].map((key) => t(`statistics.${key}`))}
        rows={[...all.days].reverse().map((day) => {
          const link = (counted: Counted, value: number) => behind(counted, format.number(value), { from: day.day, to: day.day });
          return {
            key: day.day,
            cells: [
              <Ltr key="day">{day.day}</Ltr>,
              link("opened", day.opened),
              link("reopened", day.reopened),
              link("left", day.left),
              <span key="open" className="flex items-center gap-2">
                <span className="w-12">{format.number(day.open)}</span>
                <span aria-hidden className="h-2 w-32 rounded-full bg-muted">
                  <span className="block h-2 rounded-full bg-primary" style={{ inlineSize: `${(Math.max(0, day.open) / most) * 100}%` }} />
                </span>
              </span>,
            ],
          };
        })}
        empty=""
      />
    </>
  );
}
