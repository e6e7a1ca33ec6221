import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { MessageSquarePlus, Plus } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { one, search, useUrlFilter } from "@/lib/url-filter";
import { useCustomTemplates, type CustomTemplate } from "./custom-data";

const NONE: CustomTemplate[] = [];
const column = createColumnHelper<CustomTemplate>();
export const CUSTOM = "/admin/custom-templates";
const CATEGORIES = ["customers", "staff"] as const;
const FILTER = { q: search(), category: one(CATEGORIES) };

/** Templates that were added, for rules and for whoever answers. */
export function CustomTemplateListPage() {
  const { t } = useTranslation();
  const list = useUrlFilter(FILTER);
  const query = useCustomTemplates();
  const { q, category } = list.filter;
  const rows = useMemo(() => {
    const wanted = q.trim().toLocaleLowerCase();
    return (query.data ?? NONE).filter((row) => (category === "" || row.category === category) && (wanted === "" || row.name.toLocaleLowerCase().includes(wanted)));
  }, [query.data, q, category]);
  const columns = useMemo(() => {
    const kind = (row: CustomTemplate) => `${t(`customTemplateCategory.${row.category}`)} · ${t(`messageChannel.${row.channel}`)}`;
    return [
      column.accessor("name", {
        header: t("customTemplate.name"),
        cell: ({ row: { original: row } }) => (
          <RowTitle to={`${CUSTOM}/${row.id}`} phone={kind(row)}>
            {row.name}
          </RowTitle>
        ),
      }),
      column.display({ id: "kind", header: t("messageTemplate.category"), meta: { name: t("messageTemplate.category"), className: "hidden sm:table-cell w-72" }, cell: ({ row }) => kind(row.original) }),
      column.display({
        id: "languages",
        header: t("messageTemplate.languages"),
        meta: { name: t("messageTemplate.languages"), className: "hidden md:table-cell w-64" },
        cell: ({ row: { original: row } }) => (
          <span className="flex flex-wrap gap-1">
            {LOCALES.filter((locale) => row.texts[locale]).map((locale) => (
              <Badge key={locale}>{LOCALE_NAMES[locale]}</Badge>
            ))}
          </span>
        ),
      }),
      column.accessor("updated_at", { header: t("messageTemplate.last"), meta: { name: t("messageTemplate.last"), className: "hidden md:table-cell w-40" }, cell: ({ row }) => <Time at={row.original.updated_at} /> }),
    ] as ColumnDef<CustomTemplate, never>[];
  }, [t]);
  const table = useDataTable({ name: "custom_templates", rows, columns, rowId: (row) => row.id });
  return (
    <Page
      title={t("nav.customTemplates")}
      description={t("customTemplate.text")}
      actions={
        <Button asChild variant="primary">
          <Link to={`${CUSTOM}/new`}>
            <Plus aria-hidden />
            {t("customTemplate.new")}
          </Link>
        </Button>
      }
    >
      <FilterBar
        list={list}
        search={{ key: "q", label: t("customTemplate.search") }}
        facets={[{ key: "category", label: t("messageTemplate.category"), any: t("messageTemplate.anyCategory"), options: CATEGORIES.map((value) => ({ value, label: t(`customTemplateCategory.${value}`) })) }]}
        table={table}
      />
      <DataList table={table} query={query} filter={list} label={t("nav.customTemplates")} empty={{ icon: MessageSquarePlus, title: t("customTemplate.none") }} href={(row) => `${CUSTOM}/${row.id}`} />
    </Page>
  );
}
