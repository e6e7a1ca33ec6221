import { useId, type ComponentProps, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import type { Choice, Choices } from "@/lib/choices";

/**
 * What is on offer, and what is chosen already though it is not: a field never shows another choice than its form holds. Until it is known what
 * is on offer, nothing is said about what is chosen.
 */
function useOffered<T extends string>(options: Choices<T>, chosen: readonly T[]): readonly Choice<T>[] {
  const { t } = useTranslation();
  if (!options) return chosen.map((value) => ({ value, label: "…" }));
  const gone = chosen.filter((value) => !options.some((option) => option.value === value));
  return [...options, ...gone.map((value) => ({ value, label: value === "" ? "" : t("form.gone", { id: value }) }))];
}

/** The select of a field that holds `value`. */
export function ChoiceSelect({ options, value, ...rest }: Omit<ComponentProps<"select">, "value" | "children"> & { options: Choices; value: string }) {
  const offered = useOffered(options, [value]);
  return (
    <Select {...rest} aria-busy={options ? undefined : true} value={value}>
      {offered.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </Select>
  );
}

/** One of a few words, outside a form's own fields. */
export function Pick({ label, value, options, error, onChange }: { label: ReactNode; value: string; options: Choices; error?: string; onChange: (value: string) => void }) {
  return (
    <Field label={label} error={error}>
      {(control) => <ChoiceSelect {...control} options={options} value={value} onChange={(event) => onChange(event.currentTarget.value)} />}
    </Field>
  );
}

/** Any of a few words. */
export function Several<T extends string>({ label, hint, error, chosen, options, onChange }: { label: string; hint?: string; error?: string; chosen: readonly T[]; options: Choices<T>; onChange: (chosen: T[]) => void }) {
  const wrong = useId();
  const offered = useOffered(options, chosen);
  return (
    <fieldset className="min-w-0" aria-busy={options ? undefined : true} aria-describedby={error ? wrong : undefined}>
      <legend className="text-sm font-medium">{label}</legend>
      {hint && <p className="text-xs text-muted-foreground">{hint}</p>}
      <div className="flex flex-wrap gap-x-4">
        {offered.map(({ value, label: name }) => (
          <label key={value} className="flex min-h-8 items-center gap-2 text-sm">
            <Checkbox checked={chosen.includes(value)} onCheckedChange={(on) => onChange(on === true ? [...chosen, value] : chosen.filter((each) => each !== value))} />
            <bdi>{name}</bdi>
          </label>
        ))}
      </div>
      {error && (
        <p id={wrong} role="alert" className="text-xs font-medium text-danger">
          {error}
        </p>
      )}
    </fieldset>
  );
}
