import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { MonitorSmartphone } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { OwnSession } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { useEndSessions, useSessions } from "../data/own";
import { Device } from "./device";

const column = createColumnHelper<OwnSession>();
const NONE: OwnSession[] = [];

/** Where one is signed in. */
export function Sessions() {
  const { t } = useTranslation();
  const sessions = useSessions();
  const columns = useMemo(() => {
    const place = (item: OwnSession) => {
      const ip = item.last_ip ?? item.ip;
      return ip ? <Ltr>{ip}</Ltr> : t("ownSession.unknownPlace");
    };
    const current = (item: OwnSession, className?: string) =>
      item.current && (
        <Badge tone="success" className={className}>
          {t("ownSession.current")}
        </Badge>
      );
    return [
      column.display({
        id: "device",
        header: t("ownSession.device"),
        cell: ({ row: { original: item } }) => (
          <RowTitle
            marks={current(item, "max-sm:hidden")}
            sub={
              <span>
                {t("ownSession.since")} <Time at={item.created_at} /> · {item.methods.map((method) => t([`proof.${method}`, "proof.other"])).join(", ")}
              </span>
            }
            phone={
              <>
                {current(item)}
                <span>
                  {place(item)} · <Time at={item.last_seen_at} />
                </span>
              </>
            }
          >
            <Device userAgent={item.user_agent} />
          </RowTitle>
        ),
      }),
      column.display({ id: "place", header: t("ownSession.place"), meta: { className: "hidden sm:table-cell w-44" }, cell: ({ row }) => place(row.original) }),
      column.accessor("last_seen_at", { header: t("ownSession.lastSeen"), meta: { className: "hidden sm:table-cell w-40" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
      column.display({
        id: "actions",
        header: () => <span className="sr-only">{t("common.actions")}</span>,
        meta: { className: "w-28 sm:w-32 text-end" },
        cell: ({ row: { original: item } }) => !item.current && <End id={item.id} />,
      }),
    ] as ColumnDef<OwnSession, never>[];
  }, [t]);
  const rows = sessions.data?.items ?? NONE;
  const table = useDataTable({ name: "own-sessions", rows, columns, rowId: (item) => item.id });
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 grow basis-60 text-sm text-muted-foreground">{t("ownSession.text")}</p>
        {rows.some((item) => !item.current) && <EndOthers />}
      </div>
      <DataList table={table} query={sessions} label={t("ownSession.title")} empty={{ icon: MonitorSmartphone, title: t("ownSession.none") }} expected={3} />
    </div>
  );
}

function End({ id }: { id: string }) {
  const { t } = useTranslation();
  const end = useEndSessions();
  return (
    <Button size="sm" busy={end.isPending} onClick={() => end.mutate(id, { onSuccess: () => toast({ tone: "success", title: t("ownSession.ended") }) })}>
      {t("ownSession.end")}
    </Button>
  );
}

function EndOthers() {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const end = useEndSessions();
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t("ownSession.endOthers")}</Button>
      <ConfirmDialog
        open={asking}
        title={t("ownSession.endOthersTitle")}
        description={t("ownSession.endOthersText")}
        confirm={t("ownSession.endOthers")}
        danger
        busy={end.isPending}
        onCancel={() => setAsking(false)}
        onConfirm={() =>
          end.mutate(null, {
            onSuccess: () => toast({ tone: "success", title: t("ownSession.othersEnded") }),
            onSettled: () => setAsking(false),
          })
        }
      />
    </>
  );
}
