import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { MonitorSmartphone } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { LiveSession } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Listed } from "@/components/labelled";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { useUrlFilter } from "@/lib/url-filter";
import { Device } from "./components/device";
import { SESSIONS, useEndSession, useSessions } from "./data/admin";

const column = createColumnHelper<LiveSession>();

/** Everybody who is signed in, with the means to end it. */
export function SessionsPage() {
  const { t } = useTranslation();
  const list = useUrlFilter(SESSIONS);
  const { query, rows } = useSessions(list.filter);
  const columns = useMemo(() => {
    const place = ({ ip }: LiveSession) => (ip ? <Ltr>{ip}</Ltr> : t("ownSession.unknownPlace"));
    return [
      column.accessor("name", {
        header: t("allSessions.person"),
        cell: ({ row: { original: item } }) => (
          <RowTitle
            to={`/admin/users/${item.user_id}`}
            marks={item.current && <Badge tone="success">{t("ownSession.current")}</Badge>}
            sub={<Ltr className="truncate">{item.email}</Ltr>}
            phone={
              <>
                <Ltr className="min-w-0 truncate">{item.email}</Ltr>
                <Device userAgent={item.user_agent} />
                <span>
                  {place(item)} · <Time at={item.last_seen_at} />
                </span>
              </>
            }
          >
            {item.name}
          </RowTitle>
        ),
      }),
      column.display({
        id: "device",
        header: t("ownSession.device"),
        meta: { className: "hidden md:table-cell w-56" },
        cell: ({ row: { original: item } }) => (
          <span className="grid">
            <Device userAgent={item.user_agent} />
            <span className="text-xs text-muted-foreground">
              <Listed items={item.methods.map((method) => t([`proof.${method}`, "proof.other"]))} />
            </span>
          </span>
        ),
      }),
      column.display({ id: "place", header: t("ownSession.place"), meta: { className: "hidden sm:table-cell w-40" }, cell: ({ row }) => place(row.original) }),
      column.accessor("created_at", { header: t("ownSession.since"), meta: { className: "hidden lg:table-cell w-36" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
      column.accessor("last_seen_at", { header: t("ownSession.lastSeen"), meta: { className: "hidden sm:table-cell w-36" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
      column.display({
        id: "actions",
        header: () => <span className="sr-only">{t("common.actions")}</span>,
        meta: { className: "w-24 text-end" },
        cell: ({ row: { original: item } }) => !item.current && <End item={item} />,
      }),
    ] as ColumnDef<LiveSession, never>[];
  }, [t]);
  const table = useDataTable({ name: "sessions", rows, columns, rowId: (item) => item.id });
  return (
    <Page title={t("nav.sessions")} description={t("allSessions.text")} width="wide">
      <FilterBar list={list} search={{ key: "q", label: t("allSessions.search") }} facets={[]} table={table} />
      <DataList table={table} query={query} label={t("nav.sessions")} filter={list} empty={{ icon: MonitorSmartphone, title: t("allSessions.none") }} />
    </Page>
  );
}

function End({ item }: { item: LiveSession }) {
  const { t } = useTranslation();
  const end = useEndSession();
  return (
    <Button size="sm" busy={end.isPending} aria-label={`${t("common.label", { name: t("ownSession.end") })}${item.name}`} onClick={() => end.mutate(item, { onSuccess: () => toast({ tone: "success", title: t("ownSession.ended") }) })}>
      {t("ownSession.end")}
    </Button>
  );
}
