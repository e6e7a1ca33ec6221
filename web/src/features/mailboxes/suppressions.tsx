import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { ShieldCheck } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Suppression } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Ltr, Mono } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { useLiftSuppression, useSuppressions } from "./data/queries";

const column = createColumnHelper<Suppression>();

/** Addresses that mail is no longer sent to, because it came back. */
export function SuppressionsPage() {
  const { t } = useTranslation();
  const { query, rows } = useSuppressions();
  const columns = useMemo(() => {
    const reason = (item: Suppression) => (
      <>
        {t(`suppressionReason.${item.reason}`)}
        {item.detail && <Mono className="block truncate text-xs text-muted-foreground">{item.detail}</Mono>}
      </>
    );
    return [
      column.accessor("address", {
        header: t("suppression.address"),
        cell: ({ row: { original: item } }) => (
          <RowTitle
            phone={
              <>
                {reason(item)} · <Time at={item.created_at} />
              </>
            }
          >
            <Ltr>{item.address}</Ltr>
          </RowTitle>
        ),
      }),
      column.accessor("reason", { header: t("common.reason"), meta: { className: "hidden sm:table-cell w-56" }, cell: ({ row }) => reason(row.original) }),
      column.accessor("created_at", {
        header: t("suppression.since"),
        meta: { className: "hidden sm:table-cell w-40" },
        cell: ({ getValue }) => <Time at={getValue()} />,
      }),
      column.display({
        id: "actions",
        header: () => <span className="sr-only">{t("common.actions")}</span>,
        meta: { className: "w-40 text-end" },
        cell: ({ row }) => <Lift address={row.original.address} />,
      }),
    ] as ColumnDef<Suppression, never>[];
  }, [t]);
  const table = useDataTable({ name: "suppressions", rows, columns, rowId: (item) => item.address });
  return (
    <Page title={t("nav.suppressions")} description={t("suppression.text")}>
      <DataList table={table} query={query} label={t("nav.suppressions")} empty={{ icon: ShieldCheck, title: t("suppression.none") }} expected={5} />
    </Page>
  );
}

function Lift({ address }: { address: string }) {
  const { t } = useTranslation();
  const lift = useLiftSuppression();
  return (
    <Button size="sm" busy={lift.isPending} onClick={() => lift.mutate(address, { onSuccess: () => toast({ tone: "success", title: t("suppression.lifted") }) })}>
      {t("suppression.lift")}
    </Button>
  );
}
