import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { MailJourney } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import { useMailDecision } from "../data/queries";

/** Release, reprocess or drop, where the server allows it. */
export function MailDecision({ mail }: { mail: MailJourney }) {
  const { t } = useTranslation();
  const decide = useMailDecision(mail.id);
  const [dropping, setDropping] = useState(false);
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const form = useId();
  const allows = (action: string) => mail.allowed_actions.includes(action);
  const done = (action: string) => ({ onSuccess: () => toast({ tone: "success", title: t(`mail.done.${action}`) }) });

  function drop() {
    setTried(true);
    if (reason.trim() === "") return;
    decide.mutate(
      { action: "drop", reason: reason.trim() },
      {
        onSuccess: () => {
          setDropping(false);
          toast({ tone: "success", title: t("mail.done.drop") });
        },
      },
    );
  }

  return (
    <>
      {allows("drop") && <Button onClick={() => setDropping(true)}>{t("mail.drop")}</Button>}
      {allows("reprocess") && (
        <Button onClick={() => decide.mutate({ action: "reprocess" }, done("reprocess"))} busy={decide.isPending && decide.variables.action === "reprocess"}>
          {t("mail.reprocess")}
        </Button>
      )}
      {allows("release") && (
        <Button variant="primary" onClick={() => decide.mutate({ action: "release" }, done("release"))} busy={decide.isPending && decide.variables.action === "release"}>
          {t("mail.release")}
        </Button>
      )}
      <Dialog
        open={dropping}
        onOpenChange={setDropping}
        title={t("mail.dropTitle")}
        description={t("mail.dropText")}
        footer={
          <>
            <Button onClick={() => setDropping(false)}>{t("common.cancel")}</Button>
            <Button type="submit" form={form} variant="danger" busy={decide.isPending}>
              {t("mail.drop")}
            </Button>
          </>
        }
      >
        <form
          id={form}
          onSubmit={(event) => {
            event.preventDefault();
            drop();
          }}
        >
          <Field label={t("ticket.reason")} error={tried && reason.trim() === "" ? t("field.empty") : undefined} required>
            {(control) => <Input {...control} dir="auto" value={reason} onChange={(event) => setReason(event.target.value)} />}
          </Field>
        </form>
      </Dialog>
    </>
  );
}
