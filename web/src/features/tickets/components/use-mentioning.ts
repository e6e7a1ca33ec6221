import type { RefObject } from "react";
import { mentionedIn } from "@/components/mentions/mentioned";
import { useMentionSuggestions } from "@/components/mentions/use-mention-suggestions";
import { typeText } from "@/lib/type-text";
import { useAgents } from "@/lib/use-agents";
import type { MessageDraft } from "../data/drafts";
import type { Agent } from "@/api/types";

const NOBODY: Agent[] = [];

/** Mentions of a note: who is offered, and whom it mentions. Of two who are called the same it is the one who was chosen. */
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
  return { suggestions, ids: enabled ? mentionedIn(draft.text, [...people, ...(draft.mentions ?? [])]) : [] };
}
