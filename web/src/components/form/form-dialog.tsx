import { useId, type ReactNode } from "react";
import type { FieldValues } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Form } from "./form";
import type { AppForm } from "./use-app-form";

interface FormDialogProps<V extends FieldValues> {
  form: AppForm<V>;
  title: ReactNode;
  description?: ReactNode;
  /** The verb of the action. */
  confirm: string;
  danger?: boolean;
  disabled?: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** A short form in a dialog. It is mounted to be opened, so that it begins anew each time. */
export function FormDialog<V extends FieldValues>({ form, title, description, confirm, danger, disabled, onClose, children }: FormDialogProps<V>) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={description}
      className="max-w-md"
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" form={id} variant={danger ? "danger" : "primary"} busy={form.formState.isSubmitting} disabled={disabled}>
            {confirm}
          </Button>
        </>
      }
    >
      <Form form={form} id={id}>
        {children}
      </Form>
    </Dialog>
  );
}
