import { useEffect } from "react";
import { create } from "zustand";

/** Forms and uploads on screen that would be lost; the shell asks before such a page is left. */
export const useUnsaved = create<{ holders: ReadonlySet<symbol> }>(() => ({ holders: new Set() }));

function change(act: (holders: Set<symbol>) => void): void {
  const holders = new Set(useUnsaved.getState().holders);
  act(holders);
  useUnsaved.setState({ holders });
}

/**
 * While `dirty`, leaving the page is asked about: in the application by a dialog of the shell, by the browser in its own
 * words. Not for what is kept as a draft.
 */
export function useLeaveGuard(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return;
    const holder = Symbol();
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    change((holders) => holders.add(holder));
    return () => {
      window.removeEventListener("beforeunload", ask);
      change((holders) => holders.delete(holder));
    };
  }, [dirty]);
}

/** The work has been saved: the navigation that follows at once, before the form has been drawn again, needs no question. */
export function letGo(): void {
  useUnsaved.setState({ holders: new Set() });
}
