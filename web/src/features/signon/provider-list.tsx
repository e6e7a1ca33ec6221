import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import type { TFunction } from "i18next";
import { KeyRound, Plus } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ProviderSettings } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { useProviderList } from "./data/queries";

const NONE: ProviderSettings[] = [];
const column = createColumnHelper<ProviderSettings>();

/** With which providers people may sign in. */
export function ProviderListPage() {
  const { t } = useTranslation();
  const query = useProviderList();
  const edit = useMay("settings.edit");
  const columns = useMemo(() => providerColumns(t, edit), [t, edit]);
  const table = useDataTable({ name: "oidc-providers", rows: query.data?.items ?? NONE, columns, rowId: (provider) => provider.id });
  const create = edit && (
    <Button asChild variant="primary">
      <Link to="/admin/single-sign-on/new">
        <Plus aria-hidden />
        {t("provider.new")}
      </Link>
    </Button>
  );
  return (
    <Page title={t("nav.signOn")} description={t("provider.text")} actions={create} width="wide">
      <DataList
        table={table}
        query={query}
        label={t("nav.signOn")}
        empty={{ icon: KeyRound, title: t("provider.none"), text: t("provider.noneText"), action: create }}
        expected={2}
        href={edit ? (provider) => `/admin/single-sign-on/${provider.id}` : undefined}
      />
    </Page>
  );
}

function providerColumns(t: TFunction, edit: boolean): ColumnDef<ProviderSettings, never>[] {
  const state = ({ enabled }: ProviderSettings) => <Badge tone={enabled ? "success" : "neutral"}>{t(enabled ? "provider.on" : "provider.off")}</Badge>;
  return [
    column.accessor("name", {
      header: t("provider.name"),
      cell: ({ row: { original: provider } }) => (
        <RowTitle
          to={edit ? `/admin/single-sign-on/${provider.id}` : undefined}
          phone={
            <>
              {state(provider)}
              <Ltr className="min-w-0 break-all">{provider.issuer}</Ltr>
            </>
          }
        >
          {provider.name}
        </RowTitle>
      ),
    }),
    column.accessor("issuer", { header: t("provider.issuer"), meta: { className: "hidden sm:table-cell" }, cell: ({ getValue }) => <Ltr className="break-all">{getValue()}</Ltr> }),
    column.accessor("people", { header: t("provider.people"), meta: { className: "hidden md:table-cell w-32" }, cell: ({ getValue }) => getValue() }),
    column.accessor("enabled", { header: t("provider.state"), meta: { className: "hidden sm:table-cell w-28" }, cell: ({ row }) => state(row.original) }),
  ] as ColumnDef<ProviderSettings, never>[];
}
