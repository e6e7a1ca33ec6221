import { useCallback, useEffect, useRef, useState } from "react";
import { readStored, writeStored } from "./storage";

/** Text that survives a reload, an expired session and a lost connection. Saved shortly after the last key. */
export function useDraft(key: string): [string, (text: string) => void, () => void] {
  const storageKey = `cm.draft.${key}`;
  const [text, setText] = useState(() => readStored(storageKey) ?? "");
  const pending = useRef<{ timer: ReturnType<typeof setTimeout>; text: string } | null>(null);

  const flush = useCallback(() => {
    if (!pending.current) return;
    clearTimeout(pending.current.timer);
    writeStored(storageKey, pending.current.text || null);
    pending.current = null;
  }, [storageKey]);

  useEffect(() => {
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [flush]);

  const change = useCallback(
    (next: string) => {
      setText(next);
      if (pending.current) clearTimeout(pending.current.timer);
      pending.current = { text: next, timer: setTimeout(flush, 300) };
    },
    [flush],
  );

  const clear = useCallback(() => {
    change("");
    flush();
  }, [change, flush]);

  return [text, change, clear];
}
