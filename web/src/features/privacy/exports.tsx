import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { Download, PackageOpen } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PersonalExport } from "@/api/types";
import { download } from "@/components/download";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Time } from "@/components/time";
import { toastError } from "@/components/toast-error";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Progress } from "@/components/ui/progress";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { useFormat } from "@/lib/use-format";
import { archivePath, useAskExport, useExports } from "./data/exports";

const column = createColumnHelper<PersonalExport>();
const isWorking = ({ state }: PersonalExport) => state === "queued" || state === "running";

/** Copies of all that is kept about oneself, or about the person with this id: asked for, watched and opened. */
export function Exports({ user }: { user: string | null }) {
  const { t } = useTranslation();
  const { query, rows } = useExports(user);
  const ask = useAskExport(user);
  const columns = useMemo(
    () =>
      [
        column.accessor("created_at", {
          header: t("exports.asked"),
          cell: ({ row: { original: item } }) => (
            <RowTitle sub={user && <span>{item.requested_by}</span>} phone={<State item={item} />}>
              <Time at={item.created_at} />
            </RowTitle>
          ),
        }),
        column.display({ id: "state", header: t("exports.state"), meta: { className: "hidden sm:table-cell w-56" }, cell: ({ row }) => <State item={row.original} /> }),
        column.display({
          id: "actions",
          header: () => <span className="sr-only">{t("common.actions")}</span>,
          meta: { className: "w-32 text-end" },
          cell: ({ row: { original: item } }) => item.state === "ready" && <Open user={user} item={item} />,
        }),
      ] as ColumnDef<PersonalExport, never>[],
    [t, user],
  );
  const table = useDataTable({ name: "personal-exports", rows, columns, rowId: (item) => item.id });
  const asked = () => ask.mutate(undefined, { onSuccess: () => toast({ tone: "success", title: t("exports.begun") }) });
  return (
    <Card className="grid gap-4 p-4 sm:p-6">
      <div className="flex flex-wrap items-start gap-2">
        <div className="min-w-60 grow basis-0">
          <h2 className="text-base font-semibold">{t("exports.title")}</h2>
          <p className="text-sm text-muted-foreground">{t(user ? "exports.textStaff" : "exports.text")}</p>
        </div>
        <Button onClick={asked} busy={ask.isPending} disabled={rows.some(isWorking)}>
          {t("exports.ask")}
        </Button>
      </div>
      <DataList table={table} query={query} label={t("exports.title")} empty={{ icon: PackageOpen, title: t("exports.none") }} expected={1} />
    </Card>
  );
}

function State({ item }: { item: PersonalExport }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (isWorking(item)) {
    return (
      <span className="grid w-full max-w-48 gap-1">
        <span>{t(`exportState.${item.state}`)}</span>
        <Progress value={item.state === "queued" ? null : item.progress} label={t("exports.progress")} />
      </span>
    );
  }
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Badge tone={item.state === "ready" ? "success" : item.state === "failed" ? "danger" : "neutral"}>{t(`exportState.${item.state}`)}</Badge>
      {item.state === "ready" && item.expires_at && (
        <span className="text-muted-foreground">
          {format.bytes(item.size)} · {t("exports.until")} <Time at={item.expires_at} />
        </span>
      )}
    </span>
  );
}

function Open({ user, item }: { user: string | null; item: PersonalExport }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const open = async () => {
    setBusy(true);
    await download(archivePath(user, item.id), `personal-data-${item.created_at.slice(0, 10)}.zip`).catch(toastError);
    setBusy(false);
  };
  return (
    <Button size="sm" busy={busy} onClick={() => void open()}>
      <Download aria-hidden />
      {t("exports.open")}
    </Button>
  );
}
