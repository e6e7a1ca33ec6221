import type { KeyboardEvent } from "react";
import { typeText } from "@/lib/type-text";
import { bold, code, italic, link, lines, onEnter, type Edit, type Field } from "./markdown";

/** What changes a text, by its name in the texts. */
export const CHANGES = {
  bold,
  italic,
  link,
  bullets: (field: Field) => lines(field, "bullets"),
  numbers: (field: Field) => lines(field, "numbers"),
  quote: (field: Field) => lines(field, "quote"),
  code,
} satisfies Record<string, (field: Field) => Edit>;
export type Change = keyof typeof CHANGES;

/** Keys with Ctrl or Cmd. */
export const KEYS: Partial<Record<Change, string>> = { bold: "B", italic: "I", link: "K", code: "E" };

const fieldOf = (box: HTMLTextAreaElement): Field => ({ text: box.value, from: box.selectionStart, to: box.selectionEnd });

function put(box: HTMLTextAreaElement, edit: Edit): void {
  if (box.readOnly) return;
  if (edit.put !== "") typeText(box, edit.put, edit.from, edit.to);
  else {
    box.focus();
    box.setSelectionRange(edit.from, edit.to);
    if (edit.from < edit.to && !document.execCommand?.("delete")) {
      box.setRangeText("", edit.from, edit.to, "end");
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  box.setSelectionRange(...edit.select);
}

/** Changes what is selected in a field, as if it were typed. */
export function change(box: HTMLTextAreaElement, what: Change): void {
  put(box, CHANGES[what](fieldOf(box)));
}

/** Whether a key that was pressed in a field changed its text. */
export function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): boolean {
  if (event.nativeEvent.isComposing || event.altKey || event.shiftKey) return false;
  const box = event.currentTarget;
  if (event.ctrlKey || event.metaKey) {
    // On a keyboard of another script the key goes by its place.
    const letter = /^[a-z]$/i.test(event.key) ? event.key.toUpperCase() : event.code.replace(/^Key/, "");
    const what = (Object.keys(KEYS) as Change[]).find((each) => KEYS[each] === letter);
    // Without a selection the key opens the palette, as it does everywhere.
    if (!what || (what === "link" && box.selectionStart === box.selectionEnd)) return false;
    event.preventDefault();
    event.stopPropagation();
    change(box, what);
    return true;
  }
  const edit = event.key === "Enter" ? onEnter(fieldOf(box)) : null;
  if (!edit) return false;
  event.preventDefault();
  put(box, edit);
  return true;
}
