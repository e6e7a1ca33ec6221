import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { LogIn } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { LOGIN_OUTCOMES, type JournalLine } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { useUrlFilter } from "@/lib/url-filter";
import { Device } from "./components/device";
import { LoginMethod, LoginPlace, OutcomeBadge } from "./components/login-cells";
import { LOGINS, useLogins } from "./data/admin";

const column = createColumnHelper<JournalLine>();

/** Every try to sign in, to whichever account. */
export function LoginJournalPage() {
  const { t } = useTranslation();
  const list = useUrlFilter(LOGINS);
  const { filter, change } = list;
  const { query, rows } = useLogins(filter);
  const columns = useMemo(
    () =>
      [
        column.accessor("email", {
          header: t("loginLog.account"),
          cell: ({ row: { original: line } }) => (
            <RowTitle
              marks={!line.known_device && line.outcome === "success" && <Badge tone="info">{t("loginLog.newDevice")}</Badge>}
              sub={<LoginMethod line={line} />}
              phone={
                <>
                  <OutcomeBadge outcome={line.outcome} />
                  <LoginMethod line={line} />
                  <LoginPlace ip={line.ip} />
                  <Time at={line.at} />
                </>
              }
            >
              <Ltr>{line.email}</Ltr>
            </RowTitle>
          ),
        }),
        column.accessor("outcome", {
          header: t("loginLog.outcome"),
          meta: { className: "hidden sm:table-cell w-48", name: t("loginLog.outcome") },
          cell: ({ row }) => <OutcomeBadge outcome={row.original.outcome} />,
        }),
        column.display({
          id: "place",
          header: t("ownSession.place"),
          meta: { className: "hidden sm:table-cell w-44", name: t("ownSession.place") },
          cell: ({ row: { original: line } }) =>
            line.ip ? (
              <Button variant="link" size="text" aria-label={t("loginLog.onlyFrom", { ip: line.ip })} onClick={() => change({ q: line.ip! })}>
                <Ltr>{line.ip}</Ltr>
              </Button>
            ) : (
              <LoginPlace ip={null} />
            ),
        }),
        column.display({
          id: "device",
          header: t("ownSession.device"),
          meta: { className: "hidden lg:table-cell w-44", name: t("ownSession.device") },
          cell: ({ row }) => <Device userAgent={row.original.user_agent} />,
        }),
        column.accessor("at", { header: t("loginLog.at"), meta: { className: "hidden sm:table-cell w-36" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
      ] as ColumnDef<JournalLine, never>[],
    [t, change],
  );
  const table = useDataTable({ name: "logins", rows, columns, rowId: (line) => String(line.id) });
  return (
    <Page title={t("nav.logins")} description={t("loginLog.text")} width="wide">
      <FilterBar
        list={list}
        search={{ key: "q", label: t("loginLog.search") }}
        facets={[{ key: "outcome", label: t("loginLog.outcome"), any: t("loginLog.anyOutcome"), options: LOGIN_OUTCOMES.map((value) => ({ value, label: t(`loginOutcome.${value}`) })) }]}
        table={table}
      />
      <DataList table={table} query={query} label={t("nav.logins")} filter={list} empty={{ icon: LogIn, title: t("loginLog.none") }} />
    </Page>
  );
}
