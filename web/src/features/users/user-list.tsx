import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import type { TFunction } from "i18next";
import { UserPlus, Users } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { USER_STATUSES, type User } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Views } from "@/components/list/views";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { RoleName } from "@/features/roles/components/role-name";
import { useRoleOptions } from "@/features/roles/data/queries";
import { useMay } from "@/features/shell/use-user";
import { useUrlFilter } from "@/lib/url-filter";
import { StatusBadge } from "./status-badge";
import { USER_FILTER, useUsers } from "./data/queries";

const column = createColumnHelper<User>();

export function UserListPage() {
  const { t } = useTranslation();
  const list = useUrlFilter(USER_FILTER);
  const { query, rows } = useUsers(list.filter);
  const roles = useRoleOptions();
  const columns = useMemo(() => userColumns(t), [t]);
  const table = useDataTable({ name: "users", rows, columns, rowId: (user) => user.id });
  const invite = useMay("users.create") && (
    <Button asChild variant="primary">
      <Link to="/admin/users/new">
        <UserPlus aria-hidden />
        {t("person.invite")}
      </Link>
    </Button>
  );
  return (
    <Page title={t("nav.users")} actions={invite} width="wide">
      <Views
        name="users"
        list={list}
        views={[{ name: t("person.views.all"), filter: {} }, ...USER_STATUSES.map((status) => ({ name: t(`person.views.${status}`), filter: { status } }))]}
      />
      <FilterBar
        list={list}
        search={{ key: "q", label: t("person.search") }}
        facets={[
          { key: "status", label: t("person.status"), any: t("person.allStatuses"), options: USER_STATUSES.map((value) => ({ value, label: t(`userStatus.${value}`) })) },
          { key: "role", label: t("person.role"), any: t("person.allRoles"), options: roles },
        ]}
        table={table}
      />
      <DataList table={table} query={query} filter={list} label={t("nav.users")} empty={{ icon: Users, title: t("person.noneYet"), action: invite }} href={(user) => `/admin/users/${user.id}`} />
    </Page>
  );
}

function userColumns(t: TFunction): ColumnDef<User, never>[] {
  const lastIn = (user: User) => (user.last_login_at ? <Time at={user.last_login_at} /> : t("person.neverIn"));
  return [
    column.accessor("name", {
      header: t("person.name"),
      cell: ({ row: { original: user } }) => (
        <RowTitle
          to={`/admin/users/${user.id}`}
          sub={<Ltr className="truncate">{user.email}</Ltr>}
          phone={
            <>
              <StatusBadge status={user.status} />
              <RoleName role={user.role} />
              <Ltr className="min-w-0 truncate">{user.email}</Ltr>
              <span>{lastIn(user)}</span>
            </>
          }
        >
          {user.name}
        </RowTitle>
      ),
    }),
    column.accessor("role", {
      header: t("person.role"),
      meta: { name: t("person.role"), className: "hidden md:table-cell w-48" },
      cell: ({ getValue }) => <RoleName role={getValue()} />,
    }),
    column.accessor("status", {
      header: t("person.status"),
      meta: { name: t("person.status"), className: "hidden sm:table-cell w-32" },
      cell: ({ getValue }) => <StatusBadge status={getValue()} />,
    }),
    column.accessor("last_login_at", {
      header: t("person.lastLoginColumn"),
      meta: { name: t("person.lastLoginColumn"), className: "hidden sm:table-cell w-44" },
      cell: ({ row }) => <span className="text-muted-foreground">{lastIn(row.original)}</span>,
    }),
  ] as ColumnDef<User, never>[];
}
