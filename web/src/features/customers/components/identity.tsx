import { Download, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { download } from "@/components/download";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Time } from "@/components/time";
import { toastError } from "@/components/toast-error";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { Select } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { useAddPaper, useDecide, useKyc, useKycStep, useKycViews, usePicture, useRemovePaper, useRevoke } from "../data/kyc";
import { PAPERS, type KycCase, type KycDocument, type Verdict } from "../data/queries";
import { IdentityBadge } from "./badges";
import { FilePicker } from "./documents";
import { ReasonDialog } from "./reason-dialog";

/** The verification of identity: papers on one side, the opened paper on the other. */
export function Identity({ id, staff }: { id: string; staff: boolean }) {
  const kyc = useKyc(id);
  const [open, setOpen] = useState<string | null>(null);
  if (kyc.isPending) return <ListSkeleton />;
  if (kyc.isError) return <ErrorState error={kyc.error} onRetry={() => void kyc.refetch()} />;
  const shown = kyc.data.documents.find((document) => document.id === open);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
      <div className="grid gap-4">
        <Facts id={id} kyc={kyc.data} />
        <Papers id={id} kyc={kyc.data} open={open} onOpen={setOpen} />
        {staff && <Log id={id} kyc={kyc.data} />}
      </div>
      {shown && <Viewer key={shown.id} id={id} document={shown} />}
    </div>
  );
}

function Facts({ id, kyc }: { id: string; kyc: KycCase }) {
  const { t } = useTranslation();
  const step = useKycStep(id);
  const decide = useDecide(id, kyc);
  const revoke = useRevoke(id);
  const [asking, setAsking] = useState<"reject" | "ask_more" | "revoke" | null>(null);
  const may = (name: string) => kyc.steps.includes(name);
  const closed = Object.entries(kyc.gates).filter(([, reason]) => reason !== null);
  const done = { onSuccess: () => setAsking(null) };
  return (
    <Card className="grid gap-3 p-4 text-sm">
      <div className="flex items-center justify-between gap-2">
        <CardTitle>{t("identity.title")}</CardTitle>
        <IdentityBadge state={kyc.state} />
      </div>
      <p className="text-muted-foreground">{t(`identityText.${kyc.state}`)}</p>
      {kyc.reason && (
        <Alert tone="warning" title={t("identity.reason")}>
          <bdi>{kyc.reason}</bdi>
        </Alert>
      )}
      {kyc.expires_at && kyc.state === "approved" && (
        <p>
          {t("identity.until")} <Time at={kyc.expires_at} full />
        </p>
      )}
      {kyc.reviewer && (
        <p>
          {t("identity.reviewer")} <bdi>{kyc.reviewer}</bdi>
        </p>
      )}
      {closed.length > 0 && (
        <div>
          <p className="font-medium">{t("identity.closed")}</p>
          <ul className="list-inside list-disc text-muted-foreground">
            {closed.map(([gate]) => (
              <li key={gate}>{t(`gate.${gate}`)}</li>
            ))}
          </ul>
        </div>
      )}
      <div className="flex flex-wrap gap-2 empty:hidden">
        {may("submit") && (
          <Button variant="primary" busy={step.isPending} onClick={() => step.mutate("submit")}>
            {t("identity.submit")}
          </Button>
        )}
        {may("claim") && (
          <Button variant="primary" busy={step.isPending} onClick={() => step.mutate("claim")}>
            {t("identity.claim")}
          </Button>
        )}
        {may("approve") && (
          <Button variant="primary" busy={decide.isPending} onClick={() => decide.mutate({ verdict: "approve" })}>
            {t("identity.approve")}
          </Button>
        )}
        {may("ask_more") && <Button onClick={() => setAsking("ask_more")}>{t("identity.askMore")}</Button>}
        {may("reject") && <Button onClick={() => setAsking("reject")}>{t("identity.reject")}</Button>}
        {may("release") && (
          <Button variant="ghost" onClick={() => step.mutate("release")}>
            {t("identity.release")}
          </Button>
        )}
        {may("revoke") && <Button onClick={() => setAsking("revoke")}>{t("identity.revoke")}</Button>}
      </div>
      <ReasonDialog
        open={asking !== null}
        title={t(asking === "revoke" ? "identity.revoke" : asking === "reject" ? "identity.reject" : "identity.askMore")}
        hint={t("identity.reasonHint")}
        confirm={t(asking === "revoke" ? "identity.revoke" : asking === "reject" ? "identity.reject" : "identity.askMore")}
        danger={asking !== "ask_more"}
        busy={decide.isPending || revoke.isPending}
        onCancel={() => setAsking(null)}
        onConfirm={(reason) => (asking === "revoke" ? revoke.mutate(reason, done) : decide.mutate({ verdict: asking as Verdict, reason }, done))}
      />
    </Card>
  );
}

function Papers({ id, kyc, open, onOpen }: { id: string; kyc: KycCase; open: string | null; onOpen: (id: string | null) => void }) {
  const { t } = useTranslation();
  const add = useAddPaper(id);
  const remove = useRemovePaper(id);
  const [kind, setKind] = useState<string>(PAPERS[0]);
  const collects = kyc.steps.includes("collect");
  return (
    <Card className="grid gap-3 p-4 text-sm">
      <CardTitle>{t("identity.papers")}</CardTitle>
      {kyc.missing.length > 0 && (
        <div className="text-muted-foreground">
          <p>{t("identity.missing")}</p>
          <ul className="list-inside list-disc">
            {kyc.missing.map((line) => (
              <li key={line.join()}>{line.map((paper) => t(`paper.${paper}`)).join(` ${t("identity.or")} `)}</li>
            ))}
          </ul>
        </div>
      )}
      <ul className="grid gap-1.5">
        {kyc.documents.map((document) => (
          <li key={document.id} className="flex items-center justify-between gap-2">
            <button
              type="button"
              aria-expanded={open === document.id}
              className="min-w-0 flex-1 rounded px-2 py-1.5 text-start hover:bg-sunken aria-expanded:bg-accent dark:hover:bg-raised"
              onClick={() => onOpen(open === document.id ? null : document.id)}
            >
              <span className="font-medium">{t(`paper.${document.kind}`)}</span>{" "}
              <bdi className="break-all text-muted-foreground">{document.name}</bdi>
            </button>
            {collects && (
              <Button variant="ghost" size="icon-sm" aria-label={t("identity.removePaper", { name: t(`paper.${document.kind}`) })} onClick={() => remove.mutate(document.id)}>
                <Trash2 aria-hidden />
              </Button>
            )}
          </li>
        ))}
      </ul>
      {collects && (
        <FilePicker
          label={t("identity.addPaper")}
          accept="application/pdf,image/png,image/jpeg,image/webp"
          error={add.error}
          busy={add.isPending}
          onFile={(file) => add.mutate({ file, kind })}
        >
          <Select aria-label={t("identity.kindOfPaper")} className="w-auto" value={kind} onChange={(event) => setKind(event.target.value)}>
            {PAPERS.map((paper) => (
              <option key={paper} value={paper}>
                {t(`paper.${paper}`)}
              </option>
            ))}
          </Select>
        </FilePicker>
      )}
      {collects && <p className="text-xs text-muted-foreground">{t("identity.filesHint")}</p>}
    </Card>
  );
}

function Viewer({ id, document }: { id: string; document: KycDocument }) {
  const { t } = useTranslation();
  const path = `/api/v1/customers/${id}/kyc/documents/${document.id}`;
  const isPicture = document.content_type.startsWith("image/");
  const picture = usePicture(path, isPicture);
  return (
    <Card className="sticky top-16 grid gap-3 p-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <CardTitle>{t(`paper.${document.kind}`)}</CardTitle>
        <Button onClick={() => void download(path, document.name).catch(toastError)}>
          <Download aria-hidden />
          {t("customer.download")}
        </Button>
      </div>
      {!isPicture ? (
        <p className="text-sm text-muted-foreground">{t("identity.pdfText")}</p>
      ) : picture.data ? (
        <img src={picture.data} alt={t(`paper.${document.kind}`)} className="max-h-[75vh] w-full rounded object-contain" />
      ) : picture.isError ? (
        <ErrorState error={picture.error} onRetry={() => void picture.refetch()} />
      ) : (
        <Skeleton className="h-80" />
      )}
    </Card>
  );
}

function Log({ id, kyc }: { id: string; kyc: KycCase }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(false);
  const views = useKycViews(id, wanted);
  return (
    <Card className="grid gap-3 p-4 text-sm">
      <CardTitle>{t("identity.log")}</CardTitle>
      <ol className="grid gap-1.5">
        {kyc.events.map((event) => (
          <li key={event.id} className="flex flex-wrap items-center gap-1.5">
            <Badge>{t(`identityState.${event.to}`)}</Badge>
            <bdi>{event.by}</bdi>
            <Time at={event.at} className="text-muted-foreground" />
          </li>
        ))}
      </ol>
      {wanted ? (
        <ol className="grid gap-1 text-muted-foreground">
          {(views.data ?? []).map((view) => (
            <li key={view.id}>
              <bdi>{view.viewer}</bdi> · {t(`paper.${view.document_kind}`)} · <Time at={view.at} />
            </li>
          ))}
          {views.data?.length === 0 && <li>{t("identity.nobodyLooked")}</li>}
        </ol>
      ) : (
        <Button className="justify-self-start" onClick={() => setWanted(true)}>
          {t("identity.showViews")}
        </Button>
      )}
    </Card>
  );
}
