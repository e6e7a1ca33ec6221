import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { ListChecks } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { TicketBulk } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { useDataTable } from "@/components/ui/use-data-table";
import { useFormat } from "@/lib/use-format";
import { BulkStateBadge, BulkWhat } from "./components/bulk-result";
import { useBulks } from "./data/bulk";

const column = createColumnHelper<TicketBulk>();

/** What one changed in many tickets at once, to be looked at again. */
export function BulkListPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { query, rows } = useBulks();
  const columns = useMemo(() => {
    const refused = ({ refused: n }: TicketBulk) => (n > 0 ? <span className="text-danger">{t("bulk.refusedCount", { n: format.number(n) })}</span> : null);
    return [
      column.accessor("total", {
        header: t("bulk.tickets"),
        cell: ({ row: { original: bulk } }) => (
          <RowTitle
            to={`/desk/bulk-changes/${bulk.id}`}
            sub={<BulkWhat change={bulk.change} />}
            phone={
              <>
                <BulkStateBadge state={bulk.state} />
                {refused(bulk)}
                <Time at={bulk.created_at} />
              </>
            }
          >
            {t("bulk.count", { count: bulk.total, n: format.number(bulk.total) })}
          </RowTitle>
        ),
      }),
      column.accessor("refused", { header: t("bulk.refused"), meta: { className: "hidden md:table-cell w-40" }, cell: ({ row }) => refused(row.original) }),
      column.accessor("state", { header: t("bulk.state"), meta: { className: "hidden sm:table-cell w-36" }, cell: ({ getValue }) => <BulkStateBadge state={getValue()} /> }),
      column.accessor("created_at", { header: t("bulk.at"), meta: { className: "hidden sm:table-cell w-40" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
    ] as ColumnDef<TicketBulk, never>[];
  }, [t, format]);
  const table = useDataTable({ name: "bulks", rows, columns, rowId: (bulk) => bulk.id });
  return (
    <Page title={t("bulk.list")} description={t("bulk.listText")} back={{ to: "/desk/tickets", label: t("nav.tickets") }}>
      <DataList table={table} query={query} label={t("bulk.list")} expected={5} empty={{ icon: ListChecks, title: t("bulk.none"), text: t("bulk.noneText") }} />
    </Page>
  );
}
