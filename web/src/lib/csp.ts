import { setNonce } from "get-nonce";
import { z } from "zod";

// Zod would otherwise try `new Function` with its first schema, which the policy forbids and reports: so this comes first.
z.config({ jitless: true });

interface Rules {
  createHTML?: (html: string) => string;
  createScriptURL?: (url: string) => string;
}

interface TrustedTypes {
  createPolicy: (name: string, rules: Rules) => { createHTML: (html: string) => unknown; createScriptURL: (url: string) => unknown };
}

/** The nonce of this page, put there by the server with every response; empty when the page has no policy (vite dev). */
export const pageNonce: string = (() => {
  if (typeof document === "undefined") return "";
  const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
  return nonce === "__CSP_NONCE__" ? "" : nonce;
})();

// Radix locks scrolling through an injected style element, which needs the nonce as well.
if (pageNonce) setNonce(pageNonce);

const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
const policy = trustedTypes?.createPolicy("cloudmanager-mail", { createHTML: (html) => html });

/** Marks the document of a mail frame as safe for `srcdoc`. Only mail-html.tsx may call it. */
export function trustedDocument(html: string): string {
  return (policy?.createHTML(html) ?? html) as string;
}

const articles = trustedTypes?.createPolicy("cloudmanager-article", { createHTML: (html) => html });

/** Marks what an article says, as the server sanitised it, as safe to stand in the page. Only article-body.tsx may call it. */
export function trustedArticle(html: string): string {
  return (articles?.createHTML(html) ?? html) as string;
}

/** Only a file of this very build may run beside the page. */
const workers = trustedTypes?.createPolicy("cloudmanager-worker", {
  createScriptURL: (url) => {
    const { origin, pathname } = new URL(url, location.href);
    if (origin !== location.origin || !pathname.startsWith("/assets/")) throw new TypeError(`no worker of this build: ${url}`);
    return url;
  },
});

/** Marks the address of a worker that was built with the application as safe to run. */
export function trustedWorker(url: string): string {
  return (workers?.createScriptURL(url) ?? url) as string;
}
