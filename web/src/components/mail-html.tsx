import { lazy, Suspense } from "react";
import { loadTexts } from "@/i18n";
import type { MailFrameProps } from "./mail-frame";

/** Most messages are text: the frame and its words come with the first one that is not. */
const MailFrame = lazy(async () => {
  const [{ MailFrame: frame }] = await Promise.all([import("./mail-frame"), loadTexts("mail-html")]);
  return { default: frame };
});

/** Sanitised HTML of a mail, shown apart from the page. */
export function MailHtml(props: MailFrameProps) {
  return (
    <Suspense fallback={<div aria-busy="true" className="h-20" />}>
      <MailFrame {...props} />
    </Suspense>
  );
}
