import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { LogIn, UserPlus } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { LoginLine } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Labelled } from "@/components/labelled";
import { Time } from "@/components/time";
import { CardTitle } from "@/components/ui/card";
import { useDataTable } from "@/components/ui/use-data-table";
import { loginColumns } from "@/features/security/components/login-columns";
import { useSecurity, type MemberSecurity } from "../data/queries";

type MemberLogin = LoginLine & { name: string };
const NO_LOGINS: MemberLogin[] = [];
const NO_ACCOUNTS: MemberSecurity[] = [];
const column = createColumnHelper<MemberSecurity>();

/** How the people who act for a customer sign in. */
export function Security({ id }: { id: string }) {
  const { t } = useTranslation();
  const query = useSecurity(id);
  const accountColumns = useMemo(() => {
    const sessions = (account: MemberSecurity) => t("customer.openSessions", { n: account.sessions });
    const failures = (account: MemberSecurity) => t("customer.failedLogins", { n: account.failures });
    const moment = (at: string | null | undefined) => (at ? <Time at={at} /> : "—");
    const factors = (account: MemberSecurity) =>
      account.second_factors.length === 0
        ? t("customer.noFactor")
        : account.second_factors.map(({ method, since }) => (
            <span key={method} className="block">
              <Labelled name={t([`customer.factor.${method}`, "customer.factor.other"])}>
                <Time at={since} />
              </Labelled>
            </span>
          ));
    return [
      column.accessor("name", {
        header: t("customer.contactName"),
        cell: ({ row: { original: account } }) => (
          <RowTitle
            phone={
              <>
                <span>{sessions(account)}</span>
                <span>{failures(account)}</span>
                <span>
                  {t("customer.lastLogin")}: {moment(account.last_login_at)}
                </span>
                <span>
                  {t("customer.secondFactors")}: {factors(account)}
                </span>
              </>
            }
          >
            {account.name}
          </RowTitle>
        ),
      }),
      column.display({
        id: "second_factors",
        header: t("customer.secondFactors"),
        meta: { className: "hidden sm:table-cell w-56" },
        cell: ({ row: { original: account } }) => <span className="text-muted-foreground">{factors(account)}</span>,
      }),
      column.accessor("sessions", { header: t("customer.sessions"), meta: { className: "hidden sm:table-cell w-40" } }),
      column.accessor("failures", { header: t("customer.failures"), meta: { className: "hidden sm:table-cell w-44" } }),
      column.accessor("last_login_at", { header: t("customer.lastLogin"), meta: { className: "hidden md:table-cell w-40" }, cell: ({ getValue }) => moment(getValue()) }),
      column.accessor("password_changed_at", { header: t("customer.passwordChanged"), meta: { className: "hidden lg:table-cell w-44" }, cell: ({ getValue }) => moment(getValue()) }),
    ] as ColumnDef<MemberSecurity, never>[];
  }, [t]);
  const columns = useMemo(() => loginColumns<MemberLogin>(t, { title: { header: t("customer.contactName"), of: ({ name }) => name } }), [t]);
  const accounts = useDataTable({ name: "member-accounts", rows: query.data?.accounts ?? NO_ACCOUNTS, columns: accountColumns, rowId: (account) => account.user_id });
  const logins = useDataTable({ name: "member-logins", rows: (query.data?.logins ?? NO_LOGINS) as MemberLogin[], columns, rowId: ({ id: line }) => String(line) });
  return (
    <div className="grid gap-4">
      <DataList table={accounts} query={query} label={t("customer.members")} nested empty={{ icon: UserPlus, title: t("customer.noMembers") }} expected={2} />
      {query.data && query.data.accounts.length > 0 && (
        <div className="grid gap-2">
          <CardTitle>{t("customer.logins")}</CardTitle>
          <DataList table={logins} query={query} label={t("customer.logins")} nested empty={{ icon: LogIn, title: t("customer.noLogins") }} />
        </div>
      )}
    </div>
  );
}
