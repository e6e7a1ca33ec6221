import { useMutation } from "@tanstack/react-query";
import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { MonitorSmartphone } from "lucide-react";
import { useMemo, useState, type ComponentProps } from "react";
import { useTranslation } from "react-i18next";
import type { OwnSession } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { Listed } from "@/components/labelled";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { Device } from "./device";

type Session = Omit<OwnSession, "current" | "expires_at"> & { current?: boolean };

/** Ends one session, or with `null` all that may be ended at once; it says itself what went wrong. */
type EndOf = (id: string | null) => Promise<unknown>;

const column = createColumnHelper<Session>();

interface SessionTableProps {
  /** Under this name the chosen columns are remembered on this device. */
  name: string;
  label: string;
  rows: Session[];
  query: ComponentProps<typeof DataList<Session>>["query"];
  expected: number;
  /** Not given to whoever may only look. */
  end?: EndOf;
}

/** Where somebody is signed in. */
export function SessionTable({ name, label, rows, query, expected, end }: SessionTableProps) {
  const { t } = useTranslation();
  const columns = useMemo(() => {
    const place = (item: Session) => {
      const ip = item.last_ip ?? item.ip;
      return ip ? <Ltr>{ip}</Ltr> : t("ownSession.unknownPlace");
    };
    const current = (item: Session, className?: string) =>
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
                {t("ownSession.since")} <Time at={item.created_at} /> · <Listed items={item.methods.map((method) => t([`proof.${method}`, "proof.other"]))} />
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
      column.display({ id: "place", header: t("ownSession.place"), meta: { className: "hidden sm:table-cell w-40" }, cell: ({ row }) => place(row.original) }),
      column.accessor("last_seen_at", { header: t("ownSession.lastSeen"), meta: { className: "hidden sm:table-cell w-40" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
      column.display({
        id: "actions",
        header: () => <span className="sr-only">{t("common.actions")}</span>,
        meta: { className: "w-28 sm:w-32 text-end" },
        cell: ({ row: { original: item } }) => end && !item.current && <End id={item.id} end={end} />,
      }),
    ] as ColumnDef<Session, never>[];
  }, [t, end]);
  const table = useDataTable({ name, rows, columns, rowId: (item) => item.id });
  return <DataList table={table} query={query} label={label} empty={{ icon: MonitorSmartphone, title: t("ownSession.none") }} expected={expected} />;
}

function End({ id, end }: { id: string; end: EndOf }) {
  const { t } = useTranslation();
  const ending = useMutation({
    meta: { explained: true },
    mutationFn: () => end(id),
    onSuccess: () => toast({ tone: "success", title: t("ownSession.ended") }),
  });
  return (
    <Button size="sm" busy={ending.isPending} onClick={() => ending.mutate()}>
      {t("ownSession.end")}
    </Button>
  );
}

interface EndAllProps {
  /** What the button says and does. */
  label: string;
  title: string;
  text: string;
  /** Said when it is done. */
  done: string;
  end: EndOf;
}

/** Ends many sessions after asking. */
export function EndAll({ label, title, text, done, end }: EndAllProps) {
  const [asking, setAsking] = useState(false);
  const ending = useMutation({
    meta: { explained: true },
    mutationFn: () => end(null),
    onSuccess: () => toast({ tone: "success", title: done }),
    onSettled: () => setAsking(false),
  });
  return (
    <>
      <Button onClick={() => setAsking(true)}>{label}</Button>
      <ConfirmDialog
        open={asking}
        title={title}
        description={text}
        confirm={label}
        danger
        busy={ending.isPending}
        onCancel={() => setAsking(false)}
        onConfirm={() => ending.mutate()}
      />
    </>
  );
}
