import { useState } from "react";
import { useTranslation } from "react-i18next";
import { askProof } from "@/api/proof";
import { setBarrier, useSession } from "@/api/session";
import { ErrorState } from "@/components/error-state";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Fact, Facts } from "@/components/ui/facts";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { useFormat } from "@/lib/use-format";
import { useBeginTotp, useFactors, useRemoveTotp, useRenewBackupCodes } from "../data/own";
import { BackupCodes } from "./shown-once";
import { TotpSetup } from "./totp-setup";

/** Codes below which new ones should be made. */
const FEW = 3;

/** The second factor: an authenticator app, and the backup codes that stand in for any factor on the day it is lost. */
export function TwoFactor() {
  const { t } = useTranslation();
  const factors = useFactors();
  const owes = useSession((state) => state.barrier === "second_factor");
  const [codes, setCodes] = useState<string[] | null>(null);
  // Only now: what is behind the codes may change, and they must stay until somebody has them.
  const kept = () => {
    setCodes(null);
    setBarrier(null);
    void factors.refetch();
  };
  const app = factors.data?.totp_since ?? null;
  const on = factors.data !== undefined && factors.data.sufficient > 0;
  return (
    <Section title={t("safety.twoFactor")} mark={factors.data && <Badge tone={on ? "success" : "warning"}>{t(on ? "safety.on" : "safety.off")}</Badge>}>
      {factors.data ? (
        on && owes ? (
          // Set up from another session: this one has not proven it yet.
          <Button variant="primary" onClick={() => void askProof().then((given) => given && setBarrier(null))}>
            {t("auth.stepUpTitle")}
          </Button>
        ) : (
          <div className="grid gap-4">
            {app ? <InUse since={app} last={factors.data.sufficient === 1} required={factors.data.required} /> : <SetUp onCodes={setCodes} />}
            {on && <SpareCodes left={factors.data.backup_codes_left} onCodes={setCodes} />}
          </div>
        )
      ) : factors.isError ? (
        <ErrorState error={factors.error} onRetry={() => void factors.refetch()} />
      ) : (
        <Skeleton className="h-20" />
      )}
      {codes && <BackupCodes codes={codes} onKept={kept} />}
    </Section>
  );
}

function SetUp({ onCodes }: { onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const begin = useBeginTotp();
  return (
    <div className="grid justify-items-start gap-3">
      <p className="text-sm text-muted-foreground">{t("safety.twoFactorText")}</p>
      <Button variant="primary" busy={begin.isPending} onClick={() => begin.mutate()}>
        {t("safety.setUpApp")}
      </Button>
      {begin.data && (
        <TotpSetup
          setup={begin.data}
          onDone={(codes) => {
            onCodes(codes);
            begin.reset();
          }}
          onClose={() => begin.reset()}
        />
      )}
    </div>
  );
}

function InUse({ since, last, required }: { since: string; last: boolean; required: boolean }) {
  const { t } = useTranslation();
  const remove = useRemoveTotp();
  const [asking, setAsking] = useState(false);
  const close = () => setAsking(false);
  return (
    <div className="grid gap-4">
      <Facts className="lg:grid-cols-2">
        <Fact name={t("safety.app")}>
          {t("safety.since")} <Time at={since} full />
        </Fact>
      </Facts>
      {required && last ? (
        <p className="text-sm text-muted-foreground">{t("safety.requiredByRole")}</p>
      ) : (
        <div>
          <Button onClick={() => setAsking(true)}>{t("safety.turnOff")}</Button>
        </div>
      )}
      <ConfirmDialog
        open={asking}
        title={t("safety.turnOffTitle")}
        description={t(last ? "safety.turnOffText" : "safety.turnOffOtherText")}
        confirm={t("safety.turnOff")}
        danger
        busy={remove.isPending}
        onCancel={close}
        onConfirm={() => remove.mutate(undefined, { onSuccess: () => toast({ tone: "success", title: t("safety.turnedOff") }), onSettled: close })}
      />
    </div>
  );
}

/** Codes for the day on which no other factor is at hand. */
function SpareCodes({ left, onCodes }: { left: number; onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const renew = useRenewBackupCodes();
  const [asking, setAsking] = useState(false);
  const close = () => setAsking(false);
  return (
    <div className="grid gap-4">
      <Facts className="lg:grid-cols-2">
        <Fact name={t("safety.backupCodes")}>{t("safety.codesLeft", { n: format.number(left) })}</Fact>
      </Facts>
      {left < FEW && <Alert tone="warning" title={t("safety.fewCodes")} />}
      <div>
        <Button onClick={() => setAsking(true)}>{t("safety.newCodes")}</Button>
      </div>
      <ConfirmDialog
        open={asking}
        title={t("safety.newCodesTitle")}
        description={t("safety.newCodesText")}
        confirm={t("safety.newCodes")}
        busy={renew.isPending}
        onCancel={close}
        onConfirm={() => renew.mutate(undefined, { onSuccess: ({ codes }) => onCodes(codes), onSettled: close })}
      />
    </div>
  );
}
