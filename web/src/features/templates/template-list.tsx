import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { MailPlus } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { MessageTemplateSummary } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { useDataTable } from "@/components/ui/use-data-table";
import { LOCALE_NAMES } from "@/i18n";
import { useUrlFilter } from "@/lib/url-filter";
import { CATEGORIES, CHANNELS, TEMPLATE_FILTER, useTemplates } from "./data";

const NONE: MessageTemplateSummary[] = [];
const column = createColumnHelper<MessageTemplateSummary>();
const BASE = "/admin/templates";

/** The change made last, in whatever language. */
function latest({ changes }: MessageTemplateSummary) {
  return changes.toSorted((a, b) => b.updated_at.localeCompare(a.updated_at))[0];
}

/** Everything that the product says by mail and text message by itself. */
export function TemplateListPage() {
  const { t } = useTranslation();
  const list = useUrlFilter(TEMPLATE_FILTER);
  const query = useTemplates();
  const { q, category, channel, state } = list.filter;
  const rows = useMemo(() => {
    const wanted = q.trim().toLocaleLowerCase();
    return (query.data ?? NONE).filter(
      (row) =>
        (category === "" || row.category === category) &&
        (channel === "" || row.channel === channel) &&
        (state === "" || row.changes.some((each) => (state === "failed" ? each.failed : each.overridden))) &&
        (wanted === "" || `${t(`messageKey.${row.key}`)} ${row.key}`.toLocaleLowerCase().includes(wanted)),
    );
  }, [query.data, q, category, channel, state, t]);
  const columns = useMemo(() => {
    const languages = (row: MessageTemplateSummary) => {
      const own = row.changes.filter(({ overridden }) => overridden);
      if (own.length === 0) return <span className="text-muted-foreground">{t("messageTemplate.usual")}</span>;
      return (
        <span className="flex flex-wrap gap-1">
          {own.map(({ locale, failed }) => (
            <Badge key={locale} tone={failed ? "danger" : "info"}>
              {LOCALE_NAMES[locale]}
              {failed && ` · ${t("messageTemplate.failed")}`}
            </Badge>
          ))}
        </span>
      );
    };
    const last = (row: MessageTemplateSummary) => {
      const change = latest(row);
      return change && <Time at={change.updated_at} />;
    };
    return [
      column.accessor("key", {
        header: t("messageTemplate.message"),
        cell: ({ row: { original: row } }) => (
          <RowTitle
            to={`${BASE}/${row.key}`}
            phone={
              <>
                <span>{t(`messageChannel.${row.channel}`)}</span>
                {languages(row)}
              </>
            }
          >
            {t(`messageKey.${row.key}`)}
          </RowTitle>
        ),
      }),
      column.accessor("category", { header: t("messageTemplate.category"), meta: { name: t("messageTemplate.category"), className: "hidden sm:table-cell w-44" }, cell: ({ row }) => t(`messageCategory.${row.original.category}`) }),
      column.accessor("channel", { header: t("messageTemplate.channel"), meta: { name: t("messageTemplate.channel"), className: "hidden sm:table-cell w-28" }, cell: ({ row }) => t(`messageChannel.${row.original.channel}`) }),
      column.display({ id: "languages", header: t("messageTemplate.own"), meta: { name: t("messageTemplate.own"), className: "hidden sm:table-cell w-64" }, cell: ({ row }) => languages(row.original) }),
      column.display({ id: "last", header: t("messageTemplate.last"), meta: { name: t("messageTemplate.last"), className: "hidden md:table-cell w-40" }, cell: ({ row }) => last(row.original) }),
    ] as ColumnDef<MessageTemplateSummary, never>[];
  }, [t]);
  const table = useDataTable({ name: "message_templates", rows, columns, rowId: (row) => row.key });
  return (
    <Page title={t("nav.templates")} description={t("messageTemplate.text")} width="wide">
      <FilterBar
        list={list}
        search={{ key: "q", label: t("messageTemplate.search") }}
        facets={[
          { key: "category", label: t("messageTemplate.category"), any: t("messageTemplate.anyCategory"), options: CATEGORIES.map((value) => ({ value, label: t(`messageCategory.${value}`) })) },
          { key: "channel", label: t("messageTemplate.channel"), any: t("messageTemplate.anyChannel"), options: CHANNELS.map((value) => ({ value, label: t(`messageChannel.${value}`) })) },
          { key: "state", label: t("messageTemplate.own"), any: t("messageTemplate.anyState"), options: (["changed", "failed"] as const).map((value) => ({ value, label: t(`messageTemplate.${value}`) })) },
        ]}
        table={table}
      />
      <DataList table={table} query={query} filter={list} label={t("nav.templates")} empty={{ icon: MailPlus, title: t("messageTemplate.none") }} href={(row) => `${BASE}/${row.key}`} />
    </Page>
  );
}
