import { useId, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { explain } from "@/api/problem";
import { Alert } from "./alert";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Field } from "./field";
import { Input } from "./input";

interface ConfirmDialogProps {
  open: boolean;
  /** The question itself. */
  title: ReactNode;
  /** What follows from a yes, above all what cannot be taken back. */
  description?: ReactNode;
  /** The verb of the action, never just "yes". */
  confirm: string;
  /** The safe answer; "Cancel" unless said otherwise. It has the focus first. */
  cancel?: string;
  danger?: boolean;
  /** For what cannot be undone: this name has to be typed first. */
  typed?: string;
  busy?: boolean;
  /** It cannot be done now; the children say why. */
  disabled?: boolean;
  /** Why it could not be done. */
  error?: unknown;
  onConfirm: () => void;
  onCancel: () => void;
  children?: ReactNode;
}

/** Asks before something happens that is hard to take back. */
export function ConfirmDialog({ open, title, description, confirm, cancel, danger, typed, busy, disabled, error, onConfirm, onCancel, children }: ConfirmDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onCancel()} title={title} description={description} className="max-w-md">
      {/* Mounted anew with each opening, so that a name typed earlier is gone. */}
      {open && (
        <Body confirm={confirm} cancel={cancel} danger={danger} typed={typed} busy={busy} disabled={disabled} error={error} onConfirm={onConfirm} onCancel={onCancel}>
          {children}
        </Body>
      )}
    </Dialog>
  );
}

function Body({ confirm, cancel, danger, typed, busy, disabled, error, onConfirm, onCancel, children }: Omit<ConfirmDialogProps, "open" | "title" | "description">) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const form = useId();
  const failure = error ? explain(t, error) : null;
  const ready = !disabled && (typed === undefined || name.trim() === typed);
  return (
    <form
      id={form}
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !busy) onConfirm();
      }}
    >
      {children}
      {failure && (
        <Alert tone="danger" title={failure.title} live>
          {failure.action}
        </Alert>
      )}
      {typed !== undefined && (
        <Field label={t("common.typeName", { name: typed })}>
          {(control) => <Input {...control} dir="auto" autoComplete="off" spellCheck={false} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
      )}
      <div className="flex flex-wrap justify-end gap-2 max-sm:flex-col-reverse">
        <Button data-autofocus onClick={onCancel}>
          {cancel ?? t("common.cancel")}
        </Button>
        <Button type="submit" variant={danger ? "danger" : "primary"} busy={busy} disabled={!ready}>
          {confirm}
        </Button>
      </div>
    </form>
  );
}
