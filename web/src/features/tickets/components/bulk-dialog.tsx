import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { TicketBulk } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Ltr } from "@/components/mono";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { LoadMore } from "@/components/ui/load-more";
import { Spinner } from "@/components/ui/spinner";
import { useFormat } from "@/lib/use-format";
import { useBulk, useBulkRows, useStopBulk } from "../data/bulk";
import { BulkResult } from "./bulk-result";

/** How far a change of many tickets is, and which ones were refused. Closing it lets the change go on. */
export function BulkDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const bulk = useBulk(id);
  const stop = useStopBulk(id);
  const queries = useQueryClient();
  const over = bulk.data?.finished_at != null;
  useEffect(() => {
    if (over) void queries.invalidateQueries({ queryKey: ["tickets"] });
  }, [over, queries]);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t(over ? (bulk.data?.state === "stopped" ? "bulk.stopped" : "bulk.over") : "bulk.running")}
      description={over ? undefined : t("bulk.runningText")}
      footer={
        <>
          {bulk.data && !over && (
            <Button busy={stop.isPending} onClick={() => stop.mutate()}>
              {t("bulk.stop")}
            </Button>
          )}
          <Button variant="primary" onClick={onClose}>
            {t("common.close")}
          </Button>
        </>
      }
    >
      {bulk.data ? (
        <div className="grid gap-4">
          <BulkResult bulk={bulk.data} />
          {bulk.data.refused > 0 && <Refused bulk={bulk.data} />}
          <Link to={`/desk/bulk-changes/${id}`} className="inline-flex min-h-[24px] items-center justify-self-start text-sm text-primary underline">
            {t("bulk.page")}
          </Link>
        </div>
      ) : bulk.isError ? <ErrorState error={bulk.error} onRetry={() => void bulk.refetch()} /> : <Spinner className="mx-auto my-4" />}
    </Dialog>
  );
}

function Refused({ bulk }: { bulk: TicketBulk }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { query, rows } = useBulkRows(bulk, "refused");
  if (query.isError && rows.length === 0) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <section aria-label={t("bulk.whyRefused")} className="grid gap-2">
      <h3 className="text-sm font-semibold">{t("bulk.whyRefused")}</h3>
      <ul className="grid max-h-64 divide-y overflow-y-auto rounded-md border text-sm">
        {rows.map((row) => (
          <li key={row.ticket_id} className="grid gap-0.5 px-3 py-2">
            <Link to={`/desk/tickets/${row.ticket_id}`} className="inline-flex min-h-[24px] min-w-0 items-center gap-2 hover:underline">
              <Ltr className="tabular text-muted-foreground">#{row.number}</Ltr>
              <bdi className="truncate">{row.subject || t("common.noSubject")}</bdi>
            </Link>
            <span className="text-xs text-danger">{t([`whyNot.${row.code}`, "whyNot.other"])}</span>
          </li>
        ))}
      </ul>
      <LoadMore
        more={query.hasNextPage}
        busy={query.isFetchingNextPage}
        failed={query.isFetchNextPageError}
        onMore={() => void query.fetchNextPage()}
        shown={t("table.shown", { count: rows.length, n: format.number(rows.length) })}
      />
    </section>
  );
}
