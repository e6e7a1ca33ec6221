import { useEffect, useRef } from "react";
import { useUi } from "@/stores/ui";

export type Shortcuts = Record<string, (event: KeyboardEvent) => void>;

/** Time within which the second key of `g t` must follow. */
const SEQUENCE_MS = 900;

/** Keys go into a field. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/** A dialog, menu or palette is open: keys belong to it. So they do while the palette that was asked for is still on its way. */
function covered(): boolean {
  if (useUi.getState().paletteOpen) return true;
  return document.querySelector("[role=dialog],[role=alertdialog],[role=menu]") !== null;
}

// What is bound by all parts of the page, in the order in which they came: the `t` of a sequence that one part knows is not the `t` of another.
const bound = new Set<{ current: Shortcuts }>();
let prefix: { key: string; at: number } | null = null;

function actionOf(keys: string) {
  for (const { current } of bound) if (current[keys]) return current[keys];
  return undefined;
}

function onKey(event: KeyboardEvent) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target) || covered()) return;
  // Enter and Space on a focused control are the control's own.
  const control = event.target instanceof HTMLElement && event.target.closest("button,a,[role=button]");
  if (control && (event.key === "Enter" || event.key === " ")) return;
  const sequence = prefix && event.timeStamp - prefix.at < SEQUENCE_MS ? `${prefix.key} ${event.key}` : null;
  const both = sequence === null ? undefined : actionOf(sequence);
  // `g` then `t` must not also run what `t` alone does.
  prefix = both ? null : { key: event.key, at: event.timeStamp };
  const action = both ?? actionOf(event.key);
  if (!action) return;
  event.preventDefault();
  action(event);
}

/**
 * Binds single keys (`j`, `?`, `Enter`) and sequences (`g t`). They are off while somebody types, with Ctrl, Alt or Meta
 * held, and while a dialog is open.
 */
export function useShortcuts(shortcuts: Shortcuts, enabled = true): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    if (!enabled) return;
    if (bound.size === 0) document.addEventListener("keydown", onKey);
    bound.add(latest);
    return () => {
      bound.delete(latest);
      if (bound.size === 0) document.removeEventListener("keydown", onKey);
    };
  }, [enabled]);
}
