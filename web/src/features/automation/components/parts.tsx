import type { ReactNode } from "react";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";

export function Line({ label, value, type = "text", error, onChange }: { label: ReactNode; value: string | number; type?: "text" | "number"; error?: string; onChange: (value: string) => void }) {
  return (
    <Field label={label} error={error}>
      {(control) => <Input dir="auto" {...control} type={type} min={1} value={value} autoComplete="off" onChange={(event) => onChange(event.currentTarget.value)} />}
    </Field>
  );
}

export function Lines({ label, value, onChange }: { label: ReactNode; value: string; onChange: (value: string) => void }) {
  return <Field label={label}>{(control) => <Textarea dir="auto" rows={4} {...control} value={value} onChange={(event) => onChange(event.currentTarget.value)} />}</Field>;
}

/** Why the server refused a part that has no field of its own. */
export function Wrong({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p data-wrong role="alert" tabIndex={-1} className="text-xs font-medium text-danger outline-none">
      {text}
    </p>
  );
}
