import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { api, call } from "@/api/client";
import type { User, UserSession } from "@/api/types";
import { TextAreaField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Ltr } from "@/components/mono";
import { Listed } from "@/components/labelled";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { toast } from "@/components/ui/toast";
import { Device } from "@/features/security/components/device";
import { EndAll, SessionTable } from "@/features/security/components/session-table";
import { useMay } from "@/features/shell/use-user";
import { useEndUserSessions, useSignIns } from "./data/sign-ins";

const NONE: UserSession[] = [];

/** Where somebody is signed in and by what he proves who he is, with the means to end both. */
export function SignIns({ user, readOnly }: { user: User; readOnly: boolean }) {
  const { t } = useTranslation();
  const signIns = useSignIns(user.id);
  const { mutateAsync: end } = useEndUserSessions(user.id);
  const rows = signIns.data?.sessions ?? NONE;
  return (
    <Card className="grid gap-4 p-4 sm:p-6">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="grow text-base font-semibold">{t("signIns.title")}</h2>
        {!readOnly && rows.length > 0 && (
          <EndAll label={t("signIns.endAll")} title={t("signIns.endAllTitle", { name: user.name })} text={t("signIns.endAllText")} done={t("signIns.allEnded")} end={end} />
        )}
      </div>
      <SessionTable name="user-sessions" label={t("signIns.title")} rows={rows} query={signIns} expected={2} end={readOnly ? undefined : end} />
      {signIns.data && (
        <>
          <div className="flex flex-wrap items-center gap-2 text-sm">
            <span className="font-medium">{t("signIns.factors")}</span>
            <span className="grow text-muted-foreground">
              {signIns.data.methods.length > 0 ? <Listed items={signIns.data.methods.map((method) => t([`loginMethod.${method}`, "proof.other"]))} /> : t("signIns.noFactors")}
            </span>
            {!readOnly && signIns.data.methods.length > 0 && <ResetFactors user={user} />}
          </div>
          <section className="grid gap-1 text-sm">
            <h3 className="font-medium">{t("signIns.devices")}</h3>
            {signIns.data.devices.length === 0 && <p className="text-muted-foreground">{t("signIns.noDevices")}</p>}
            <ul className="grid gap-1">
              {signIns.data.devices.map((device) => (
                <li key={device.id} className="flex flex-wrap gap-x-2 text-muted-foreground">
                  <Device userAgent={device.user_agent} />
                  {device.ip && <Ltr>{device.ip}</Ltr>}
                  <Time at={device.last_seen_at} />
                </li>
              ))}
            </ul>
          </section>
        </>
      )}
    </Card>
  );
}

const schema = z.object({ reason: z.string().trim().min(5, "field.invalid_reason").max(500, "field.invalid_reason") });

function ResetFactors({ user }: { user: User }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const mayEdit = useMay("users.edit");
  const maySecure = useMay("security.manage");
  if (!mayEdit || !maySecure) return null;
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t("signIns.reset")}</Button>
      {asking && <ResetDialog user={user} onClose={() => setAsking(false)} />}
    </>
  );
}

function ResetDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const signIns = useSignIns(user.id);
  const form = useAppForm({
    schema,
    values: { reason: "" },
    save: (body) => call(api.POST("/api/v1/users/{id}/second-factor/reset", { params: { path: { id: user.id } }, body })),
    onSaved: () => {
      void signIns.refetch();
      toast({ tone: "success", title: t("signIns.resetDone") });
      onClose();
    },
  });
  return (
    <FormDialog form={form} title={t("signIns.resetTitle", { name: user.name })} description={t("signIns.resetText")} confirm={t("signIns.reset")} danger onClose={onClose}>
      <TextAreaField form={form} name="reason" label={t("signIns.reason")} hint={t("signIns.reasonHint")} required dir="auto" data-autofocus />
    </FormDialog>
  );
}
