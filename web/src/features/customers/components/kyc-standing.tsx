import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { beginOf } from "@/lib/days";
import { useFormat } from "@/lib/use-format";
import { useDecide, useKycStep, useRevoke } from "../data/kyc";
import type { KycCase, KycRenewal } from "../data/queries";
import { IdentityBadge } from "./badges";
import { ReasonDialog } from "./reason-dialog";

/** What needs a reason. */
type Asked = "reject" | "ask_more" | "revoke";
const NAMES: Record<Asked, string> = { reject: "identity.reject", ask_more: "identity.askMore", revoke: "identity.revoke" };

/** Gates of what can be done today: those of ordering and of credit are told of once there is something to order. */
const SHOWN_GATES = ["many_members"] as const;

/** Where a verification, or what is to take its place, stands, and what the reader may do about it. */
export function KycStanding({ id, kyc }: { id: string; kyc: KycCase | KycRenewal }) {
  const { t } = useTranslation();
  const whole = "gates" in kyc ? kyc : null;
  const format = useFormat();
  const step = useKycStep(id);
  const decide = useDecide(id, kyc);
  const revoke = useRevoke(id);
  const [asking, setAsking] = useState<Asked | null>(null);
  const [approving, setApproving] = useState(false);
  const may = (name: string) => kyc.steps.includes(name);
  const closed = whole ? SHOWN_GATES.filter((gate) => whole.gates[gate] != null) : [];
  return (
    <Section title={t(whole ? "identity.title" : "identity.renewal")} mark={<IdentityBadge state={kyc.state} />}>
      <div className="grid gap-3 text-sm">
        <p className="text-muted-foreground">{whole ? t(`identityText.${kyc.state}`) : t(`renewalText.${kyc.state}`)}</p>
        {kyc.reason && (
          <Alert tone="warning" title={t("identity.reason")}>
            <bdi>{kyc.reason}</bdi>
          </Alert>
        )}
        {whole?.expires_at && whole.state === "approved" && (
          <p>
            {t("identity.until")} <Time at={whole.expires_at} full />
          </p>
        )}
        {whole && <Renewing kyc={whole} />}
        {kyc.reviewer && (
          <p>
            {t("identity.reviewer")} <bdi>{kyc.reviewer}</bdi>
          </p>
        )}
        {closed.length > 0 && (
          <div>
            <p className="font-medium">{t("identity.closed")}</p>
            <ul className="list-inside list-disc text-muted-foreground">
              {closed.map((gate) => (
                <li key={gate}>{t(`gate.${gate}`, { n: format.number(whole?.unverified_members ?? 0) })}</li>
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
          {may("renew") && (
            <Button variant="primary" busy={step.isPending} onClick={() => step.mutate("renew")}>
              {t("identity.renew")}
            </Button>
          )}
          {may("claim") && (
            <Button variant="primary" busy={step.isPending} onClick={() => step.mutate("claim")}>
              {t("identity.claim")}
            </Button>
          )}
          {may("approve") && (
            <Button variant="primary" onClick={() => setApproving(true)}>
              {t("identity.approve")}
            </Button>
          )}
          {(["ask_more", "reject", "revoke"] as const).filter(may).map((name) => (
            <Button key={name} onClick={() => setAsking(name)}>
              {t(NAMES[name])}
            </Button>
          ))}
          {may("release") && (
            <Button variant="ghost" busy={step.isPending} onClick={() => step.mutate("release")}>
              {t("identity.release")}
            </Button>
          )}
        </div>
      </div>
      {asking && (
        <ReasonDialog
          title={t(NAMES[asking])}
          hint={t("identity.reasonHint")}
          confirm={t(NAMES[asking])}
          danger={asking !== "ask_more"}
          save={(reason) => (asking === "revoke" ? revoke.mutateAsync(reason) : decide.mutateAsync({ verdict: asking, reason }))}
          onClose={() => setAsking(null)}
        />
      )}
      {approving && <ApproveDialog save={(expires_at) => decide.mutateAsync({ verdict: "approve", expires_at })} onClose={() => setApproving(false)} />}
    </Section>
  );
}

/** Of an approval: that it is being renewed, may be, or from when on. */
function Renewing({ kyc }: { kyc: KycCase }) {
  const { t } = useTranslation();
  if (kyc.renewal) return <p>{t("identity.renewing")}</p>;
  if (!kyc.renewable_from) return null;
  if (kyc.steps.includes("renew")) {
    return (
      <Alert tone="info" title={t("identity.endsSoon")}>
        {t("identity.endsSoonText")}
      </Alert>
    );
  }
  return (
    <p className="text-muted-foreground">
      {t("identity.renewableFrom")} <Time at={kyc.renewable_from} full />
    </p>
  );
}

const approval = z.object({ expires_at: z.string().refine((day) => day === "" || (beginOf(day) ?? "") > new Date().toISOString(), "field.in_the_past") });

/** Asks until when an approval holds; the day itself is the last one. Mounted to be opened. */
function ApproveDialog({ save, onClose }: { save: (expiresAt: string | undefined) => Promise<unknown>; onClose: () => void }) {
  const { t } = useTranslation();
  const form = useAppForm({ schema: approval, values: { expires_at: "" }, save: ({ expires_at }) => save(beginOf(expires_at, 1)), onSaved: onClose, guard: false });
  return (
    <FormDialog form={form} title={t("identity.approveTitle")} description={t("identity.approveText")} confirm={t("identity.approve")} onClose={onClose}>
      <TextField form={form} name="expires_at" type="date" label={t("identity.until")} hint={t("identity.untilHint")} />
    </FormDialog>
  );
}
