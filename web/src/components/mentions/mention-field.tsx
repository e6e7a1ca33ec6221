import { useId, useState, type KeyboardEvent, type ReactNode } from "react";
import { get, useController, useFormState, type FieldPathByValue, type FieldValues, type UseFormReturn } from "react-hook-form";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { cn } from "@/lib/cn";
import { plain } from "@/lib/plain";
import type { Person } from "./mentioned";

interface MentionFieldProps<V extends FieldValues> {
  form: UseFormReturn<V>;
  name: FieldPathByValue<V, string>;
  label: ReactNode;
  hint?: ReactNode;
  /** Who can be mentioned. */
  people: readonly Person[];
  rows?: number;
}

/** What stands between an `@` and the caret, when somebody is about to be named. */
export function asked(text: string, caret: number): string | null {
  const found = /(?:^|[\s(])@([\p{L}\p{N}'’.-]*(?: [\p{L}\p{N}'’.-]*)?)$/u.exec(text.slice(0, caret));
  return found ? found[1]! : null;
}

/** Several lines in which `@` offers people to mention. Arrows choose, Enter or Tab takes, Escape leaves it. */
export function MentionField<V extends FieldValues>({ form, name, label, hint, people, rows = 4 }: MentionFieldProps<V>) {
  const { t, i18n } = useTranslation();
  const { field } = useController({ control: form.control, name });
  const { errors } = useFormState({ control: form.control, name });
  const { message } = (get(errors, name) ?? {}) as { message?: string };
  const [wanted, setWanted] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const list = useId();
  const fitting = wanted === null ? [] : people.filter((person) => plain(person.name).includes(plain(wanted))).slice(0, 6);
  const chosen = fitting[Math.min(at, fitting.length - 1)];

  function look(box: HTMLTextAreaElement) {
    const next = box.selectionStart === box.selectionEnd ? asked(box.value, box.selectionStart) : null;
    if (next !== wanted) setAt(0);
    setWanted(next);
  }
  function take(person: Person, box: HTMLTextAreaElement) {
    const caret = box.selectionStart;
    const begins = caret - (wanted ?? "").length;
    const before = `${box.value.slice(0, begins)}${person.name} `;
    // The next letter may be typed before the next frame: the caret is in its place by then.
    flushSync(() => {
      field.onChange(before + box.value.slice(caret));
      setWanted(null);
    });
    box.focus();
    box.setSelectionRange(before.length, before.length);
  }
  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (!chosen) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      setAt((at + (event.key === "ArrowDown" ? 1 : fitting.length - 1)) % fitting.length);
    } else if (event.key === "Enter" || event.key === "Tab") {
      take(chosen, event.currentTarget);
    } else if (event.key === "Escape") {
      setWanted(null);
    } else return;
    event.preventDefault();
  }
  const id = (person: Person) => `${list}-${person.id}`;
  return (
    <Field label={label} hint={hint} error={message === undefined ? undefined : i18n.exists(message) ? t(message) : message}>
      {(control) => (
        <div className="relative">
          <Textarea
            dir={field.value === "" ? undefined : "auto"}
            rows={rows}
            {...control}
            {...field}
            onChange={(event) => {
              field.onChange(event);
              look(event.target);
            }}
            onSelect={(event) => look(event.currentTarget)}
            onBlur={() => {
              field.onBlur();
              setWanted(null);
            }}
            onKeyDown={onKeyDown}
            aria-autocomplete="list"
            aria-haspopup="listbox"
            aria-controls={chosen ? list : undefined}
            aria-activedescendant={chosen ? id(chosen) : undefined}
            className="block field-sizing-content max-h-96"
          />
          {chosen && (
            <ul id={list} role="listbox" aria-label={t("mention.people")} className="absolute start-0 top-full z-20 mt-1 w-72 max-w-full rounded-lg border bg-raised p-1 shadow-pop">
              {fitting.map((person) => (
                <li
                  key={person.id}
                  id={id(person)}
                  role="option"
                  aria-selected={person === chosen}
                  className={cn("flex min-h-8 cursor-default items-center rounded px-2 text-sm max-sm:min-h-11", person === chosen && "bg-accent text-accent-foreground")}
                  // The field must keep the focus, and with it the caret.
                  onPointerDown={(event) => {
                    event.preventDefault();
                    const box = event.currentTarget.closest("div")?.querySelector("textarea");
                    if (box) take(person, box);
                  }}
                >
                  <bdi className="truncate">{person.name}</bdi>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </Field>
  );
}
