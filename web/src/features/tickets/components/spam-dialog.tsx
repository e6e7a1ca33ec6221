import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { Ticket } from "@/api/types";
import { CheckField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { useMay } from "@/features/shell/use-user";
import type { StateAnswers } from "../data/use-ticket-changes";

interface SpamDialogProps {
  ticket: Ticket;
  onClose: () => void;
  onConfirm: (answers: StateAnswers) => Promise<unknown>;
}

/** Closes a ticket as spam; whoever decides about incoming mail may have its sender kept aside with it. */
export function SpamDialog({ ticket, onClose, onConfirm }: SpamDialogProps) {
  const { t } = useTranslation();
  const blocks = useMay("mail.manage");
  const form = useAppForm({
    schema: z.object({ block_sender: z.boolean() }),
    values: { block_sender: false },
    save: ({ block_sender }) => onConfirm(block_sender ? { reason: "spam", block_sender } : { reason: "spam" }),
    onSaved: onClose,
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("ticket.spamTitle")} description={t("ticket.spamText")} confirm={t("ticket.markSpam")} danger onClose={onClose}>
      {blocks && <CheckField form={form} name="block_sender" label={t("ticket.blockSender", { address: ticket.requester.email })} />}
    </FormDialog>
  );
}
