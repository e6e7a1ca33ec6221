import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";

interface ReasonDialogProps {
  open: boolean;
  title: string;
  hint: string;
  confirm: string;
  danger?: boolean;
  busy: boolean;
  onConfirm: (reason: string) => void;
  onCancel: () => void;
}

/** Asks why before something is done that needs a reason. */
export function ReasonDialog({ open, title, onCancel, ...rest }: ReasonDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onCancel()} title={title} className="max-w-md">
      {open && <Body onCancel={onCancel} {...rest} />}
    </Dialog>
  );
}

function Body({ hint, confirm, danger, busy, onConfirm, onCancel }: Omit<ReasonDialogProps, "open" | "title">) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const form = useId();
  return (
    <form
      id={form}
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim()) onConfirm(reason.trim());
      }}
    >
      <Field label={t("customer.reason")} hint={hint} required>
        {(control) => <Textarea {...control} data-autofocus dir="auto" maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{t("common.cancel")}</Button>
        <Button type="submit" variant={danger ? "danger" : "primary"} busy={busy} disabled={reason.trim() === ""}>
          {confirm}
        </Button>
      </div>
    </form>
  );
}
