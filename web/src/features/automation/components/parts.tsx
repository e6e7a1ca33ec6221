import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input, Select, Textarea } from "@/components/ui/input";

interface Choice {
  value: string;
  label: string;
}

/** What is on offer, and what is chosen already though it no longer is. */
function useOffered<T extends string>(options: readonly { value: T; label: string }[], chosen: readonly T[]) {
  const { t } = useTranslation();
  const gone = chosen.filter((value) => !options.some((option) => option.value === value));
  return [...options, ...gone.map((value) => ({ value, label: t("rule.gone", { id: value }) }))];
}

/** One of a few words, outside a form's own fields. */
export function Pick({ label, value, options, error, onChange }: { label: ReactNode; value: string; options: readonly Choice[]; error?: string; onChange: (value: string) => void }) {
  const offered = useOffered(options, [value]);
  return (
    <Field label={label} error={error}>
      {(control) => (
        <Select {...control} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {offered.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

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

/** Any of a few words. */
export function Several<T extends string>({ label, chosen, options, onChange }: { label: string; chosen: readonly T[]; options: readonly { value: T; label: string }[]; onChange: (chosen: T[]) => void }) {
  const offered = useOffered(options, chosen);
  return (
    <fieldset className="min-w-0">
      <legend className="text-sm font-medium">{label}</legend>
      <div className="flex flex-wrap gap-x-4">
        {offered.map(({ value, label: name }) => (
          <label key={value} className="flex min-h-8 items-center gap-2 text-sm">
            <Checkbox checked={chosen.includes(value)} onCheckedChange={(on) => onChange(on === true ? [...chosen, value] : chosen.filter((each) => each !== value))} />
            <bdi>{name}</bdi>
          </label>
        ))}
      </div>
    </fieldset>
  );
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
