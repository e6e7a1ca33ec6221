import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useState, type RefObject } from "react";
import type { Density } from "@/stores/ui";

/** Lists no longer than this are drawn whole: the browser's own search then finds every row. */
const VIRTUAL_FROM = 80;
const ROW_PX: Record<Density, number> = { comfortable: 41, compact: 33 };
const PHONE_ROW_PX = 68;

export interface VirtualRows {
  on: boolean;
  range: number[];
  /** Heights in pixels of what is not drawn above and below. */
  before: number;
  after: number;
  measure: (element: Element | null) => void;
  show: (index: number) => void;
}

/** Which rows of a long list are worth drawing now. */
export function useVirtualRows(body: RefObject<HTMLElement | null>, count: number, density: Density): VirtualRows {
  const on = count > VIRTUAL_FROM;
  const [margin, setMargin] = useState(0);
  useEffect(() => {
    if (!on || typeof ResizeObserver === "undefined") return;
    // What stands above the list may grow by a line and push it down. The observer speaks once at the beginning too.
    const observer = new ResizeObserver(() => {
      if (body.current) setMargin(Math.round(body.current.getBoundingClientRect().top + window.scrollY));
    });
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [on, body]);
  const phone = typeof window !== "undefined" && window.innerWidth < 640;
  const height = phone ? PHONE_ROW_PX : ROW_PX[density];
  const virtualizer = useWindowVirtualizer({
    count,
    enabled: on,
    overscan: 12,
    scrollMargin: margin,
    scrollPaddingStart: 100,
    scrollPaddingEnd: 24,
    estimateSize: () => height,
    // A table that is hidden measures nothing: taken at its word, all its rows would fit on the screen.
    measureElement: (element) => element.getBoundingClientRect().height || height,
  });
  if (!on) {
    const show = (index: number) => body.current?.children[index]?.scrollIntoView({ block: "nearest" });
    return { on, range: Array.from({ length: count }, (_, index) => index), before: 0, after: 0, measure: () => undefined, show };
  }
  const items = virtualizer.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  return {
    on,
    range: items.map((item) => item.index),
    before: first ? first.start - margin : 0,
    after: last ? virtualizer.getTotalSize() - (last.end - margin) : 0,
    measure: virtualizer.measureElement,
    show: (index) => virtualizer.scrollToIndex(index, { align: "auto" }),
  };
}

/** Moves the focus to the link of the chosen row; a row that was not drawn yet is there one frame later. */
export function useFocusRow(body: RefObject<HTMLElement | null>, current: string | null): void {
  useEffect(() => {
    if (current === null) return;
    let tries = 0;
    let frame = 0;
    const focus = () => {
      const link = body.current?.querySelector<HTMLElement>(`[data-id="${current}"] a`);
      if (link) link.focus({ preventScroll: true });
      else if (tries++ < 10) frame = requestAnimationFrame(focus);
    };
    focus();
    return () => cancelAnimationFrame(frame);
  }, [body, current]);
}
