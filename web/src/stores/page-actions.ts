import type { LucideIcon } from "lucide-react";
import { useEffect, useRef } from "react";
import { create } from "zustand";
import { useShortcuts } from "@/lib/use-shortcuts";

export interface PageAction {
  name: string;
  icon: LucideIcon;
  /** The key that does it while nobody types. */
  keys?: string;
  run: () => void;
}

/** What can be done on the page on screen; the palette offers it. */
export const usePageActionList = create<{ list: PageAction[] }>(() => ({ list: [] }));

/** Binds the keys of a page's actions and puts the actions into the palette while the page is on screen. */
export function usePageActions(actions: PageAction[]): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  const names = actions.map(({ name }) => name).join("\n");
  useEffect(() => {
    // What an action does is looked up when it is chosen: by then the page may have moved on.
    const list = latest.current.map((action) => ({ ...action, run: () => latest.current.find(({ name }) => name === action.name)?.run() }));
    usePageActionList.setState({ list });
    return () => usePageActionList.setState({ list: [] });
  }, [names]);
  useShortcuts(Object.fromEntries(actions.flatMap(({ keys, run }) => (keys ? [[keys, run]] : []))));
}
