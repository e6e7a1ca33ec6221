import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { Eraser } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Locale, Processing, RetentionRun } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { DataList } from "@/components/list/data-list";
import { Labelled } from "@/components/labelled";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { useRegister, useRetentionRuns } from "./data/queries";
import { Erasures } from "./erasures";

/** What is done with personal data, and what was deleted when its time was over. */
export function PersonalDataPage() {
  const { t } = useTranslation();
  const register = useRegister();
  const erase = useMay("persons.erase");
  return (
    <Page title={t("nav.personalData")} description={t("privacy.text")}>
      <section className="grid gap-3" aria-labelledby="register">
        <h2 id="register" className="text-base font-semibold">
          {t("privacy.register")}
        </h2>
        {register.isPending && <Skeleton className="h-64" />}
        {register.isError && !register.data && <ErrorState error={register.error} onRetry={() => void register.refetch()} />}
        {register.data && (
          <ul className="grid gap-3 lg:grid-cols-2">
            {register.data.items.map((one) => (
              <li key={one.key} className="grid">
                <Entry one={one} />
              </li>
            ))}
          </ul>
        )}
      </section>
      {erase && (
        <section className="grid gap-3" aria-labelledby="erasures">
          <h2 id="erasures" className="text-base font-semibold">
            {t("erase.list")}
          </h2>
          <p className="text-sm text-muted-foreground">{t("erase.listText")}</p>
          <Erasures />
        </section>
      )}
      <section className="grid gap-3" aria-labelledby="runs">
        <h2 id="runs" className="text-base font-semibold">
          {t("privacy.runs")}
        </h2>
        <p className="text-sm text-muted-foreground">{t("privacy.runsText")}</p>
        <Runs />
      </section>
    </Page>
  );
}

function Entry({ one }: { one: Processing }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language as Locale;
  // A law counts in years, the timer in days with the leap days in: 1826 are five years.
  const lasting = (days: number) => {
    const years = Math.round(days / 365.25);
    return years > 0 && Math.abs(days - years * 365.25) <= 1 ? t("privacy.years", { count: years }) : t("privacy.days", { count: days });
  };
  const facts = [
    [t("privacy.data"), one.data[locale]],
    [t("privacy.basis"), <span key="basis">{t(`legalBasis.${one.basis}`)} · <bdi>{one.law.replaceAll("GDPR", t("privacy.gdpr"))}</bdi></span>],
    [t("privacy.kept"), one.kept[locale]],
  ] as const;
  return (
    <Card className="grid content-start gap-3 p-4 sm:p-5">
      <div>
        <h3 className="font-medium">{one.name[locale]}</h3>
        <p className="text-sm text-muted-foreground">{one.purpose[locale]}</p>
      </div>
      <dl className="grid gap-2 text-sm">
        {facts.map(([term, text]) => (
          <div key={term}>
            <dt className="text-muted-foreground">{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
        {one.timers.length > 0 && (
          <div>
            <dt className="text-muted-foreground">{t("privacy.timers")}</dt>
            {one.timers.map((timer) => (
              <dd key={timer.key}>
                <Labelled name={t(`retained.${timer.key}`)}>{lasting(timer.days)}</Labelled>
              </dd>
            ))}
          </div>
        )}
      </dl>
    </Card>
  );
}

const column = createColumnHelper<RetentionRun>();

function Runs() {
  const { t } = useTranslation();
  const { query, rows } = useRetentionRuns();
  const columns = useMemo(
    () =>
      [
        column.accessor("at", { header: t("privacy.at"), meta: { className: "w-40" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
        column.accessor("deleted", {
          header: t("privacy.deleted"),
          cell: ({ row }) => {
            const parts = row.original.deleted.map((part) => `${t("common.label", { name: t(`retained.${part.key}`) })}${part.rows}`);
            return parts.length > 0 ? parts.join(" · ") : <span className="text-muted-foreground">{t("privacy.nothing")}</span>;
          },
        }),
      ] as ColumnDef<RetentionRun, never>[],
    [t],
  );
  const table = useDataTable({ name: "retention-runs", rows, columns, rowId: (run) => run.id });
  return <DataList table={table} query={query} label={t("privacy.runs")} empty={{ icon: Eraser, title: t("privacy.noRuns") }} expected={5} />;
}
