import { setNonce } from "get-nonce";
import { z } from "zod";

// Zod would otherwise try `new Function` with its first schema, which the policy forbids and reports: so this comes first.
z.config({ jitless: true });

interface TrustedTypes {
  createPolicy: (name: string, rules: { createHTML: (html: string) => string }) => { createHTML: (html: string) => unknown };
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
