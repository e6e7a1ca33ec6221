import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { LogIn } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { LoginLine } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { useDataTable } from "@/components/ui/use-data-table";
import { useOwnLogins } from "../data/own";
import { Device } from "./device";
import { LoginMethod, LoginPlace, OutcomeBadge } from "./login-cells";

const column = createColumnHelper<LoginLine>();

/** Every try to sign in to one's account. */
export function History() {
  const { t } = useTranslation();
  const { query, rows } = useOwnLogins();
  const columns = useMemo(
    () =>
      [
        column.display({
          id: "device",
          header: t("ownSession.device"),
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
              <Device userAgent={line.user_agent} />
            </RowTitle>
          ),
        }),
        column.accessor("outcome", { header: t("loginLog.outcome"), meta: { className: "hidden sm:table-cell w-48" }, cell: ({ row }) => <OutcomeBadge outcome={row.original.outcome} /> }),
        column.display({ id: "place", header: t("ownSession.place"), meta: { className: "hidden sm:table-cell w-44" }, cell: ({ row }) => <LoginPlace ip={row.original.ip} /> }),
        column.accessor("at", { header: t("loginLog.at"), meta: { className: "hidden sm:table-cell w-40" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
      ] as ColumnDef<LoginLine, never>[],
    [t],
  );
  const table = useDataTable({ name: "own-logins", rows, columns, rowId: (line) => String(line.id) });
  return (
    <div className="grid gap-3">
      <p className="text-sm text-muted-foreground">{t("loginLog.ownText")}</p>
      <DataList table={table} query={query} label={t("safety.history")} empty={{ icon: LogIn, title: t("loginLog.none") }} expected={8} />
    </div>
  );
}
