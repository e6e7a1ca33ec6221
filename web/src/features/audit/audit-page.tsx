import { Download, ScrollText } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DataList } from "@/components/list/data-list";
import { Day } from "@/components/list/day";
import { FilterBar } from "@/components/list/filter-bar";
import { Views } from "@/components/list/views";
import { Page } from "@/components/page";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { useUrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { auditColumns } from "./components/audit-columns";
import { ACTIONS, SUBJECTS } from "./data/actions";
import { AUDIT_FILTER, useAudit, useAuditExport } from "./data/queries";

/** Who did what. */
export function AuditPage() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const list = useUrlFilter(AUDIT_FILTER);
  const { filter, change } = list;
  const { query, rows } = useAudit(filter);
  const download = useAuditExport();
  const mayExport = useMay("audit.export");
  const columns = useMemo(() => auditColumns(t, change), [t, change]);
  const table = useDataTable({ name: "audit", rows, columns, rowId: (line) => String(line.id) });
  const words = useMemo(() => {
    const named = (values: readonly string[], group: string) => values.map((value) => ({ value, label: t(`${group}.${value}`) })).sort((a, b) => a.label.localeCompare(b.label, i18n.language));
    return { actions: named(ACTIONS, "auditAction"), subjects: named(SUBJECTS, "auditSubject") };
  }, [t, i18n.language]);
  const actor = rows.find((line) => line.actor?.id === filter.actor)?.actor;
  const day = (key: "from" | "to") => ({ value: filter[key], label: `${t(`trail.${key}`)} ${filter[key] && format.day(filter[key])}` });
  return (
    <Page
      title={t("nav.audit")}
      description={t("trail.text")}
      width="wide"
      actions={
        mayExport && (
          <Button busy={download.isPending} onClick={() => download.mutate(filter)}>
            <Download aria-hidden />
            {t("trail.export")}
          </Button>
        )
      }
    >
      <Views
        name="audit"
        list={list}
        views={[
          { name: t("trail.views.all"), filter: {} },
          { name: t("trail.views.access"), filter: { kind: "session" } },
          { name: t("trail.views.roles"), filter: { kind: "role" } },
          { name: t("trail.views.customers"), filter: { kind: "customer" } },
        ]}
      />
      <FilterBar
        list={list}
        search={{ key: "q", label: t("trail.search") }}
        facets={[
          { key: "action", label: t("trail.what"), any: t("trail.anyAction"), options: words.actions },
          { key: "kind", label: t("trail.kind"), any: t("trail.anyKind"), options: words.subjects },
          { key: "actor", label: t("trail.who"), options: actor ? [{ value: actor.id, label: actor.name || actor.email }] : [] },
          { key: "from", label: t("trail.from"), options: [day("from")] },
          { key: "to", label: t("trail.to"), options: [day("to")] },
        ]}
        table={table}
      >
        <Day label={t("trail.from")} value={filter.from} max={filter.to} onChange={(from) => change({ from })} />
        <Day label={t("trail.to")} value={filter.to} min={filter.from} onChange={(to) => change({ to })} />
      </FilterBar>
      <DataList table={table} query={query} filter={list} label={t("nav.audit")} empty={{ icon: ScrollText, title: t("trail.noneYet") }} />
    </Page>
  );
}
