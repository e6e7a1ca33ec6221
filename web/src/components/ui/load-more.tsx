import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./button";

/** The next page is asked for when its place comes this near, so that scrolling does not stop. */
const AHEAD = "600px";

interface LoadMoreProps {
  /** There are more rows on the server. */
  more: boolean;
  busy: boolean;
  /** The last try failed: nothing is asked for again by itself. */
  failed?: boolean;
  onMore: () => void;
  /** Rows on screen so far, already written for the reader. */
  shown?: string;
}

/** The end of a list that the server gives page by page (keyset): goes on by itself, and by its button. */
export function LoadMore({ more, busy, failed, onMore, shown }: LoadMoreProps) {
  const { t } = useTranslation();
  const mark = useRef<HTMLDivElement>(null);
  const latest = useRef(onMore);
  useEffect(() => {
    latest.current = onMore;
  });
  useEffect(() => {
    const element = mark.current;
    if (!element || !more || busy || failed || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), { rootMargin: AHEAD });
    observer.observe(element);
    return () => observer.disconnect();
  }, [more, busy, failed]);
  if (!more) return shown ? <p className="text-center text-xs text-muted-foreground">{shown}</p> : null;
  return (
    <div ref={mark} className="flex items-center justify-center gap-3">
      {shown && <span className="text-xs text-muted-foreground">{shown}</span>}
      <Button onClick={onMore} busy={busy}>
        {t("common.more")}
      </Button>
    </div>
  );
}
