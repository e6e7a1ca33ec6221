import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchBlob } from "@/api/client";
import { pageNonce, trustedDocument } from "@/lib/csp";
import { dataUrl } from "@/lib/data-url";
import { useDark } from "@/lib/use-dark";
import { mailDocument } from "./mail-html-document";
import { markMentions } from "./mentions/mark-mentions";
import type { Person } from "./mentions/mentioned";

/** A mail taller than this scrolls inside its frame. */
const TALLEST_PX = 4000;

interface MailHtmlProps {
  html: string;
  title: string;
  /** Whom it mentions: they stand out, the reader himself the most. */
  people?: readonly Person[];
  me?: string;
}

const NOBODY: readonly Person[] = [];

/** Sanitised HTML of a mail in a frame without scripts, forms or a way to the network. */
export function MailHtml({ html, title, people = NOBODY, me }: MailHtmlProps) {
  const { t } = useTranslation();
  const dark = useDark();
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(80);
  const blocked = t("mailHtml.imageBlocked");
  const document_ = useMemo(() => mailDocument(html, pageNonce, dark, blocked), [html, dark, blocked]);
  const source = useMemo(() => trustedDocument(document_.html), [document_.html]);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const stop = new AbortController();
    let observer: ResizeObserver | null = null;
    const onLoad = () => {
      const inner = element.contentDocument;
      if (!inner?.body) return;
      markMentions(inner, people, me);
      const measure = () => setHeight(Math.min(Math.ceil(inner.documentElement.getBoundingClientRect().height), TALLEST_PX));
      observer?.disconnect();
      observer = new ResizeObserver(measure);
      observer.observe(inner.documentElement);
      measure();
      void showImages(inner, document_.images, stop.signal);
    };
    element.addEventListener("load", onLoad);
    if (element.contentDocument?.readyState === "complete") onLoad();
    return () => {
      stop.abort();
      observer?.disconnect();
      element.removeEventListener("load", onLoad);
    };
  }, [document_, people, me]);

  return (
    <div>
      <iframe
        ref={frame}
        title={title}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        srcDoc={source}
        style={{ height }}
        className="w-full border-0 bg-transparent"
      />
      {document_.blockedImages > 0 && (
        <p className="mt-1 text-xs text-muted-foreground">{t("mailHtml.imagesBlocked", { count: document_.blockedImages })}</p>
      )}
    </div>
  );
}

/** Pictures that came with the mail need the token, so they are fetched here and handed over as data. */
async function showImages(inner: Document, paths: string[], signal: AbortSignal): Promise<void> {
  for (const [index, path] of paths.entries()) {
    const image = inner.querySelector<HTMLImageElement>(`img[data-image="${index}"]`);
    if (!image) continue;
    try {
      const blob = await fetchBlob(path, signal);
      // SVG and unknown types are never shown inline.
      if (!/^image\/(png|jpeg|gif|webp|bmp)$/.test(blob.type)) continue;
      image.src = await dataUrl(blob);
    } catch {
      if (signal.aborted) return;
    }
  }
}
