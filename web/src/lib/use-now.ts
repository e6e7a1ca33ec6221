import { useSyncExternalStore } from "react";

// One ticking clock for all relative times on the page.
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  // It stood still while nobody looked; React reads it again after this.
  if (listeners.size === 0) now = Date.now();
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 20_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** The present moment in milliseconds, refreshed every 20 s. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
