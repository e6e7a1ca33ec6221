import { useTranslation } from "react-i18next";
import { z } from "zod";
import { SelectField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { instantOf } from "@/lib/format";
import { CLOSE_REASONS, HOLD_REASONS, type Transition } from "../data/actions";
import type { StateAnswers } from "../data/use-ticket-changes";

interface TransitionDialogProps {
  transition: Transition;
  onClose: () => void;
  onConfirm: (answers: StateAnswers) => Promise<unknown>;
}

/** Asks for what the change needs: a reason, a date, or why no reply is needed. */
export function TransitionDialog({ transition, onClose, onConfirm }: TransitionDialogProps) {
  const { t } = useTranslation();
  const hold = transition.to === "on_hold";
  const reasons: readonly string[] = hold ? HOLD_REASONS : CLOSE_REASONS;
  const wantsReason = transition.requires.includes("reason");
  const wantsWhy = transition.requires.includes("no_reply_needed");
  const form = useAppForm({
    schema: z.object({ reason: z.string(), on_hold_until: z.string(), no_reply_needed: wantsWhy ? z.string().trim().min(1, "field.empty") : z.string() }),
    values: { reason: reasons[0]!, on_hold_until: "", no_reply_needed: "" },
    save: ({ reason, on_hold_until, no_reply_needed }) =>
      onConfirm({
        reason: wantsReason ? reason : undefined,
        on_hold_until: hold && on_hold_until ? instantOf(on_hold_until) : undefined,
        no_reply_needed: wantsWhy ? no_reply_needed : undefined,
      }),
    onSaved: onClose,
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("ticket.setState", { state: t(`ticketState.${transition.to}`) })} confirm={t("common.confirm")} onClose={onClose}>
      {wantsReason && (
        <SelectField form={form} name="reason" label={t("common.reason")} options={reasons.map((value) => ({ value, label: t(`reason.${value}`) }))} />
      )}
      {hold && <TextField form={form} name="on_hold_until" label={t("ticket.holdUntil")} hint={t("ticket.holdUntilHint")} type="datetime-local" />}
      {wantsWhy && <TextField form={form} name="no_reply_needed" label={t("ticket.noReplyNeeded")} hint={t("ticket.noReplyNeededHint")} required />}
    </FormDialog>
  );
}
