import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { CLOSE_REASONS, HOLD_REASONS, type Transition } from "../data/actions";

export interface TransitionAnswers {
  reason?: string;
  on_hold_until?: string;
  no_reply_needed?: string;
}

interface TransitionDialogProps {
  transition: Transition;
  busy: boolean;
  onCancel: () => void;
  onConfirm: (answers: TransitionAnswers) => void;
}

/** Asks for what the change needs: a reason, a date, or why no reply is needed. */
export function TransitionDialog({ transition, busy, onCancel, onConfirm }: TransitionDialogProps) {
  const { t } = useTranslation();
  const form = useId();
  const hold = transition.to === "on_hold";
  const reasons: readonly string[] = hold ? HOLD_REASONS : CLOSE_REASONS;
  const wantsReason = transition.requires.includes("reason");
  const wantsWhy = transition.requires.includes("no_reply_needed");
  const [reason, setReason] = useState(reasons[0]!);
  const [until, setUntil] = useState("");
  const [why, setWhy] = useState("");
  const [tried, setTried] = useState(false);

  function submit() {
    setTried(true);
    if (wantsWhy && why.trim() === "") return;
    onConfirm({
      reason: wantsReason ? reason : undefined,
      // The field has no zone: it means the company's time, which is UTC+1 all year.
      on_hold_until: hold && until ? new Date(`${until}:00+01:00`).toISOString() : undefined,
      no_reply_needed: wantsWhy ? why.trim() : undefined,
    });
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onCancel()}
      title={t("ticket.setState", { state: t(`ticketState.${transition.to}`) })}
      footer={
        <>
          <Button onClick={onCancel}>{t("common.cancel")}</Button>
          <Button type="submit" form={form} variant="primary" busy={busy}>
            {t("common.confirm")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {wantsReason && (
          <Field label={t("ticket.reason")}>
            {(control) => (
              <Select {...control} value={reason} onChange={(event) => setReason(event.target.value)}>
                {reasons.map((each) => (
                  <option key={each} value={each}>
                    {t(`reason.${each}`)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
        {hold && (
          <Field label={t("ticket.holdUntil")} hint={t("ticket.holdUntilHint")}>
            {(control) => <Input {...control} type="datetime-local" value={until} onChange={(event) => setUntil(event.target.value)} />}
          </Field>
        )}
        {wantsWhy && (
          <Field label={t("ticket.noReplyNeeded")} hint={t("ticket.noReplyNeededHint")} error={tried && why.trim() === "" ? t("field.empty") : undefined} required>
            {(control) => <Input {...control} dir="auto" value={why} onChange={(event) => setWhy(event.target.value)} />}
          </Field>
        )}
      </form>
    </Dialog>
  );
}
