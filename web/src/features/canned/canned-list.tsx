import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { MessageSquareQuote, Plus } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { CannedReply } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { useUrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { Shortcut } from "./components/shortcut";
import { CANNED_FILTER, CANNED_SORTS, useCannedOptions, useCannedReplies } from "./data/queries";

const NONE: CannedReply[] = [];
const column = createColumnHelper<CannedReply>();
const BASE = "/desk/canned-replies";

/** Texts that agents say again and again. */
export function CannedListPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useUrlFilter(CANNED_FILTER);
  const query = useCannedReplies(list.filter);
  const options = useCannedOptions();
  const columns = useMemo(() => {
    const group = (reply: CannedReply) => (reply.group ? <bdi>{reply.group.name}</bdi> : t("canned.everybody"));
    const last = (reply: CannedReply) => (reply.last_used_at ? <Time at={reply.last_used_at} /> : t("canned.never"));
    const retired = (reply: CannedReply) => reply.retired && <Badge>{t("canned.retired")}</Badge>;
    return [
      column.accessor("title", {
        header: t("canned.title"),
        cell: ({ row: { original: reply } }) => (
          <RowTitle
            to={`${BASE}/${reply.id}`}
            marks={<span className="max-sm:hidden">{retired(reply)}</span>}
            sub={<Shortcut>{reply.shortcut}</Shortcut>}
            phone={
              <>
                <Shortcut>{reply.shortcut}</Shortcut>
                {reply.category && <bdi>{reply.category}</bdi>}
                <span>{t("canned.usesCount", { count: reply.uses })}</span>
                {retired(reply)}
              </>
            }
          >
            <bdi>{reply.title}</bdi>
          </RowTitle>
        ),
      }),
      column.accessor("category", { header: t("canned.category"), meta: { name: t("canned.category"), className: "hidden sm:table-cell w-44" }, cell: ({ getValue }) => <bdi>{getValue()}</bdi> }),
      column.display({ id: "group", header: t("canned.group"), meta: { name: t("canned.group"), className: "hidden md:table-cell w-40" }, cell: ({ row }) => group(row.original) }),
      column.accessor("uses", { header: t("canned.uses"), cell: ({ getValue }) => format.number(getValue()), meta: { name: t("canned.uses"), className: "hidden sm:table-cell w-28" } }),
      column.accessor("users", { header: t("canned.people"), cell: ({ getValue }) => format.number(getValue()), meta: { name: t("canned.people"), className: "hidden lg:table-cell w-28" } }),
      column.display({ id: "last", header: t("canned.lastUsed"), meta: { name: t("canned.lastUsed"), className: "hidden sm:table-cell w-40" }, cell: ({ row }) => last(row.original) }),
    ] as ColumnDef<CannedReply, never>[];
  }, [t, format]);
  const table = useDataTable({ name: "canned_replies", rows: query.data?.items ?? NONE, columns, rowId: (reply) => reply.id });
  const create = (
    <Button asChild variant="primary">
      <Link to={`${BASE}/new`}>
        <Plus aria-hidden />
        {t("canned.new")}
      </Link>
    </Button>
  );
  return (
    <Page title={t("nav.cannedReplies")} description={t("canned.text")} actions={create} width="wide">
      <FilterBar
        list={list}
        search={{ key: "q", label: t("canned.search") }}
        facets={[
          { key: "category", label: t("canned.category"), any: t("canned.anyCategory"), options: (options.data?.categories ?? []).map((value) => ({ value, label: value })) },
          { key: "group", label: t("canned.group"), any: t("canned.anyGroup"), options: (options.data?.groups ?? []).map(({ id, name }) => ({ value: id, label: name })) },
          { key: "state", label: t("canned.state"), any: t("canned.anyState"), options: (["offered", "retired"] as const).map((value) => ({ value, label: t(`canned.${value}`) })) },
        ]}
        order={{ key: "sort", label: t("canned.order"), options: CANNED_SORTS.map((value) => ({ value, label: t(`cannedSort.${value}`) })) }}
        table={table}
      />
      <DataList table={table} query={query} filter={list} label={t("nav.cannedReplies")} empty={{ icon: MessageSquareQuote, title: t("canned.none"), text: t("canned.noneText"), action: create }} href={(reply) => `${BASE}/${reply.id}`} />
    </Page>
  );
}
