import { useTranslation } from "react-i18next";
import { z } from "zod";
import { TextAreaField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";

interface ReasonDialogProps {
  title: string;
  hint: string;
  confirm: string;
  danger?: boolean;
  save: (reason: string) => Promise<unknown>;
  onClose: () => void;
}

const schema = z.object({ reason: z.string().trim().min(1, "field.empty").max(500, "field.too_long") });

/** Asks why before something is done that needs a reason. Mounted to be opened. */
export function ReasonDialog({ title, hint, confirm, danger, save, onClose }: ReasonDialogProps) {
  const { t } = useTranslation();
  const form = useAppForm({ schema, values: { reason: "" }, save: ({ reason }) => save(reason), onSaved: onClose, guard: false });
  return (
    <FormDialog form={form} title={title} confirm={confirm} danger={danger} onClose={onClose}>
      <TextAreaField form={form} name="reason" label={t("customer.reason")} hint={hint} required rows={4} data-autofocus />
    </FormDialog>
  );
}
