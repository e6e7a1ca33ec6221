import { useCallback, useEffect, useRef, type RefObject } from "react";

interface Asked<R> {
  /** What is pressed; all of them when null. */
  row: R | null;
  next: string | undefined;
}

/** What had the focus has gone, and it with it. */
export const isNowhere = (element: Element | null): boolean => element === null || element === document.body;

/**
 * What is pressed in a row may take the row away: the focus goes to the row after it instead of to nowhere. The rows carry their `data-id` in
 * `box`, which can have the focus itself. Returns what says that something is done to a row, or to all.
 */
export function useFocusAfter<R extends { id: string }>(rows: readonly R[], box: RefObject<HTMLElement | null>): (row: R | null) => void {
  const asked = useRef<Asked<R> | null>(null);
  const shown = useRef(rows);
  useEffect(() => {
    shown.current = rows;
    const done = asked.current;
    if (!done) return;
    const line = (id: string | undefined) => [...(box.current?.querySelectorAll("[data-id]") ?? [])].find((each) => each.getAttribute("data-id") === id);
    const active = document.activeElement;
    const present = rows.find(({ id }) => id === done.row?.id) ?? null;
    if (isNowhere(active)) {
      asked.current = null;
      const place = line(present?.id ?? done.next);
      (place?.querySelector("button") ?? place?.querySelector("a") ?? box.current ?? document.getElementById("content"))?.focus();
    } else if (!active?.closest("[role=dialog]") && (present !== done.row || !line(done.row?.id)?.contains(active))) {
      // It stays, changed, or somebody has gone on: nobody is called back later.
      asked.current = null;
    }
  }, [rows, box]);
  return useCallback((row) => {
    const at = shown.current.findIndex(({ id }) => id === row?.id);
    asked.current = { row, next: row ? (shown.current[at + 1] ?? shown.current[at - 1])?.id : undefined };
  }, []);
}
