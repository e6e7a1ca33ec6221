import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { fetchBlob } from "@/api/client";
import { pageNonce, trustedDocument } from "@/lib/csp";
import { dataUrl } from "@/lib/data-url";
import { useDark } from "@/lib/use-dark";
import { mailDocument, type MailDocument, type RemotePicture } from "./mail-html-document";
import { Alert } from "./ui/alert";
import { markMentions } from "./mentions/mark-mentions";
import type { Person } from "./mentions/mentioned";

/** A mail taller than this scrolls inside its frame. */
const TALLEST_PX = 4000;

export interface MailFrameProps {
  html: string;
  title: string;
  /** Whom it mentions: they stand out, the reader himself the most. */
  people?: readonly Person[];
  me?: string;
  /** What became of the pictures on servers of others, by their addresses; absent while nobody asked for them. */
  remote?: ReadonlyMap<string, RemotePicture>;
  /** Said above the mail of pictures that are left out, in the place of the usual sentence. */
  notice?: (found: Pick<MailDocument, "blockedImages" | "pixels">) => ReactNode;
}

const NOBODY: readonly Person[] = [];

/** Sanitised HTML of a mail in a frame without scripts, forms or a way to the network, below what is to be said of it first. */
export function MailFrame({ html, title, people = NOBODY, me, remote, notice }: MailFrameProps) {
  const { t } = useTranslation();
  const dark = useDark();
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(80);
  const blocked = t("mailHtml.imageBlocked");
  const leadsTo = t("mailHtml.leadsTo");
  const document_ = useMemo(() => mailDocument(html, pageNonce, dark, { blocked, leadsTo }, remote), [html, dark, blocked, leadsTo, remote]);
  const { blockedImages, pixels, strayLinks } = document_;
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
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      {strayLinks > 0 && <Alert tone="warning" title={t("mailHtml.strayLinks", { count: strayLinks })} />}
      {notice?.({ blockedImages, pixels })}
      <iframe
        ref={frame}
        title={title}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        srcDoc={source}
        style={{ height }}
        className="w-full border-0 bg-transparent"
      />
      {!notice && blockedImages > 0 && <p className="text-xs text-muted-foreground">{t("mailHtml.imagesBlocked", { count: blockedImages })}</p>}
    </div>
  );
}

/** Pictures that came with the mail, or that were fetched for it, need the token, so they are fetched here and handed over as data. */
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
