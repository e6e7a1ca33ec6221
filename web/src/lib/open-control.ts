/** Menus open by the pointer or a key on their button, not by a click from a script: so it is given the key. */
export function openMenu(button: Element | null | undefined): void {
  if (!(button instanceof HTMLButtonElement) || button.disabled) return;
  button.focus();
  button.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
}

/**
 * Takes whoever pressed a key to the control that it stands for, and opens it where it can be opened. Once something has been chosen from a
 * list, or nothing (Escape), he is back where he was, so that the next key is one of the page again.
 */
export function openControl(control: Element | null | undefined): void {
  if (control instanceof HTMLButtonElement) return openMenu(control);
  if (control instanceof HTMLSelectElement) return openSelect(control);
  if (control instanceof HTMLInputElement && !control.disabled) control.focus();
}

function openSelect(select: HTMLSelectElement): void {
  if (select.disabled) return;
  const before = document.activeElement;
  const heard = new AbortController();
  const back = () => {
    heard.abort();
    if (before instanceof HTMLElement && before !== document.body && before.isConnected) before.focus();
    else select.blur();
  };
  select.focus();
  try {
    select.showPicker();
  } catch {
    // A browser that opens none by a script: the arrow keys do, and nothing is chosen by the first of them unseen.
    return;
  }
  const { signal } = heard;
  select.addEventListener("change", back, { signal });
  select.addEventListener("keydown", (event) => event.key === "Escape" && back(), { signal });
  select.addEventListener("blur", () => heard.abort(), { signal });
}
