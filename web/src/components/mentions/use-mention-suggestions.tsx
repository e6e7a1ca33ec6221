import { useTranslation } from "react-i18next";
import { type Suggestions, useAsked, useSuggestions } from "@/components/suggestions";
import { plain } from "@/lib/plain";
import type { Person } from "./mentioned";

/** What stands between an `@` and the caret, when somebody is about to be named. */
export function asked(text: string, caret: number): string | null {
  const found = /(?:^|[\s(])@([\p{L}\p{N}'’.-]*(?: [\p{L}\p{N}'’.-]*)?)$/u.exec(text.slice(0, caret));
  return found ? found[1]! : null;
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

/** People that an `@` and the beginning of a name offer. */
export function useMentionSuggestions({ people, enabled = true, box, put, className }: MentionOptions): Suggestions {
  const { t } = useTranslation();
  const query = useAsked(asked, enabled);
  const { wanted } = query;
  return useSuggestions(query, {
    found: wanted === null ? [] : people.filter((person) => plain(person.name).includes(plain(wanted))).slice(0, 6),
    idOf: (person) => person.id,
    label: t("mention.people"),
    take: (person) => {
      const field = box();
      if (field) put(field, `${person.name} `, field.selectionStart - (wanted ?? "").length, person);
    },
    show: (person) => <bdi className="truncate">{person.name}</bdi>,
    className,
  });
}
