import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { Ticket } from "@/api/types";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { toast } from "@/components/ui/toast";
import { useEditTicket } from "../data/mutations";

/** Gives a ticket another subject; the history says what it was. */
export function SubjectDialog({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const { t } = useTranslation();
  const edit = useEditTicket(ticket.id, undefined, true);
  const [{ subject, version }] = useState(ticket);
  const form = useAppForm({
    schema: z.object({ subject: z.string().trim().min(1, "field.empty").max(250, "field.too_long") }),
    values: { subject },
    // A message that came meanwhile is no obstacle; another subject is.
    save: (wanted) => edit.mutateAsync({ version: ticket.subject === subject ? ticket.version : version, subject: wanted.subject }),
    onSaved: ({ number }) => {
      onClose();
      toast({ tone: "success", title: t("ticket.subjectNow", { number }) });
    },
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("ticket.editSubject")} description={t("ticket.editSubjectText")} confirm={t("common.save")} onClose={onClose}>
      <TextField form={form} name="subject" label={t("ticket.subject")} autoComplete="off" required />
    </FormDialog>
  );
}
