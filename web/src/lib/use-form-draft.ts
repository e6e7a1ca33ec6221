import { useCallback, useEffect, useRef, useState } from "react";
import type { DefaultValues, FieldValues, UseFormReturn } from "react-hook-form";
import { readDraft, writeDraft } from "./drafts";

const QUIET_MS = 300;

/** What a form begins with: its draft of this device, or what it begins with otherwise. Never for forms with secrets. */
export function draftedValues<V extends FieldValues>(name: string, empty: V): DefaultValues<V> {
  return { ...empty, ...readDraft<Partial<V>>(name) } as DefaultValues<V>;
}

/**
 * Keeps what stands in a form as a draft until it is sent. `restored` says that the form began with one; `forget` drops it
 * and, unless the work is done, empties the form. Without a name nothing is kept.
 */
export function useFormDraft<V extends FieldValues>(form: UseFormReturn<V>, name: string | null, empty: V) {
  const [restored, setRestored] = useState(() => name !== null && readDraft(name) !== null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const { subscribe, getValues, reset } = form;

  useEffect(() => {
    if (name === null) return;
    const flush = () => {
      if (timer.current === null) return;
      clearTimeout(timer.current);
      timer.current = null;
      writeDraft(name, getValues());
    };
    const stop = subscribe({
      formState: { values: true },
      callback: () => {
        if (timer.current !== null) clearTimeout(timer.current);
        timer.current = setTimeout(flush, QUIET_MS);
      },
    });
    window.addEventListener("pagehide", flush);
    return () => {
      stop();
      flush();
      window.removeEventListener("pagehide", flush);
    };
  }, [subscribe, getValues, name]);

  const forget = useCallback(
    ({ keepForm = false } = {}) => {
      if (!keepForm) reset(empty);
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
      if (name !== null) writeDraft(name, null);
      setRestored(false);
    },
    [name, reset, empty],
  );
  return { restored, forget };
}
