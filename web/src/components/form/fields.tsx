import type { ComponentProps, ReactNode } from "react";
import { Controller, get, useFormState, type FieldPath, type FieldPathByValue, type FieldValues, type UseFormReturn } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { fieldWords } from "@/api/problem";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import type { Choices } from "@/lib/choices";
import { ChoiceSelect } from "./choices";

interface FieldBase<V extends FieldValues> {
  form: UseFormReturn<V>;
  name: FieldPath<V>;
  label: ReactNode;
  hint?: ReactNode;
  required?: boolean;
  className?: string;
}

/** What is wrong with a field, in the reader's language: its message is a key, or a sentence already. */
function useFieldError<V extends FieldValues>(form: UseFormReturn<V>, name: FieldPath<V>): string | undefined {
  const { i18n } = useTranslation();
  const { errors } = useFormState({ control: form.control, name });
  const { message } = (get(errors, name) ?? {}) as { message?: string };
  return message === undefined ? undefined : fieldWords(i18n, message);
}

type Attributes<T extends "input" | "textarea" | "select"> = Omit<ComponentProps<T>, "form" | "name" | "required" | "className">;

/** One line: text, an address, a number, a date (`type="date"`, `"datetime-local"`), a password. */
export function TextField<V extends FieldValues>({ form, name, label, hint, required, className, ...rest }: FieldBase<V> & Attributes<"input">) {
  const error = useFieldError(form, name);
  return (
    <Field label={label} hint={hint} error={error} required={required} className={className}>
      {(control) => <Input dir="auto" {...rest} {...control} {...form.register(name)} />}
    </Field>
  );
}

/** Several lines. */
export function TextAreaField<V extends FieldValues>({ form, name, label, hint, required, className, ...rest }: FieldBase<V> & Attributes<"textarea">) {
  const error = useFieldError(form, name);
  return (
    <Field label={label} hint={hint} error={error} required={required} className={className}>
      {(control) => <Textarea dir="auto" rows={6} {...rest} {...control} {...form.register(name)} />}
    </Field>
  );
}

/** One of a few words. It shows what the form holds, whenever its options come and whatever they are. */
export function SelectField<V extends FieldValues>({
  form,
  name,
  label,
  hint,
  required,
  className,
  options,
  ...rest
}: FieldBase<V> & Omit<Attributes<"select">, "value" | "onChange"> & { options: Choices }) {
  const error = useFieldError(form, name);
  return (
    <Field label={label} hint={hint} error={error} required={required} className={className}>
      {(control) => <Controller control={form.control} name={name} render={({ field }) => <ChoiceSelect {...rest} {...control} {...field} options={options} value={String(field.value ?? "")} />} />}
    </Field>
  );
}

/** Yes or no. */
export function CheckField<V extends FieldValues>({ form, name, label, hint }: { form: UseFormReturn<V>; name: FieldPathByValue<V, boolean>; label: ReactNode; hint?: ReactNode }) {
  const error = useFieldError(form, name);
  return (
    <div className="grid gap-0.5">
      <Controller
        control={form.control}
        name={name}
        render={({ field }) => (
          <label className="flex min-h-8 items-center gap-2.5 text-sm">
            <Checkbox ref={field.ref} checked={field.value} aria-invalid={error ? true : undefined} onCheckedChange={(on) => field.onChange(on === true)} onBlur={field.onBlur} />
            {label}
          </label>
        )}
      />
      {hint && <p className="ps-7 text-xs text-muted-foreground">{hint}</p>}
      {error && <p className="ps-7 text-xs font-medium text-danger">{error}</p>}
    </div>
  );
}
