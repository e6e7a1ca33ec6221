import { useMemo, useSyncExternalStore } from "react";
import { useSession } from "@/api/session";
import { readStored, writeStored } from "./storage";

// What somebody has typed but not sent, on this device. Each person's drafts are apart: the next one at the same
// computer neither sees nor overwrites them.
const PREFIX = "cm.draft.";
const listeners = new Set<() => void>();

function storageKey(name: string): string {
  return `${PREFIX}${useSession.getState().user?.id ?? "nobody"}.${name}`;
}

export function readDraft<T>(name: string): T | null {
  try {
    return JSON.parse(readStored(storageKey(name)) ?? "null") as T | null;
  } catch {
    return null;
  }
}

/** Null forgets the draft. */
export function writeDraft<T>(name: string, value: T | null): void {
  writeStored(storageKey(name), value === null ? null : JSON.stringify(value));
  for (const listener of listeners) listener();
}

const holders = new Map<string, Set<() => void>>();

/** Hears that the draft of this name has come to its end while it is on screen. Answers with how to stop hearing. */
export function holdDraft(name: string, clear: () => void): () => void {
  const all = holders.get(name) ?? new Set();
  holders.set(name, all.add(clear));
  return () => {
    all.delete(clear);
    if (all.size === 0) holders.delete(name);
  };
}

/** What was typed has been sent: it is forgotten on this device and wherever it is on screen. */
export function endDraft(name: string): void {
  for (const clear of holders.get(name) ?? []) clear();
  writeDraft(name, null);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // Another tab of the same browser writes drafts too.
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** What the server has as well tells nothing here: it may have been sent from another device since. */
function isCopy(stored: string | null): boolean {
  return (JSON.parse(stored ?? "null") as { ahead?: boolean } | null)?.ahead === false;
}

function names(): string {
  const own = storageKey("");
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(own) && !isCopy(localStorage.getItem(key)))
      .map((key) => key.slice(own.length).split(".")[0])
      .sort()
      .join(" ");
  } catch {
    return "";
  }
}

/** First parts of the names of all drafts that are on this device alone: the ids of the tickets somebody has begun to answer. */
export function useDraftNames(): ReadonlySet<string> {
  // A string, because the snapshot must be equal while nothing has changed.
  const all = useSyncExternalStore(subscribe, names);
  return useMemo(() => new Set(all.split(" ")), [all]);
}
