import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { MailJourney } from "@/api/types";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useMailDecision } from "../data/queries";
import { ReleaseDialog } from "./release-dialog";

/** Release, reprocess or drop, where the server allows it. */
export function MailDecision({ mail }: { mail: MailJourney }) {
  const { t } = useTranslation();
  const decide = useMailDecision(mail.id);
  const [dropping, setDropping] = useState(false);
  const [releasing, setReleasing] = useState(false);
  const allows = (action: MailJourney["allowed_actions"][number]) => mail.allowed_actions.includes(action);
  const done = (action: string) => ({ onSuccess: () => toast({ tone: "success", title: t(`mail.done.${action}`) }) });

  return (
    <>
      {allows("drop") && <Button onClick={() => setDropping(true)}>{t("mail.drop")}</Button>}
      {allows("reprocess") && (
        <Button onClick={() => decide.mutate({ action: "reprocess" }, done("reprocess"))} busy={decide.isPending && decide.variables.action === "reprocess"}>
          {t("mail.reprocess")}
        </Button>
      )}
      {allows("release") && (
        <Button variant="primary" onClick={() => setReleasing(true)}>
          {t(mail.reason === "spam" ? "mail.notSpam" : "mail.release")}
        </Button>
      )}
      {releasing && <ReleaseDialog mail={mail} onClose={() => setReleasing(false)} />}
      {dropping && <DropDialog mail={mail} onClose={() => setDropping(false)} />}
    </>
  );
}

const schema = z.object({ reason: z.string().trim().min(1, "field.empty") });

function DropDialog({ mail, onClose }: { mail: MailJourney; onClose: () => void }) {
  const { t } = useTranslation();
  const decide = useMailDecision(mail.id, true);
  const form = useAppForm({
    schema,
    values: { reason: "" },
    save: ({ reason }) => decide.mutateAsync({ action: "drop", reason }),
    onSaved: () => {
      onClose();
      toast({ tone: "success", title: t("mail.done.drop") });
    },
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("mail.dropTitle")} description={t("mail.dropText")} confirm={t("mail.drop")} danger onClose={onClose}>
      <TextField form={form} name="reason" label={t("common.reason")} required data-autofocus />
    </FormDialog>
  );
}
