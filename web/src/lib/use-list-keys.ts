import type { RefObject } from "react";
import { useShortcuts } from "@/lib/use-shortcuts";

/** `j` and `k` move the focus along the links of a list; Enter is then the link's own key. */
export function useListKeys(list: RefObject<HTMLUListElement | null>): void {
  const move = (step: number) => {
    const links = [...(list.current?.querySelectorAll<HTMLAnchorElement>("a[href]") ?? [])];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    const next = links[at < 0 ? 0 : Math.max(0, Math.min(links.length - 1, at + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  useShortcuts({ j: () => move(1), k: () => move(-1) });
}
