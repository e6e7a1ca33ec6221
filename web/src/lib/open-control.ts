/** Menus open by the pointer or a key on their button, not by a click from a script: so it is given the key. */
export function openMenu(button: Element | null | undefined): void {
  if (!(button instanceof HTMLButtonElement) || button.disabled) return;
  button.focus();
  button.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
}

/**
 * Takes whoever pressed a key to the control that it stands for, and opens it where it can be opened. Once something has been chosen from a
 * list, or he leaves by Escape, he is back where he was, so that the next key is one of the page again.
 */
export function openControl(control: Element | null | undefined): void {
  if (control instanceof HTMLButtonElement) return openMenu(control);
  if (!(control instanceof HTMLSelectElement || control instanceof HTMLInputElement) || control.disabled) return;
  const before = document.activeElement;
  const heard = new AbortController();
  const { signal } = heard;
  const back = () => {
    heard.abort();
    if (before instanceof HTMLElement && before !== document.body && before.isConnected) before.focus();
    else control.blur();
  };
  control.focus();
  control.addEventListener("keydown", (event) => (event as KeyboardEvent).key === "Escape" && back(), { signal });
  control.addEventListener("blur", () => heard.abort(), { signal });
  if (!(control instanceof HTMLSelectElement)) return;
  try {
    control.showPicker();
  } catch {
    // A browser that opens none by a script: the arrow keys do, and what they pass on their way is not what was chosen.
    return;
  }
  control.addEventListener("change", back, { signal });
}
