import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { ShieldCheck } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { SecurityAlert } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Views } from "@/components/list/views";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { useUrlFilter } from "@/lib/url-filter";
import { LoginPlace } from "./components/login-cells";
import { ALERTS, useAcknowledge, useAlerts } from "./data/admin";

const column = createColumnHelper<SecurityAlert>();
const TONES = { critical: "danger", warning: "warning", info: "info" } as const;

/** What somebody who watches over security should look at. */
export function AlertsPage() {
  const { t } = useTranslation();
  const list = useUrlFilter(ALERTS);
  const manage = useMay("security.manage");
  const { query, rows } = useAlerts(list.filter);
  const columns = useMemo(() => {
    const severity = (alert: SecurityAlert) => <Badge tone={TONES[alert.severity]}>{t(`alertSeverity.${alert.severity}`)}</Badge>;
    const noted = (alert: SecurityAlert) =>
      alert.acknowledged_at ? (
        <span className="text-xs text-muted-foreground">
          {t("alertLog.noted")} <Time at={alert.acknowledged_at} />
        </span>
      ) : (
        manage && <Acknowledge id={alert.id} />
      );
    return [
      column.accessor("kind", {
        header: t("alertLog.what"),
        cell: ({ row: { original: alert } }) => (
          <RowTitle
            sub={<Concerns alert={alert} />}
            phone={
              <>
                {severity(alert)}
                <Concerns alert={alert} />
                <LoginPlace ip={alert.ip} />
                <Time at={alert.at} />
                {noted(alert)}
              </>
            }
          >
            {t([`alertKind.${alert.kind}`, "alertKind.other"])}
          </RowTitle>
        ),
      }),
      column.accessor("severity", { header: t("alertLog.severity"), meta: { className: "hidden sm:table-cell w-32" }, cell: ({ row }) => severity(row.original) }),
      column.display({ id: "place", header: t("ownSession.place"), meta: { className: "hidden lg:table-cell w-44" }, cell: ({ row }) => <LoginPlace ip={row.original.ip} /> }),
      column.accessor("at", { header: t("loginLog.at"), meta: { className: "hidden sm:table-cell w-36" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
      column.display({
        id: "actions",
        header: () => <span className="sr-only">{t("common.actions")}</span>,
        meta: { className: "hidden sm:table-cell w-48 text-end" },
        cell: ({ row }) => noted(row.original),
      }),
    ] as ColumnDef<SecurityAlert, never>[];
  }, [t, manage]);
  const table = useDataTable({ name: "alerts", rows, columns, rowId: (alert) => alert.id });
  return (
    <Page title={t("nav.alerts")} description={t("alertLog.text")}>
      <Views
        name="alerts"
        list={list}
        views={[
          { name: t("alertLog.all"), filter: {} },
          { name: t("alertLog.open"), filter: { state: "open" } },
        ]}
      />
      <DataList
        table={table}
        query={query}
        label={t("nav.alerts")}
        // Nothing open is good news, not a search that found nothing.
        empty={{ icon: ShieldCheck, title: t(list.filter.state === "open" ? "alertLog.noneOpen" : "alertLog.none"), text: t("alertLog.noneText") }}
        expected={6}
      />
    </Page>
  );
}

/** The account, which leads to the tries to sign in to it, and how many of them failed. */
function Concerns({ alert: { email, data } }: { alert: SecurityAlert }) {
  const { t } = useTranslation();
  const account = email ?? (typeof data.email === "string" ? data.email : null);
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2">
      {account && (
        <Link to={`/admin/logins?q=${encodeURIComponent(account)}`} className="flex min-h-[24px] items-center break-all underline underline-offset-2">
          <Ltr>{account}</Ltr>
        </Link>
      )}
      {typeof data.failures === "number" && <span>{t("alertLog.failures", { n: data.failures })}</span>}
    </span>
  );
}

function Acknowledge({ id }: { id: string }) {
  const { t } = useTranslation();
  const acknowledge = useAcknowledge();
  return (
    <Button size="sm" busy={acknowledge.isPending} onClick={() => acknowledge.mutate(id, { onSuccess: () => toast({ tone: "success", title: t("alertLog.done") }) })}>
      {t("alertLog.acknowledge")}
    </Button>
  );
}
