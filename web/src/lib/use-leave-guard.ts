import { useEffect } from "react";
import { create } from "zustand";

/** Forms and uploads on screen that would be lost; the shell asks before such a page is left. */
export const useUnsaved = create<{ holders: ReadonlySet<symbol> }>(() => ({ holders: new Set() }));

function change(act: (holders: Set<symbol>) => void): void {
  const holders = new Set(useUnsaved.getState().holders);
  act(holders);
  useUnsaved.setState({ holders });
}

/** Part of an address: the row of a list that is shown beside it, on which somebody may be at work as on a page. */
export const BESIDE = "open";

/** Whether going there takes what is on screen away: another page, or another row beside the same list. */
export function leaves(from: { pathname: string; search: string }, to: { pathname: string; search: string }): boolean {
  if (from.pathname !== to.pathname) return true;
  const shown = new URLSearchParams(from.search).get(BESIDE);
  return shown !== null && shown !== new URLSearchParams(to.search).get(BESIDE);
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
