import { History } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DataList } from "@/components/list/data-list";
import { Day } from "@/components/list/day";
import { FilterBar } from "@/components/list/filter-bar";
import { Page } from "@/components/page";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { OWN_SECURITY } from "@/features/shell/navigation";
import { useUser } from "@/features/shell/use-user";
import { useUrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { ownColumns } from "./components/audit-columns";
import { ACTIONS, own, SUBJECTS } from "./data/actions";
import { OWN_FILTER, useOwnActivity } from "./data/queries";

/** What one did oneself; everybody has it. */
export function OwnActivityPage() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const list = useUrlFilter(OWN_FILTER);
  const { filter, change } = list;
  const { query, rows } = useOwnActivity(filter);
  const columns = useMemo(() => ownColumns(t), [t]);
  const table = useDataTable({ name: "own-activity", rows, columns, rowId: (line) => String(line.id) });
  const staff = useUser().dashboards.some((dashboard) => dashboard !== "client");
  const words = useMemo(() => {
    const named = (values: readonly string[], group: string) => own(values, staff).map((value) => ({ value, label: t(`${group}.${value}`) })).sort((a, b) => a.label.localeCompare(b.label, i18n.language));
    return { actions: named(ACTIONS, "auditAction"), subjects: named(SUBJECTS, "auditSubject") };
  }, [t, i18n.language, staff]);
  const day = (key: "from" | "to") => ({ value: filter[key], label: `${t(`trail.${key}`)} ${filter[key] && format.day(filter[key])}` });
  return (
    <Page
      title={t("nav.ownActivity")}
      description={t("trail.ownText")}
      width="wide"
      actions={
        <Button asChild>
          <Link to={`${OWN_SECURITY}?tab=history`}>{t("trail.ownLogins")}</Link>
        </Button>
      }
    >
      <FilterBar
        list={list}
        facets={[
          { key: "action", label: t("trail.what"), any: t("trail.anyAction"), options: words.actions },
          { key: "kind", label: t("trail.kind"), any: t("trail.anyKind"), options: words.subjects },
          { key: "from", label: t("trail.from"), options: [day("from")] },
          { key: "to", label: t("trail.to"), options: [day("to")] },
        ]}
        table={table}
      >
        <Day label={t("trail.from")} value={filter.from} max={filter.to} onChange={(from) => change({ from })} />
        <Day label={t("trail.to")} value={filter.to} min={filter.from} onChange={(to) => change({ to })} />
      </FilterBar>
      <DataList table={table} query={query} filter={list} label={t("nav.ownActivity")} empty={{ icon: History, title: t("trail.ownNone") }} />
    </Page>
  );
}
