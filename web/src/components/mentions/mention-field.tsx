import { useRef, type ReactNode } from "react";
import { get, useController, useFormState, type FieldPathByValue, type FieldValues, type UseFormReturn } from "react-hook-form";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import { fieldWords } from "@/api/problem";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import type { Person } from "./mentioned";
import { useMentionSuggestions } from "./use-mention-suggestions";

interface MentionFieldProps<V extends FieldValues> {
  form: UseFormReturn<V>;
  name: FieldPathByValue<V, string>;
  label: ReactNode;
  hint?: ReactNode;
  /** Who can be mentioned. */
  people: readonly Person[];
  rows?: number;
}

/** Several lines in which `@` offers people to mention. */
export function MentionField<V extends FieldValues>({ form, name, label, hint, people, rows = 4 }: MentionFieldProps<V>) {
  const { i18n } = useTranslation();
  const { field } = useController({ control: form.control, name });
  const { errors } = useFormState({ control: form.control, name });
  const { message } = (get(errors, name) ?? {}) as { message?: string };
  const frame = useRef<HTMLDivElement>(null);
  const suggestions = useMentionSuggestions({
    people,
    box: () => frame.current?.querySelector("textarea") ?? null,
    put: (box, text, from) => {
      const before = box.value.slice(0, from) + text;
      // The next letter may be typed before the next frame: the caret is in its place by then.
      flushSync(() => field.onChange(before + box.value.slice(box.selectionStart)));
      box.focus();
      box.setSelectionRange(before.length, before.length);
    },
    className: "absolute start-0 top-full z-20 mt-1 w-72 max-w-full",
  });
  return (
    <Field label={label} hint={hint} error={message === undefined ? undefined : fieldWords(i18n, message)}>
      {(control) => (
        <div ref={frame} className="relative">
          <Textarea
            dir={field.value === "" ? undefined : "auto"}
            rows={rows}
            {...control}
            {...field}
            onChange={(event) => {
              field.onChange(event);
              suggestions.look(event.target);
            }}
            onSelect={(event) => suggestions.look(event.currentTarget)}
            onBlur={() => {
              field.onBlur();
              suggestions.close();
            }}
            onKeyDown={suggestions.onKeyDown}
            {...suggestions.attributes}
            className="block field-sizing-content max-h-96"
          />
          {suggestions.list}
        </div>
      )}
    </Field>
  );
}
