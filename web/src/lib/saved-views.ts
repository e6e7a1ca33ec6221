import { useMemo, useSyncExternalStore } from "react";
import { useSession } from "@/api/session";
import { readStored, writeStored } from "./storage";

/** A filter that somebody has given a name. */
export interface SavedView {
  name: string;
  /** What its address says, without the `?`. */
  query: string;
}

const listeners = new Set<() => void>();

// On this device, each person's apart: the next one at the same computer has views of his own.
function storageKey(list: string): string {
  return `cm.views.${useSession.getState().user?.id ?? "nobody"}.${list}`;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

function parse(text: string | null): SavedView[] {
  try {
    const found = JSON.parse(text ?? "[]") as unknown;
    return Array.isArray(found) ? found.filter((view): view is SavedView => typeof view?.name === "string" && typeof view.query === "string") : [];
  } catch {
    return [];
  }
}

export function useSavedViews(list: string) {
  const text = useSyncExternalStore(subscribe, () => readStored(storageKey(list)));
  const views = useMemo(() => parse(text), [text]);
  const write = (next: SavedView[]) => {
    writeStored(storageKey(list), next.length > 0 ? JSON.stringify(next) : null);
    for (const listener of listeners) listener();
  };
  return {
    views,
    /** A view of the same name is replaced. */
    save: (view: SavedView) => write([...views.filter(({ name }) => name !== view.name), view]),
    remove: (name: string) => write(views.filter((view) => view.name !== name)),
  };
}
