import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { Plus, Workflow } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { AutomationRule } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { useRules } from "./data/queries";

const NONE: AutomationRule[] = [];
const column = createColumnHelper<AutomationRule>();

/** What acts on tickets by itself. */
export function RuleListPage() {
  const { t } = useTranslation();
  const query = useRules();
  const edit = useMay("automation.edit");
  const columns = useMemo(() => {
    const state = (rule: AutomationRule) =>
      rule.held > 0 ? <Badge tone="warning">{t("rule.waits", { count: rule.held })}</Badge> : <Badge tone={rule.enabled ? "success" : "neutral"}>{t(rule.enabled ? "rule.on" : "rule.off")}</Badge>;
    const when = ({ spec: { trigger } }: AutomationRule) => (trigger.when === "event" ? t(`happening.${trigger.on}`) : t("rule.everyMinutes", { count: trigger.every_minutes }));
    return [
      column.accessor("name", {
        header: t("rule.name"),
        cell: ({ row: { original: rule } }) => (
          <RowTitle
            to={`/admin/automation/${rule.id}`}
            phone={
              <>
                {state(rule)}
                <span>{when(rule)}</span>
              </>
            }
          >
            <bdi>{rule.name}</bdi>
          </RowTitle>
        ),
      }),
      column.display({ id: "when", header: t("rule.when"), meta: { className: "hidden sm:table-cell w-64" }, cell: ({ row }) => when(row.original) }),
      column.accessor("acted", { header: t("rule.acted"), meta: { className: "hidden md:table-cell w-32" } }),
      column.display({ id: "state", header: t("rule.state"), meta: { className: "hidden sm:table-cell w-40" }, cell: ({ row }) => state(row.original) }),
    ] as ColumnDef<AutomationRule, never>[];
  }, [t]);
  const table = useDataTable({ name: "automation", rows: query.data?.items ?? NONE, columns, rowId: (rule) => rule.id });
  const create = edit && (
    <Button asChild variant="primary">
      <Link to="/admin/automation/new">
        <Plus aria-hidden />
        {t("rule.new")}
      </Link>
    </Button>
  );
  return (
    <Page title={t("nav.automation")} description={t("rule.text")} actions={create} width="wide">
      <DataList table={table} query={query} label={t("nav.automation")} empty={{ icon: Workflow, title: t("rule.none"), action: create }} expected={4} href={(rule) => `/admin/automation/${rule.id}`} />
    </Page>
  );
}
