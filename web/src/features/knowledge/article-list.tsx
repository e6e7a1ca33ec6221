import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { BookOpen, FolderTree, Plus } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ListedArticle, Locale } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { useUrlFilter } from "@/lib/url-filter";
import { Languages, StateBadge } from "./components/badges";
import { ARTICLE_FILTER, sectionChoices, STATES, useArticles, useSections } from "./data";

const column = createColumnHelper<ListedArticle>();
const BASE = "/desk/knowledge";

/** The articles as their editors see them. */
export function ArticleListPage() {
  const { t, i18n } = useTranslation();
  const list = useUrlFilter(ARTICLE_FILTER);
  const { query, rows } = useArticles(list.filter);
  const sections = useSections();
  const choices = useMemo(() => sectionChoices(sections.data ?? [], i18n.language as Locale), [sections.data, i18n.language]);
  const columns = useMemo(() => {
    const sectionOf = (article: ListedArticle) => <bdi>{choices.find(({ value }) => value === article.section_id)?.label}</bdi>;
    const votes = ({ helpful, unhelpful, solved }: ListedArticle) => t("knowledge.votesOf", { helpful, unhelpful, solved });
    return [
      column.accessor("title", {
        header: t("knowledge.title"),
        cell: ({ row: { original: article } }) => (
          <RowTitle
            to={`${BASE}/${article.id}`}
            marks={<StateBadge state={article.state} />}
            sub={<span>{t(`articleVisibility.${article.visibility}`)}</span>}
            phone={
              <>
                {sectionOf(article)}
                <Languages locales={article.locales} />
              </>
            }
          >
            <bdi>{article.title}</bdi>
          </RowTitle>
        ),
      }),
      column.display({ id: "section", header: t("knowledge.section"), meta: { name: t("knowledge.section"), className: "hidden md:table-cell w-48" }, cell: ({ row }) => sectionOf(row.original) }),
      column.display({ id: "languages", header: t("knowledge.languages"), meta: { name: t("knowledge.languages"), className: "hidden sm:table-cell w-56" }, cell: ({ row }) => <Languages locales={row.original.locales} /> }),
      column.display({ id: "votes", header: t("knowledge.votes"), meta: { name: t("knowledge.votes"), className: "hidden lg:table-cell w-56" }, cell: ({ row }) => votes(row.original) }),
      column.accessor("updated_at", { header: t("knowledge.updated"), meta: { name: t("knowledge.updated"), className: "hidden sm:table-cell w-36" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
    ] as ColumnDef<ListedArticle, never>[];
  }, [t, choices]);
  const table = useDataTable({ name: "knowledge", rows, columns, rowId: (article) => article.id });
  const create = (
    <Button asChild variant="primary">
      <Link to={`${BASE}/new`}>
        <Plus aria-hidden />
        {t("knowledge.new")}
      </Link>
    </Button>
  );
  return (
    <Page
      title={t("nav.knowledge")}
      description={t("knowledge.text")}
      actions={
        <>
          <Button asChild>
            <Link to={`${BASE}/sections`}>
              <FolderTree aria-hidden />
              {t("knowledge.sections")}
            </Link>
          </Button>
          {create}
        </>
      }
      width="wide"
    >
      <FilterBar
        list={list}
        search={{ key: "q", label: t("knowledge.search") }}
        facets={[
          { key: "state", label: t("knowledge.state"), any: t("knowledge.anyState"), options: STATES.map((value) => ({ value, label: t(`articleState.${value}`) })) },
          { key: "section", label: t("knowledge.section"), any: t("knowledge.anySection"), options: choices },
          { key: "missing", label: t("knowledge.missing"), any: t("knowledge.anyLanguage"), options: LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] })) },
          { key: "age", label: t("knowledge.age"), any: t("knowledge.anyAge"), options: [{ value: "outdated", label: t("knowledge.outdated") }] },
        ]}
        table={table}
      />
      <DataList table={table} query={query} filter={list} label={t("nav.knowledge")} empty={{ icon: BookOpen, title: t("knowledge.none"), text: t("knowledge.noneText"), action: create }} href={(article) => `${BASE}/${article.id}`} />
    </Page>
  );
}
