import { useMemo, type RefObject } from "react";
import { mentionedIn, type Person } from "@/components/mentions/mentioned";
import { useMentionSuggestions } from "@/components/mentions/use-mention-suggestions";
import { typeText } from "@/lib/type-text";
import { useAgents } from "@/lib/use-agents";
import type { MessageDraft } from "../data/drafts";
import type { Agent } from "@/api/types";

const NOBODY: Agent[] = [];

/** Mentions of a note: who is offered, and whom it mentions, as it will once it is sent. Of two who are called the same it is the one who was chosen. */
export function useMentioning(enabled: boolean, box: RefObject<HTMLTextAreaElement | null>, draft: MessageDraft, change: (act: (present: MessageDraft) => MessageDraft) => void) {
  const people = useAgents(enabled) ?? NOBODY;
  const suggestions = useMentionSuggestions({
    people,
    enabled,
    box: () => box.current,
    put: (field, text, from, person) => {
      typeText(field, text, from, field.selectionStart);
      change((present) => ({ ...present, mentions: [...(present.mentions ?? []).filter(({ name }) => name !== person.name), { id: person.id, name: person.name }] }));
    },
  });
  const { text, mentions: chosen } = draft;
  const mentioned = useMemo((): Person[] => {
    if (!enabled) return NOBODY;
    const all: Person[] = [...people, ...(chosen ?? [])];
    const ids = new Set(mentionedIn(text, all));
    // Somebody who was chosen is among all people as well.
    return [...new Map(all.filter(({ id }) => ids.has(id)).map((person) => [person.id, person])).values()];
  }, [enabled, people, text, chosen]);
  return { suggestions, mentioned, ids: mentioned.map(({ id }) => id) };
}
