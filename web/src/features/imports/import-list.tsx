import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { FileUp } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { FileDrop } from "@/components/files/file-picker";
import { UploadList } from "@/components/files/upload-list";
import { useUploads } from "@/components/files/use-uploads";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Section } from "@/components/ui/section";
import { useDataTable } from "@/components/ui/use-data-table";
import { useFormat } from "@/lib/use-format";
import { ImportStateBadge } from "./components/state-badge";
import { LARGEST_LIST, LIST_TYPES, sendList, useImports, type ImportSummary } from "./data/imports";

const column = createColumnHelper<ImportSummary>();
const to = (item: ImportSummary) => `/desk/customers/imports/${item.id}`;

/** A file to begin with, and what became of earlier ones. */
export function ImportListPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const uploads = useUploads({
    accept: LIST_TYPES,
    largest: LARGEST_LIST,
    send: async (file, progress, signal) => {
      const { id } = await sendList(file, progress, signal);
      void navigate(`/desk/customers/imports/${id}`);
    },
  });
  const { query, rows } = useImports();
  const columns = useMemo(() => {
    const made = (item: ImportSummary) => (item.imported > 0 ? t("import.made", { count: item.imported, n: format.number(item.imported) }) : null);
    return [
      column.accessor("name", {
        header: t("import.file"),
        cell: ({ row: { original: item } }) => (
          <RowTitle
            to={to(item)}
            sub={t("import.rowCount", { count: item.total, n: format.number(item.total) })}
            phone={
              <>
                <ImportStateBadge state={item.state} />
                {made(item)}
                <Time at={item.created_at} />
              </>
            }
          >
            <bdi>{item.name}</bdi>
          </RowTitle>
        ),
      }),
      column.accessor("state", {
        header: t("import.state"),
        meta: { className: "hidden sm:table-cell w-44", name: t("import.state") },
        cell: ({ getValue }) => <ImportStateBadge state={getValue()} />,
      }),
      column.display({ id: "made", header: t("import.result"), meta: { className: "hidden md:table-cell w-48", name: t("import.result") }, cell: ({ row }) => made(row.original) }),
      column.accessor("created_at", { header: t("import.at"), meta: { className: "hidden sm:table-cell w-40" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
    ] as ColumnDef<ImportSummary, never>[];
  }, [t, format]);
  const table = useDataTable({ name: "imports", rows, columns, rowId: (item) => item.id });
  return (
    <Page title={t("import.title")} description={t("import.text")} back={{ to: "/desk/customers", label: t("nav.customers") }}>
      <Section title={t("import.choose")}>
        <div className="grid gap-3">
          <FileDrop uploads={uploads} single>
            {t("import.hint")}
          </FileDrop>
          <UploadList uploads={uploads} />
        </div>
      </Section>
      <h2 className="mt-2 text-sm font-semibold">{t("import.past")}</h2>
      <DataList table={table} query={query} label={t("import.past")} href={to} empty={{ icon: FileUp, title: t("import.none"), text: t("import.noneText") }} />
    </Page>
  );
}
