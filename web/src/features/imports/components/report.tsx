import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { Rows3 } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { useDataTable } from "@/components/ui/use-data-table";
import { useUrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { OUTCOMES, ROWS, useImportRows, type Import, type ImportRow } from "../data/imports";
import { OutcomeBadge } from "./state-badge";

const column = createColumnHelper<ImportRow>();

/** What became of each row of the file, or would. */
export function Report({ item }: { item: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useUrlFilter(ROWS);
  const { query, rows } = useImportRows(item.id, `${item.state}.${item.fingerprint ?? ""}`, list.filter.outcome, format.locale);
  const columns = useMemo(
    () =>
      [
        column.accessor("line", {
          header: t("import.line"),
          meta: { className: "hidden sm:table-cell w-24" },
          cell: ({ getValue }) => <span className="tabular text-muted-foreground">{format.number(getValue())}</span>,
        }),
        column.accessor("name", {
          header: t("import.name"),
          cell: ({ row: { original: row } }) => (
            <RowTitle
              to={row.customer_id ? `/desk/customers/${row.customer_id}` : undefined}
              phone={
                <>
                  {t("import.line")} {format.number(row.line)}
                  <OutcomeBadge outcome={row.outcome} />
                  <Issues row={row} />
                </>
              }
            >
              <bdi>{row.name || "—"}</bdi>
            </RowTitle>
          ),
        }),
        column.accessor("outcome", {
          header: t("import.outcome"),
          meta: { className: "hidden sm:table-cell w-36" },
          cell: ({ getValue }) => <OutcomeBadge outcome={getValue()} />,
        }),
        column.display({
          id: "issues",
          header: t("import.issues"),
          meta: { className: "hidden sm:table-cell w-1/2" },
          cell: ({ row }) => <Issues row={row.original} />,
        }),
      ] as ColumnDef<ImportRow, never>[],
    [t, format],
  );
  const table = useDataTable({ name: "import-rows", rows, columns, rowId: ({ line }) => String(line) });
  const offered = OUTCOMES.filter((outcome) => outcome !== "imported" || item.imported > 0);
  return (
    <div className="grid gap-3">
      <FilterBar
        list={list}
        facets={[{ key: "outcome", label: t("import.outcome"), any: t("import.allRows"), options: offered.map((value) => ({ value, label: t(`importOutcome.${value}`) })) }]}
      />
      <DataList table={table} query={query} label={t("import.report")} filter={list} empty={{ icon: Rows3, title: t("import.noRows") }} />
    </div>
  );
}

function Issues({ row }: { row: ImportRow }) {
  const { t } = useTranslation();
  if (row.issues.length === 0) return null;
  return (
    <ul className="grid gap-0.5 py-0.5 text-xs">
      {row.issues.map((issue, at) => (
        <li key={at} className="break-words">
          {issue.column && <span className="font-medium">{t(`importColumn.${issue.column}`)} </span>}
          {issue.value && (
            <bdi className="rounded bg-sunken px-1 font-mono break-all dark:bg-raised">{issue.value}</bdi>
          )}{" "}
          {issue.message}
        </li>
      ))}
    </ul>
  );
}
