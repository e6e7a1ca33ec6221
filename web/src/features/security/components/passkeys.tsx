import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { setBarrier } from "@/api/session";
import type { Passkey } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { addPasskey, passkeysHere } from "@/features/auth/passkey";
import { deviceOf } from "../data/device";
import { renamePasskey, useFactors, usePasskeys, useRemovePasskey } from "../data/own";
import { BackupCodes } from "./shown-once";

/** Keys that one's devices keep: alone they sign in, after a password they are the second factor. */
export function Passkeys() {
  const { t } = useTranslation();
  const passkeys = usePasskeys();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [codes, setCodes] = useState<string[] | null>(null);
  const added = (fresh: string[]) => {
    setAdding(false);
    toast({ tone: "success", title: t("passkey.added") });
    if (fresh.length > 0) setCodes(fresh);
    else done();
  };
  // Only now: what is behind the codes may change, and they must stay until somebody has them.
  const done = () => {
    setCodes(null);
    setBarrier(null);
    void queries.invalidateQueries({ queryKey: ["me", "factors"] });
  };
  return (
    <Section title={t("passkey.title")}>
      <div className="grid gap-4">
        <p className="text-sm text-muted-foreground">{t("passkey.text")}</p>
        {passkeys.data ? (
          <List passkeys={passkeys.data} />
        ) : passkeys.isError ? (
          <ErrorState error={passkeys.error} onRetry={() => void passkeys.refetch()} />
        ) : (
          <Skeleton className="h-14" />
        )}
        {passkeysHere() ? (
          <div>
            <Button variant="primary" onClick={() => setAdding(true)}>
              {t("passkey.add")}
            </Button>
          </div>
        ) : (
          <p className="text-sm text-muted-foreground">{t("passkey.nowhere")}</p>
        )}
      </div>
      {adding && <NameDialog title={t("passkey.add")} text={t("passkey.addText")} name={deviceOf(navigator.userAgent) ?? ""} save={addPasskey} onSaved={({ backup_codes }) => added(backup_codes)} onClose={() => setAdding(false)} />}
      {codes && <BackupCodes codes={codes} onKept={done} />}
    </Section>
  );
}

function List({ passkeys }: { passkeys: Passkey[] }) {
  const { t } = useTranslation();
  const factors = useFactors();
  if (passkeys.length === 0) return null;
  const last = factors.data?.required === true && passkeys.length === 1 && factors.data.sufficient === 1;
  return (
    <div className="grid gap-3">
      <ul aria-label={t("passkey.title")} className="grid divide-y rounded-md border">
        {passkeys.map((passkey) => (
          <Row key={passkey.id} passkey={passkey} kept={last} />
        ))}
      </ul>
      {last && <p className="text-sm text-muted-foreground">{t("passkey.keptByRole")}</p>}
    </div>
  );
}

function Row({ passkey, kept }: { passkey: Passkey; kept: boolean }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const remove = useRemovePasskey(() => toast({ tone: "success", title: t("passkey.removed") }));
  const [asking, setAsking] = useState<"rename" | "remove" | null>(null);
  const close = () => setAsking(null);
  return (
    <li className="grid gap-3 p-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 grow basis-60">
          <p className="flex flex-wrap items-center gap-2 font-medium">
            <bdi className="min-w-0 break-words">{passkey.name}</bdi>
            {passkey.backed_up && <Badge tone="neutral">{t("passkey.synced")}</Badge>}
            {passkey.discoverable === false && <Badge tone="neutral">{t("passkey.second")}</Badge>}
            {passkey.clone_warned_at && <Badge tone="warning">{t("passkey.suspect")}</Badge>}
          </p>
          <p className="text-sm text-muted-foreground">
            {t("passkey.addedAt")}: <Time at={passkey.created_at} /> · {passkey.last_used_at ? <>{t("passkey.lastUsed")}: <Time at={passkey.last_used_at} /></> : t("passkey.neverUsed")}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button size="sm" aria-label={t("passkey.renameOf", { name: passkey.name })} onClick={() => setAsking("rename")}>
            {t("passkey.rename")}
          </Button>
          {!kept && (
            <Button size="sm" aria-label={t("passkey.removeOf", { name: passkey.name })} onClick={() => setAsking("remove")}>
              {t("passkey.remove")}
            </Button>
          )}
        </div>
      </div>
      {passkey.clone_warned_at && (
        <Alert tone="warning" title={t("passkey.suspect")}>
          {t("passkey.suspectText")}
        </Alert>
      )}
      {asking === "rename" && (
        <NameDialog
          title={t("passkey.rename")}
          name={passkey.name}
          save={(name) => renamePasskey(passkey.id, name)}
          onSaved={() => {
            close();
            toast({ tone: "success", title: t("passkey.renamed") });
            void queries.invalidateQueries({ queryKey: ["me", "factors"] });
          }}
          onClose={close}
        />
      )}
      <ConfirmDialog
        open={asking === "remove"}
        title={t("passkey.removeTitle", { name: passkey.name })}
        description={t("passkey.removeText")}
        confirm={t("passkey.remove")}
        danger
        busy={remove.isPending}
        onCancel={close}
        onConfirm={() => remove.mutate(passkey.id, { onSettled: close })}
      />
    </li>
  );
}

const schema = z.object({ name: z.string().trim().min(1, "field.empty").max(60, "field.passkey_name") });

interface NameDialogProps<R> {
  title: string;
  text?: string;
  name: string;
  save: (name: string) => Promise<R>;
  onSaved: (result: R) => void;
  onClose: () => void;
}

function NameDialog<R>({ title, text, name, save, onSaved, onClose }: NameDialogProps<R>) {
  const { t } = useTranslation();
  const form = useAppForm({ schema, values: { name }, save: (values) => save(values.name), onSaved, guard: false });
  return (
    <FormDialog form={form} title={title} description={text} confirm={text ? title : t("common.save")} onClose={onClose}>
      <TextField form={form} name="name" label={t("passkey.name")} hint={t("passkey.nameHint")} required maxLength={60} autoComplete="off" data-autofocus />
    </FormDialog>
  );
}
