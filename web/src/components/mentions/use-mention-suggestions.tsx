import { useId, useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { plain } from "@/lib/plain";
import type { Person } from "./mentioned";

/** What stands between an `@` and the caret, when somebody is about to be named. */
export function asked(text: string, caret: number): string | null {
  const found = /(?:^|[\s(])@([\p{L}\p{N}'’.-]*(?: [\p{L}\p{N}'’.-]*)?)$/u.exec(text.slice(0, caret));
  return found ? found[1]! : null;
}

interface MentionSuggestions {
  /** What the field says of its list. */
  attributes: { "aria-autocomplete"?: "list"; "aria-haspopup"?: "listbox"; "aria-controls"?: string; "aria-activedescendant"?: string };
  look: (box: HTMLTextAreaElement) => void;
  close: () => void;
  /** True when the key was the list's. */
  onKeyDown: (event: KeyboardEvent<HTMLTextAreaElement>) => boolean;
  list: ReactNode;
}

interface MentionOptions {
  /** Who can be mentioned. */
  people: readonly Person[];
  enabled?: boolean;
  /** The field. */
  box: () => HTMLTextAreaElement | null;
  /** Puts a name, with a blank behind it, in the place of what was typed of it: from there to the caret. */
  put: (box: HTMLTextAreaElement, text: string, from: number, person: Person) => void;
  /** Where the list stands. */
  className?: string;
}

/** People that an `@` and the beginning of a name offer. Arrows choose, Enter or Tab takes, Escape leaves it. */
export function useMentionSuggestions({ people, enabled = true, box, put, className }: MentionOptions): MentionSuggestions {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const list = useId();
  const fitting = !enabled || wanted === null ? [] : people.filter((person) => plain(person.name).includes(plain(wanted))).slice(0, 6);
  const chosen = fitting[Math.min(at, fitting.length - 1)];
  const option = (person: Person) => `${list}-${person.id}`;

  function look(field: HTMLTextAreaElement) {
    const next = field.selectionStart === field.selectionEnd ? asked(field.value, field.selectionStart) : null;
    if (next !== wanted) setAt(0);
    setWanted(next);
  }
  function take(person: Person) {
    const field = box();
    if (!field) return;
    put(field, `${person.name} `, field.selectionStart - (wanted ?? "").length, person);
    setWanted(null);
  }
  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): boolean {
    if (!chosen || event.nativeEvent.isComposing || event.ctrlKey || event.metaKey) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      setAt((Math.min(at, fitting.length - 1) + (event.key === "ArrowDown" ? 1 : fitting.length - 1)) % fitting.length);
    } else if (event.key === "Enter" || event.key === "Tab") {
      take(chosen);
    } else if (event.key === "Escape") {
      setWanted(null);
    } else return false;
    event.preventDefault();
    return true;
  }
  return {
    attributes: enabled
      ? { "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": chosen ? list : undefined, "aria-activedescendant": chosen ? option(chosen) : undefined }
      : {},
    look,
    close: () => setWanted(null),
    onKeyDown,
    list: chosen && (
      <ul id={list} role="listbox" aria-label={t("mention.people")} className={cn("rounded-lg border bg-raised p-1 shadow-pop", className)}>
        {fitting.map((person) => (
          <li
            key={person.id}
            id={option(person)}
            role="option"
            aria-selected={person === chosen}
            className={cn("flex min-h-8 cursor-default items-center rounded px-2 text-sm max-sm:min-h-11", person === chosen && "bg-accent text-accent-foreground")}
            // The field must keep the focus, and with it the caret.
            onPointerDown={(event) => {
              event.preventDefault();
              take(person);
            }}
          >
            <bdi className="truncate">{person.name}</bdi>
          </li>
        ))}
      </ul>
    ),
  };
}
