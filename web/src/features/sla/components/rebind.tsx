import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { explain } from "@/api/problem";
import { ErrorState } from "@/components/error-state";
import { Ltr } from "@/components/mono";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { useFormat } from "@/lib/use-format";
import { useRebind, useRebindPreview, useStartRebind } from "../data/queries";

/** Open tickets follow a changed policy only when somebody asks for it, after he saw what would change. */
export function RebindSection() {
  const { t } = useTranslation();
  const format = useFormat();
  const state = useRebind();
  const [open, setOpen] = useState(false);
  const busy = state.data?.state === "queued" || state.data?.state === "running";
  return (
    <Section title={t("slaAdmin.rebind")}>
      <div className="grid gap-3 text-sm">
        <p className="text-muted-foreground">{t("slaAdmin.rebindText")}</p>
        {state.isError && !state.data ? (
          <ErrorState error={state.error} onRetry={() => void state.refetch()} />
        ) : (
          state.data &&
          state.data.state !== "never" && (
            <p role="status">
              {t(`slaAdmin.rebindState.${state.data.state}`, { seen: format.number(state.data.seen), changed: format.number(state.data.changed) })}
            </p>
          )
        )}
        <Button className="justify-self-start" disabled={busy} aria-haspopup="dialog" onClick={() => setOpen(true)}>
          {t("slaAdmin.preview")}
        </Button>
      </div>
      {open && <Preview onClose={() => setOpen(false)} />}
    </Section>
  );
}

function Preview({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const preview = useRebindPreview();
  const start = useStartRebind();
  const failure = start.isError ? explain(t, start.error) : null;
  const at = (moment: string | null | undefined) => (moment ? format.dateTime(moment) : "–");
  const data = preview.data;
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onClose()}
      title={t("slaAdmin.preview")}
      className="max-w-3xl"
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" busy={start.isPending} disabled={!data || data.changed === 0} onClick={() => start.mutate(undefined, { onSuccess: onClose })}>
            {t("slaAdmin.apply")}
          </Button>
        </>
      }
    >
      <div className="grid gap-3 text-sm">
        {failure && (
          <Alert tone="danger" title={failure.title} live>
            {failure.action}
          </Alert>
        )}
        {preview.isPending && <Skeleton className="h-40" />}
        {preview.isError && !data && <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />}
        {data && (
          <>
            <p>
              {t(data.more ? "slaAdmin.wouldChangeOfFirst" : "slaAdmin.wouldChange", { changed: format.number(data.changed), seen: format.number(data.seen) })}{" "}
              {data.breaches > 0 && <strong className="text-danger">{t("slaAdmin.wouldBreak", { n: format.number(data.breaches) })}</strong>}
            </p>
            {data.items.length > 0 && (
              <div className="max-h-[50vh] overflow-auto" tabIndex={0} role="region" aria-label={t("slaAdmin.preview")}>
                <table className="w-full text-start">
                  <thead className="text-xs text-muted-foreground">
                    <tr>
                      {["ticket", "policy", "dueBefore", "dueAfter"].map((column) => (
                        <th key={column} scope="col" className="py-1 pe-3 text-start font-medium">
                          {t(`slaAdmin.${column}`)}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {data.items.map((item) => (
                      <tr key={item.id} className="border-t">
                        <td className="py-1 pe-3">
                          <Link className="text-primary underline" to={`/desk/tickets/${item.id}`}>
                            <Ltr className="tabular">#{item.number}</Ltr> <bdi>{item.subject}</bdi>
                          </Link>
                        </td>
                        <td className="py-1 pe-3">
                          <bdi>{t("slaAdmin.fromTo", { from: `${item.from.name} ${item.from.number}`, to: `${item.to.name} ${item.to.number}` })}</bdi>
                        </td>
                        <td className="py-1 pe-3">{at(item.due_before)}</td>
                        <td className="py-1">{at(item.due_after)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}
