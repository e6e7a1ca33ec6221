/**
 * Puts a text where the selection of a field is, or over `from` to `to`, as if it were typed: Ctrl+Z takes it back, and whoever listens to
 * the field hears of it.
 */
export function typeText(box: HTMLTextAreaElement, text: string, from = box.selectionStart, to = box.selectionEnd): void {
  // What is on its way is not changed: what is added now would be lost with it.
  if (box.readOnly) return;
  box.focus();
  box.setSelectionRange(from, to);
  // No other call enters what is inserted into the browser's list of undoable steps.
  if (document.execCommand?.("insertText", false, text)) return;
  box.setRangeText(text, from, to, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}
