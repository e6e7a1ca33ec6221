import { LogIn } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { LOGIN_OUTCOMES, type JournalLine } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { Views } from "@/components/list/views";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { useUrlFilter } from "@/lib/url-filter";
import { LoginPlace } from "./components/login-cells";
import { loginColumns } from "./components/login-columns";
import { LOGINS, useLogins } from "./data/admin";

/** Every try to sign in, to whichever account. */
export function LoginJournalPage() {
  const { t } = useTranslation();
  const list = useUrlFilter(LOGINS);
  const { filter, change } = list;
  const { query, rows } = useLogins(filter);
  const columns = useMemo(
    () =>
      loginColumns<JournalLine>(t, {
        title: { header: t("loginLog.account"), of: (line) => <Ltr>{line.email}</Ltr> },
        place: ({ ip }) =>
          ip ? (
            <Button variant="link" size="text" aria-label={t("loginLog.onlyFrom", { ip })} onClick={() => change({ q: ip })}>
              <Ltr>{ip}</Ltr>
            </Button>
          ) : (
            <LoginPlace ip={null} />
          ),
      }),
    [t, change],
  );
  const table = useDataTable({ name: "logins", rows, columns, rowId: (line) => String(line.id) });
  return (
    <Page title={t("nav.logins")} description={t("loginLog.text")} width="wide">
      <Views
        name="logins"
        list={list}
        views={[
          { name: t("loginLog.all"), filter: {} },
          { name: t("loginLog.failed"), filter: { outcome: "failure" } },
          { name: t("loginLog.blocked"), filter: { outcome: "blocked" } },
        ]}
      />
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
