import { useCallback, useEffect, useRef, useState } from "react";
import { holdDraft, readDraft, writeDraft } from "./drafts";

const QUIET_MS = 300;

/**
 * A value that survives a reload, an expired session and a lost connection. It is written shortly after the last change and
 * when the page goes; the last of what is returned tells it as of this moment, before it is drawn. A value for which `isEmpty` holds is forgotten, and so is one whose draft ends elsewhere.
 */
export function useDraft<T>(name: string, empty: T, isEmpty: (value: T) => boolean): [T, (change: T | ((present: T) => T)) => void, () => void, () => T] {
  const [value, setValue] = useState(() => readDraft<T>(name) ?? empty);
  const present = useRef(value);
  const pending = useRef<{ timer: ReturnType<typeof setTimeout>; value: T } | null>(null);
  const rules = useRef({ empty, isEmpty });

  const flush = useCallback(() => {
    if (!pending.current) return;
    clearTimeout(pending.current.timer);
    const { value: last } = pending.current;
    pending.current = null;
    writeDraft(name, rules.current.isEmpty(last) ? null : last);
  }, [name]);

  useEffect(() => {
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [flush]);

  const change = useCallback(
    (wanted: T | ((present: T) => T)) => {
      const next = typeof wanted === "function" ? (wanted as (present: T) => T)(present.current) : wanted;
      present.current = next;
      setValue(next);
      if (pending.current) clearTimeout(pending.current.timer);
      pending.current = { value: next, timer: setTimeout(flush, QUIET_MS) };
    },
    [flush],
  );

  const clear = useCallback(() => {
    change(rules.current.empty);
    flush();
  }, [change, flush]);

  useEffect(() => holdDraft(name, clear), [name, clear]);

  return [value, change, clear, useCallback(() => present.current, [])];
}
