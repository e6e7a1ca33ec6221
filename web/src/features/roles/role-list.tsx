import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { Plus, ShieldCheck } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { PermissionCategory, Role } from "@/api/types";
import { Clip } from "@/components/clip";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { RoleName } from "./components/role-name";
import { usePermissions, useRoles } from "./data/queries";

const NONE: Role[] = [];
const column = createColumnHelper<Role>();

export function RoleListPage() {
  const { t } = useTranslation();
  const query = useRoles();
  const rows = query.data?.items ?? NONE;
  const catalog = usePermissions();
  const columns = useColumns(rows, catalog.data?.items);
  const table = useDataTable({ name: "roles", rows, columns, rowId: (role) => role.id });
  const create = useMay("roles.edit") && (
    <Button asChild variant="primary">
      <Link to="/admin/roles/new">
        <Plus aria-hidden />
        {t("roleAdmin.new")}
      </Link>
    </Button>
  );
  return (
    <Page title={t("nav.roles")} description={t("roleAdmin.text")} actions={create} width="wide">
      <DataList
        table={table}
        query={query}
        label={t("nav.roles")}
        empty={{ icon: ShieldCheck, title: t("roleAdmin.none"), action: create }}
        expected={5}
        href={(role) => `/admin/roles/${role.id}`}
      />
    </Page>
  );
}

function useColumns(all: Role[], catalog: PermissionCategory[] | undefined) {
  const { t } = useTranslation();
  return useMemo(() => {
    // As many as the role's page shows: a role keeps permissions of parts that do not exist yet, and nobody is offered those.
    const offered = catalog && new Set(catalog.flatMap((category) => category.permissions.map((one) => one.key)));
    const permissions = (role: Role) => offered && t("roleAdmin.permissionCount", { count: role.effective.filter((key) => offered.has(key)).length });
    const users = (role: Role) => t("roleAdmin.userCount", { count: role.users });
    return [
      column.accessor("key", {
        header: t("roleAdmin.name"),
        cell: ({ row: { original: role } }) => (
          <RowTitle
            to={`/admin/roles/${role.id}`}
            marks={role.system && <Badge>{t("roleAdmin.system")}</Badge>}
            sub={role.description && <Clip>{role.description}</Clip>}
            phone={
              <>
                <span>{permissions(role)}</span>
                <span>{users(role)}</span>
              </>
            }
          >
            <RoleName role={role} />
          </RowTitle>
        ),
      }),
      column.display({
        id: "technical",
        header: t("roleAdmin.key"),
        meta: { className: "hidden lg:table-cell w-44" },
        cell: ({ row }) => <Ltr className="text-muted-foreground">{row.original.key}</Ltr>,
      }),
      column.accessor("parents", {
        header: t("roleAdmin.parents"),
        meta: { className: "hidden lg:table-cell w-56" },
        cell: ({ row }) => (
          <span className="flex flex-wrap gap-x-2 text-muted-foreground">
            {all
              .filter((one) => row.original.parents.includes(one.id))
              .map((parent) => (
                <RoleName key={parent.id} role={parent} />
              ))}
          </span>
        ),
      }),
      column.accessor("effective", {
        header: t("roleAdmin.permissions"),
        meta: { className: "hidden sm:table-cell w-40" },
        cell: ({ row }) => <span className="text-muted-foreground">{permissions(row.original)}</span>,
      }),
      column.accessor("users", {
        header: t("roleAdmin.users"),
        meta: { className: "hidden sm:table-cell w-36" },
        cell: ({ row }) => <span className="text-muted-foreground">{users(row.original)}</span>,
      }),
    ] as ColumnDef<Role, never>[];
  }, [t, all, catalog]);
}
