import { useLayoutEffect, useRef, type MouseEvent } from "react";
import { useNavigate } from "react-router";
import { fetchBlob } from "@/api/client";
import type { Locale } from "@/api/types";
import { trustedArticle } from "@/lib/csp";
import { dataUrl } from "@/lib/data-url";

const PICTURE = / src="(\/api\/v1\/help\/images\/[0-9a-f-]+)"/g;

interface ArticleBodyProps {
  /** As the server sanitised it. */
  html: string;
  locale: Locale;
  /** Somebody is signed in: pictures may be for him alone, so they are asked for with his token. */
  signedIn: boolean;
  /** Links to other articles open apart, because what is being written here must stay. */
  apart?: boolean;
}

/** What an article says. */
export function ArticleBody({ html, locale, signedIn, apart }: ArticleBodyProps) {
  const box = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const stop = new AbortController();
    element.innerHTML = trustedArticle(signedIn ? html.replaceAll(PICTURE, ' data-image="$1"') : html);
    // A wide table scrolls by itself; without a place in the order of keys only a mouse could move it.
    for (const table of element.querySelectorAll("table")) {
      const frame = document.createElement("div");
      frame.className = "table-frame";
      frame.tabIndex = 0;
      table.replaceWith(frame);
      frame.append(table);
    }
    for (const image of element.querySelectorAll<HTMLImageElement>("img[data-image]")) {
      fetchBlob(image.dataset.image!, stop.signal)
        .then(dataUrl)
        .then((url) => {
          if (!stop.signal.aborted) image.src = url;
        })
        // Its description stands in its place.
        .catch(() => undefined);
    }
    return () => stop.abort();
  }, [html, signedIn]);

  function follow(event: MouseEvent) {
    const link = (event.target as Element).closest("a");
    if (!link || apart || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { origin, pathname, search, hash } = new URL(link.href, location.href);
    if (origin !== location.origin || !pathname.startsWith("/help")) return;
    event.preventDefault();
    void navigate(pathname + search + hash);
  }
  return <div ref={box} lang={locale} dir={locale === "ar" ? "rtl" : "ltr"} className="article-body" onClick={follow} />;
}
