import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { setBarrier, useSession } from "@/api/session";
import type { CodeOnItsWay } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Ltr } from "@/components/mono";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Fact, Facts } from "@/components/ui/facts";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { TextCode } from "@/features/auth/text-code";
import { useFactors } from "../data/own";
import { beginPhone, confirmPhone, useRemovePhone } from "../data/phone";
import { BackupCodes } from "./shown-once";

/** Codes by text message: a second factor for the day nothing better is at hand. */
export function TextCodes() {
  const { t } = useTranslation();
  const factors = useFactors();
  const owes = useSession((state) => state.barrier === "second_factor");
  const [asking, setAsking] = useState<"set" | "remove" | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const remove = useRemovePhone();
  const own = factors.data;
  // Where nobody may use them there is nothing to say.
  if (own && !own.phone_offered && own.phone == null) return null;
  const close = () => setAsking(null);
  const done = (fresh: string[]) => {
    close();
    toast({ tone: "success", title: t("textCodes.on") });
    if (fresh.length > 0) setCodes(fresh);
    else kept();
  };
  // Only now: what is behind the codes may change, and they must stay until somebody has them.
  const kept = () => {
    setCodes(null);
    // Whoever owed a second factor has given one; the server says so if it is not enough.
    if (owes) setBarrier(null);
    void factors.refetch();
  };
  const needed = own?.required === true && own.passkeys === 0 && own.totp_since == null;
  return (
    <Section title={t("textCodes.title")} mark={own && <Badge tone={own.phone ? "success" : "neutral"}>{t(own.phone ? "safety.on" : "safety.off")}</Badge>}>
      {own ? (
        <div className="grid justify-items-start gap-3">
          <p className="text-sm text-muted-foreground">{t("textCodes.text")}</p>
          {own.phone && (
            <Facts className="w-full lg:grid-cols-2">
              <Fact name={t("textCodes.phone")}>
                <Ltr>{own.phone}</Ltr>
              </Fact>
              <Fact name={t("textCodes.since")}>{own.phone_since && <Time at={own.phone_since} full />}</Fact>
            </Facts>
          )}
          <div className="flex flex-wrap gap-2">
            {own.phone_offered && <Button onClick={() => setAsking("set")}>{t(own.phone ? "textCodes.change" : "textCodes.setUp")}</Button>}
            {own.phone && !needed && <Button onClick={() => setAsking("remove")}>{t("safety.turnOff")}</Button>}
          </div>
          {own.phone && needed && <p className="text-sm text-muted-foreground">{t("safety.requiredByRole")}</p>}
        </div>
      ) : factors.isError ? (
        <ErrorState error={factors.error} onRetry={() => void factors.refetch()} />
      ) : (
        <Skeleton className="h-20" />
      )}
      {codes && <BackupCodes codes={codes} onKept={kept} />}
      {asking === "set" && <SetUp onDone={done} onClose={close} />}
      <ConfirmDialog
        open={asking === "remove"}
        title={t("textCodes.removeTitle")}
        description={t("textCodes.removeText")}
        confirm={t("safety.turnOff")}
        danger
        busy={remove.isPending}
        onCancel={close}
        onConfirm={() => remove.mutate(undefined, { onSuccess: () => toast({ tone: "success", title: t("textCodes.off") }), onSettled: close })}
      />
    </Section>
  );
}

interface SetUpProps {
  /** With backup codes, which are shown once, when this is the first second factor. */
  onDone: (codes: string[]) => void;
  onClose: () => void;
}

/** First the number, then the code that was sent there. */
function SetUp({ onDone, onClose }: SetUpProps) {
  const [sent, setSent] = useState<{ phone: string; code: CodeOnItsWay } | null>(null);
  return sent ? <Code sent={sent} onDone={onDone} onClose={onClose} /> : <Phone onSent={setSent} onClose={onClose} />;
}

const number = z.object({ phone: z.string().trim().min(1, "field.empty") });

function Phone({ onSent, onClose }: { onSent: (sent: { phone: string; code: CodeOnItsWay }) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const form = useAppForm({
    schema: number,
    values: { phone: "" },
    save: async ({ phone }) => ({ phone, code: await beginPhone(phone) }),
    onSaved: onSent,
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("textCodes.setUp")} confirm={t("auth.smsSend")} onClose={onClose}>
      <TextField form={form} name="phone" label={t("textCodes.phone")} hint={t("textCodes.phoneHint")} required dir="ltr" type="tel" inputMode="tel" autoComplete="tel" data-autofocus />
    </FormDialog>
  );
}

const code = z.object({ code: z.string().trim().min(1, "field.empty") });

function Code({ sent, onDone, onClose }: { sent: { phone: string; code: CodeOnItsWay } } & SetUpProps) {
  const { t } = useTranslation();
  const form = useAppForm({
    schema: code,
    values: { code: "" },
    save: ({ code }) => confirmPhone(code),
    onSaved: ({ codes }) => onDone(codes),
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("textCodes.setUp")} confirm={t("safety.turnOn")} onClose={onClose}>
      <TextCode first={sent.code} send={() => beginPhone(sent.phone)} />
      <TextField form={form} name="code" label={t("auth.smsCode")} required dir="ltr" inputMode="numeric" autoComplete="one-time-code" data-autofocus />
    </FormDialog>
  );
}
