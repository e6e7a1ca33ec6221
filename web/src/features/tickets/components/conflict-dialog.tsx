import { Lock, MessageSquare } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Ticket, TimelineItem, TimelineMessage } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Spinner } from "@/components/ui/spinner";
import { firstWords, useMeanwhile } from "../data/meanwhile";
import type { Seen } from "../data/use-writing";
import { EventLine } from "./event-line";

interface ConflictDialogProps {
  ticket: Ticket;
  /** The moment at which the writer looked. */
  since: string;
  open: boolean;
  busy: boolean;
  /** He goes on writing, having seen this; nothing when it could not be shown. */
  onKeepWriting: (seen: Seen | undefined) => void;
  onSendAnyway: (version: number) => void;
}

/** Somebody answered or changed the ticket while this message was written: nothing is sent over their heads. */
export function ConflictDialog({ open, ...rest }: ConflictDialogProps) {
  return open ? <Open {...rest} /> : null;
}

function Open({ ticket, since, busy, onKeepWriting, onSendAnyway }: Omit<ConflictDialogProps, "open">) {
  const { t } = useTranslation();
  const meanwhile = useMeanwhile(ticket.id, since);
  const { data } = meanwhile;
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onKeepWriting(data)}
      title={t("conflict.title")}
      description={t("conflict.text")}
      footer={
        <>
          {/* What goes out over news goes out over those that are shown; where they cannot be, over what the page knows. */}
          <Button onClick={() => onSendAnyway(data?.version ?? ticket.version)} busy={busy || meanwhile.isPending}>
            {t("conflict.send")}
          </Button>
          <Button variant="primary" data-autofocus onClick={() => onKeepWriting(data)}>
            {t("conflict.keep")}
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 text-sm">
        <section aria-labelledby="conflict-new" className="grid grid-cols-[minmax(0,1fr)] gap-2">
          <h3 id="conflict-new" className="font-medium">
            {t("conflict.new")}
          </h3>
          {data ? (
            <News items={data.items} />
          ) : meanwhile.isError ? (
            <ErrorState error={meanwhile.error} onRetry={() => void meanwhile.refetch()} />
          ) : (
            <Spinner className="mx-auto my-4" />
          )}
        </section>
        <p className="text-muted-foreground">{t("conflict.kept")}</p>
      </div>
    </Dialog>
  );
}

function News({ items }: { items: readonly TimelineItem[] }) {
  const { t } = useTranslation();
  if (items.length === 0) return <p>{t("conflict.nothing")}</p>;
  return (
    <ol aria-labelledby="conflict-new" className="grid grid-cols-[minmax(0,1fr)] gap-2">
      {items.map((item) => (
        <li key={item.type === "message" ? item.id : item.seq}>{item.type === "message" ? <Message message={item} /> : <EventLine event={item} />}</li>
      ))}
    </ol>
  );
}

function Message({ message }: { message: TimelineMessage }) {
  const { t } = useTranslation();
  const note = message.kind === "note";
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-1 rounded-md border px-3 py-2">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
        <bdi className="font-medium">{message.author.name || message.author.email || t("event.system")}</bdi>
        <Badge tone={note ? "warning" : "neutral"}>
          {note ? <Lock aria-hidden /> : <MessageSquare aria-hidden />}
          {t(note ? "ticket.note" : "composer.reply")}
        </Badge>
        <Time at={message.at} className="text-xs text-muted-foreground" />
      </p>
      <p dir="auto" className="break-words text-muted-foreground">
        {firstWords(message)}
      </p>
    </div>
  );
}
