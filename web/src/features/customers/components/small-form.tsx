import { useState } from "react";
import { useTranslation } from "react-i18next";
import { explain, fieldErrors } from "@/api/problem";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";

export interface SmallField {
  name: string;
  label: string;
  required?: boolean;
  dir?: "auto" | "ltr";
  /** Choices; without any it is a line of text. */
  choices?: { value: string; label: string }[];
  start?: string;
}

interface SmallFormProps {
  title: string;
  fields: SmallField[];
  error: unknown;
  busy: boolean;
  onSave: (values: Record<string, string>) => void;
  onClose: () => void;
}

/** A dialog with a few fields; the server's word on each of them stands below it. */
export function SmallForm({ title, onClose, ...rest }: SmallFormProps) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title} className="max-w-md">
      <Body onClose={onClose} {...rest} />
    </Dialog>
  );
}

function Body({ fields, error, busy, onSave, onClose }: Omit<SmallFormProps, "title">) {
  const { t, i18n } = useTranslation();
  const [values, setValues] = useState(() => Object.fromEntries(fields.map((field) => [field.name, field.start ?? ""])));
  const errors = error ? fieldErrors((name) => i18n.exists(name), error) : {};
  const failure = error ? explain(t, error) : null;
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onSave(values);
      }}
    >
      {failure && (
        <Alert tone="danger" title={failure.title} live>
          {failure.action}
        </Alert>
      )}
      {fields.map((field, at) => (
        <Field key={field.name} label={field.label} required={field.required} error={errors[field.name] ? t(errors[field.name]!) : undefined}>
          {(control) =>
            field.choices ? (
              <Select {...control} value={values[field.name]} onChange={(event) => setValues({ ...values, [field.name]: event.target.value })}>
                {field.choices.map((choice) => (
                  <option key={choice.value} value={choice.value}>
                    {choice.label}
                  </option>
                ))}
              </Select>
            ) : (
              <Input
                {...control}
                data-autofocus={at === 0 || undefined}
                dir={field.dir ?? "auto"}
                autoComplete="off"
                value={values[field.name]}
                onChange={(event) => setValues({ ...values, [field.name]: event.target.value })}
              />
            )
          }
        </Field>
      ))}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" variant="primary" busy={busy}>
          {t("common.save")}
        </Button>
      </div>
    </form>
  );
}
