import { useRef, useState, type ReactNode } from "react";
import { get, useController, useFormState, type FieldPathByValue, type FieldValues, type UseFormReturn } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { fieldWords } from "@/api/problem";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { cn } from "@/lib/cn";
import { useWritingTools } from "./use-writing-tools";

interface MarkdownFieldProps<V extends FieldValues> {
  form: UseFormReturn<V>;
  name: FieldPathByValue<V, string>;
  label: ReactNode;
  hint?: ReactNode;
  required?: boolean;
  rows?: number;
}

/** Several lines of Markdown in a form, with the tools of the composer. */
export function MarkdownField<V extends FieldValues>({ form, name, label, hint, required, rows = 8 }: MarkdownFieldProps<V>) {
  const { i18n } = useTranslation();
  const { field } = useController({ control: form.control, name });
  const { errors } = useFormState({ control: form.control, name });
  const { message } = (get(errors, name) ?? {}) as { message?: string };
  const tools = useWritingTools();
  const [looking, setLooking] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const text: string = field.value;
  return (
    <Field label={label} hint={hint} error={message === undefined ? undefined : fieldWords(i18n, message)} required={required}>
      {(control) => (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
          {tools ? (
            <tools.WritingTools box={box} id={control.id} text={text} looking={looking} onLook={setLooking} disabled={false} />
          ) : (
            <div aria-hidden className="h-8 max-sm:h-10" />
          )}
          <Textarea
            {...control}
            {...field}
            ref={(element) => {
              field.ref(element);
              box.current = element;
            }}
            rows={rows}
            dir={text === "" ? undefined : "auto"}
            // Whoever comes to it, by its label or because something is wrong with it, writes on.
            onFocus={() => setLooking(false)}
            tabIndex={looking ? -1 : undefined}
            onKeyDown={(event) => void tools?.onKeyDown(event)}
            className={cn("field-sizing-content max-h-96", looking && "sr-only min-h-0")}
          />
        </div>
      )}
    </Field>
  );
}
