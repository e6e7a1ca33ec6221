import { useEffect, useRef, type KeyboardEvent as KeyEvent } from "react";
import { typing } from "@/lib/use-shortcuts";

/** What a list needs to know of the row that is shown beside it. */
export interface Beside<T> {
  /** The row that is shown. */
  shown: string | null;
  /** The row at which the keys are. */
  current: string | null;
  /** The keys went to a row, which is to be shown. */
  onMove: (row: T) => void;
  /** What is shown of a row is to have the focus. */
  onEnter: (row: T) => void;
}

function stepOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): number {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return 0;
  return event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
}

/**
 * The arrow keys of a list whose rows are shown beside it, and Enter on the link of a row. They are the list's while the focus is in it or
 * nowhere: elsewhere they scroll what is read. Returns what hears the keys of the rows.
 */
export function useBesideKeys(on: boolean, move: (step: number) => void, enter: (id: string) => void): ((event: KeyEvent<HTMLElement>) => void) | undefined {
  const latest = useRef(move);
  useEffect(() => {
    latest.current = move;
  });
  useEffect(() => {
    if (!on) return;
    function onKey(event: KeyboardEvent) {
      const step = stepOf(event);
      if (step === 0 || event.defaultPrevented || event.target !== document.body) return;
      event.preventDefault();
      latest.current(step);
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [on]);
  if (!on) return undefined;
  return (event) => {
    const target = event.target as HTMLElement;
    // Keys of a menu come here too though it is drawn elsewhere, and some keys are a control's own.
    if (event.defaultPrevented || !event.currentTarget.contains(target) || typing(target)) return;
    const step = stepOf(event);
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    const row = event.key === "Enter" && plain ? target.closest("a")?.closest("[data-id]")?.getAttribute("data-id") : null;
    if (step === 0 && !row) return;
    event.preventDefault();
    if (row) enter(row);
    else move(step);
  };
}
