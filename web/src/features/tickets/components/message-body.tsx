import { Ellipsis } from "lucide-react";
import { lazy, Suspense, useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { TimelineMessage } from "@/api/types";
import { MailHtml } from "@/components/mail-html";
import { Mentioned, type Person } from "@/components/mentions/mentioned";
import { Button } from "@/components/ui/button";
import { useUser } from "@/features/shell/use-user";
import { linked } from "@/lib/links";
import { useRemotePictures } from "../data/pictures";
import { splitQuote } from "../data/quote";

const RemotePictures = lazy(async () => ({ default: (await import("./remote-pictures")).RemotePictures }));

/** The text with its quoted history folded; the sender's formatting is one press away. */
export function MessageBody({ message, author }: { message: TimelineMessage; author: string }) {
  const { t } = useTranslation();
  const me = useUser().id;
  const { fresh, quoted } = splitQuote(message.body_text, message.quoted_from ?? null);
  const [formatted, setFormatted] = useState(Boolean(message.body_html) && quoted === "");
  const [unfolded, setUnfolded] = useState(false);
  const quote = useId();
  const remote = useRemotePictures(message);
  return (
    <div className="grid justify-items-start gap-2">
      {formatted && message.body_html ? (
        <div className="w-full">
          <MailHtml
            html={message.body_html}
            title={t("ticket.messageBy", { name: author })}
            people={message.mentions}
            me={me}
            remote={remote}
            notice={({ blockedImages, pixels }) =>
              (blockedImages > 0 || pixels > 0 || remote) && (
                <Suspense fallback={null}>
                  <RemotePictures message={message} blocked={blockedImages} pixels={pixels} />
                </Suspense>
              )
            }
          />
        </div>
      ) : (
        <div dir="auto" className="w-full text-sm leading-relaxed break-words whitespace-pre-wrap">
          <Linked text={fresh} people={message.mentions} />
        </div>
      )}
      {!formatted && quoted !== "" && (
        <>
          <Button
            size="sm"
            variant="ghost"
            className="-ms-2.5 text-muted-foreground"
            aria-expanded={unfolded}
            aria-controls={quote}
            onClick={() => setUnfolded(!unfolded)}
          >
            <Ellipsis aria-hidden />
            {t(unfolded ? "ticket.hideQuote" : "ticket.showQuote")}
          </Button>
          <div
            id={quote}
            hidden={!unfolded}
            dir="auto"
            className="w-full border-s-2 ps-3 text-sm break-words whitespace-pre-wrap text-muted-foreground"
          >
            <Linked text={quoted} people={message.mentions} />
          </div>
        </>
      )}
      {message.body_html && (
        <Button size="text" variant="link" className="text-xs" onClick={() => setFormatted(!formatted)}>
          {t(formatted ? "ticket.showText" : "ticket.showFormatted")}
        </Button>
      )}
    </div>
  );
}

function Linked({ text, people }: { text: string; people: readonly Person[] }) {
  const me = useUser().id;
  const parts = useMemo(() => linked(text), [text]);
  return parts.map((part, at) =>
    typeof part === "string" ? (
      <Mentioned key={at} text={part} people={people} me={me} />
    ) : (
      <a key={at} href={part.href} dir="ltr" target="_blank" rel="noopener noreferrer nofollow" className="break-all text-primary underline [unicode-bidi:isolate]">
        {part.text}
      </a>
    ),
  );
}
