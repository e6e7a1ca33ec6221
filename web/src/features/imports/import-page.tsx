import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { explain } from "@/api/problem";
import { download } from "@/components/download";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Page } from "@/components/page";
import { toastError } from "@/components/toast-error";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Figures } from "@/components/ui/figures";
import { Progress } from "@/components/ui/progress";
import { useFormat } from "@/lib/use-format";
import { Mapping } from "./components/mapping";
import { Report } from "./components/report";
import { ImportStateBadge } from "./components/state-badge";
import { isWorking, useCancel, useConfirm, useImport, useJobProgress, type Import } from "./data/imports";

const BACK = "/desk/customers/imports";
const DELIMITERS: Record<string, string> = { ",": "comma", ";": "semicolon", "\t": "tab" };

export function ImportPage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const { data, isPending, error, refetch } = useImport(id);
  if (isPending) {
    return (
      <Page title={t("import.title")} back={{ to: BACK, label: t("import.title") }}>
        <ListSkeleton />
      </Page>
    );
  }
  if (!data) return <ErrorState error={error} onRetry={() => void refetch()} page list={BACK} />;
  return <ImportView item={data} />;
}

/** An import in each of its steps: what the columns hold, the check, its report, the customers made. */
function ImportView({ item }: { item: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [asked, setAsked] = useState<"confirm" | "cancel" | "mapping" | null>(null);
  const confirm = useConfirm(item);
  const cancel = useCancel(item);
  const { state } = item;
  const ended = state === "done" || state === "failed" || state === "cancelled";
  const reported = state === "checked" || (ended && item.valid + item.duplicates + item.rejected > 0);
  const faulty = item.duplicates + item.rejected;
  const failure = confirm.error ?? cancel.error;
  const close = () => setAsked(null);
  const how = t(`importDelimiter.${DELIMITERS[item.delimiter] ?? "comma"}`);
  return (
    <Page
      title={item.name}
      back={{ to: BACK, label: t("import.title") }}
      description={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <ImportStateBadge state={state} />
          <span>{t("import.rowCount", { count: item.total, n: format.number(item.total) })}</span>
          <span>{format.bytes(item.size)}</span>
          <span dir="ltr">{item.encoding}</span>
          <span>{how}</span>
        </span>
      }
      actions={
        <>
          {reported && faulty > 0 && item.has_file && (
            <Button onClick={() => void download(`/api/v1/customers/imports/${item.id}/rows/export?locale=${format.locale}`, t("import.faultyFile")).catch(toastError)}>
              <Download aria-hidden />
              {t("import.downloadFaulty")}
            </Button>
          )}
          {!ended && <Button onClick={() => setAsked("cancel")}>{t("import.cancel")}</Button>}
          {state === "checked" && (
            <Button variant="primary" disabled={item.valid === 0} onClick={() => setAsked("confirm")}>
              {t("import.start", { count: item.valid, n: format.number(item.valid) })}
            </Button>
          )}
        </>
      }
      width="wide"
    >
      {failure !== null && (
        <Alert tone="danger" title={explain(t, failure).title} live>
          {explain(t, failure).action}
        </Alert>
      )}
      {item.imported_before && !ended && (
        <Alert tone="warning" title={t("import.before")}>
          {t("import.beforeText", { at: format.dateTime(item.imported_before) })}
        </Alert>
      )}
      {state === "failed" && (
        <Alert tone="danger" title={t("import.failed")}>
          {t("import.failedText")}
        </Alert>
      )}
      {state === "done" && (
        <Alert tone="info" title={t("import.done", { count: item.imported, n: format.number(item.imported) })} actions={<Button asChild size="sm"><Link to="/desk/customers">{t("import.toCustomers")}</Link></Button>} />
      )}
      {isWorking(state) && <Working item={item} />}
      {(state === "uploaded" || (state === "checked" && asked === "mapping")) && <Mapping key={item.id} item={item} />}
      {reported && (
        <>
          <Figures
            label={t("import.result")}
            list={[
              ...(item.imported > 0 ? [{ name: t("importOutcome.imported"), value: format.number(item.imported) }] : []),
              { name: t("importOutcome.valid"), value: format.number(item.valid) },
              { name: t("importOutcome.duplicate"), value: format.number(item.duplicates), alarm: item.duplicates > 0 },
              { name: t("importOutcome.rejected"), value: format.number(item.rejected), alarm: item.rejected > 0 },
            ]}
          />
          {state === "checked" && asked !== "mapping" && (
            <div>
              <Button variant="link" size="text" onClick={() => setAsked("mapping")}>
                {t("import.changeMapping")}
              </Button>
            </div>
          )}
          {item.has_file ? <Report item={item} /> : <p className="text-sm text-muted-foreground">{t("import.fileGone")}</p>}
        </>
      )}
      <ConfirmDialog
        open={asked === "confirm"}
        title={t("import.start", { count: item.valid, n: format.number(item.valid) })}
        description={faulty > 0 ? t("import.startText", { count: faulty, n: format.number(faulty) }) : t("import.startAllText")}
        confirm={t("import.startNow")}
        busy={confirm.isPending}
        onConfirm={() => confirm.mutate(undefined, { onSettled: close })}
        onCancel={close}
      />
      <ConfirmDialog
        open={asked === "cancel"}
        title={t("import.cancelTitle")}
        description={t("import.cancelText")}
        confirm={t("import.cancel")}
        cancel={t("import.goOn")}
        danger
        busy={cancel.isPending}
        onConfirm={() => cancel.mutate(undefined, { onSettled: close })}
        onCancel={close}
      />
    </Page>
  );
}

/** How far the present step is: as its job tells live, or as far as the last batch came. */
function Working({ item }: { item: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const told = useJobProgress(item.job_id);
  const of = item.state === "importing" ? item.valid : item.total;
  const percent = told ?? (of > 0 && item.processed > 0 ? Math.floor((item.processed / of) * 100) : null);
  const title = t(`importState.${item.state}`);
  return (
    <Card className="grid gap-2 p-4" aria-label={title}>
      <div className="flex justify-between gap-2 text-sm" role="status">
        <span>{title}</span>
        {percent !== null && <span className="tabular">{format.percent(percent / 100)}</span>}
      </div>
      <Progress value={percent} label={title} />
      <p className="text-xs text-muted-foreground">{t("import.workingText")}</p>
    </Card>
  );
}
