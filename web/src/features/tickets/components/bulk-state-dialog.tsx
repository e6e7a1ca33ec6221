import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { BulkChange, TicketState } from "@/api/types";
import { SelectField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { instantOf } from "@/lib/format";
import { useFormat } from "@/lib/use-format";
import { CLOSE_REASONS, HOLD_REASONS } from "../data/actions";

interface BulkStateDialogProps {
  to: TicketState;
  count: number;
  onConfirm: (change: BulkChange) => Promise<unknown>;
  onClose: () => void;
}

/** Asks what this state asks of every ticket. */
export function BulkStateDialog({ to, count, onConfirm, onClose }: BulkStateDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const reasons: readonly string[] = to === "on_hold" ? HOLD_REASONS : to === "closed" ? CLOSE_REASONS : [];
  const form = useAppForm({
    schema: z.object({ reason: z.string(), on_hold_until: z.string(), no_reply_needed: z.string() }),
    values: { reason: reasons[0] ?? "", on_hold_until: "", no_reply_needed: "" },
    save: ({ reason, on_hold_until, no_reply_needed }) =>
      onConfirm({
        state: to,
        reason: reason || undefined,
        on_hold_until: on_hold_until ? instantOf(on_hold_until) : undefined,
        no_reply_needed: no_reply_needed.trim() || undefined,
      }),
    onSaved: onClose,
    guard: false,
  });
  return (
    <FormDialog
      form={form}
      title={t("ticket.setState", { state: t(`ticketState.${to}`) })}
      confirm={t("bulk.change", { count, n: format.number(count) })}
      onClose={onClose}
    >
      {reasons.length > 0 && <SelectField form={form} name="reason" label={t("common.reason")} options={reasons.map((value) => ({ value, label: t(`reason.${value}`) }))} />}
      {to === "on_hold" && <TextField form={form} name="on_hold_until" label={t("ticket.holdUntil")} hint={t("ticket.holdUntilHint")} type="datetime-local" />}
      {to === "resolved" && <TextField form={form} name="no_reply_needed" label={t("ticket.noReplyNeeded")} hint={t("bulk.noReplyHint")} />}
    </FormDialog>
  );
}
