import { Lock, MessageSquareQuote, Reply, Send } from "lucide-react";
import { useId, useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { asApiError, explain } from "@/api/problem";
import type { CannedReplyOffer, Ticket, TicketState } from "@/api/types";
import { dropTarget, FileButton } from "@/components/files/file-picker";
import { UploadList } from "@/components/files/upload-list";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Select, Textarea } from "@/components/ui/input";
import { ToggleGroup, ToggleItem } from "@/components/ui/toggle-group";
import { useMay, useUser } from "@/features/shell/use-user";
import { useWritingTools } from "@/features/writing/use-writing-tools";
import { cn } from "@/lib/cn";
import { typeText } from "@/lib/type-text";
import { useFormat } from "@/lib/use-format";
import { actionOf, isOutside, may, statesAfterReply } from "../data/actions";
import { isTemplate, saidIn, usedIn } from "../data/canned";
import { LARGEST_MAIL, mailSize } from "../data/mail-size";
import { useSendMessage, type MessageKind } from "../data/mutations";
import type { Writing } from "../data/use-writing";
import { CannedPicker } from "./canned-picker";
import { useCannedSuggestions } from "./canned-suggestions";
import { ConflictDialog } from "./conflict-dialog";
import { LeftDraft } from "./left-draft";
import { useMentioning } from "./use-mentioning";

interface ComposerProps {
  ticket: Ticket;
  staff: boolean;
  kind: MessageKind;
  onKind: (kind: MessageKind) => void;
  /** What is written, of this kind. */
  writing: Writing;
  /** Hears of each change somebody makes to the text. */
  onWrite?: () => void;
  nextState: TicketState | "";
  onNextState: (state: TicketState | "") => void;
  textRef: RefObject<HTMLTextAreaElement | null>;
  /** Whether somebody is choosing a canned reply; without it none are offered. */
  picking?: { open: boolean; change: (open: boolean) => void };
}

/** Writes a reply or a note. */
export function Composer({ ticket, staff, kind, onKind, writing, onWrite, nextState, onNextState, textRef, picking }: ComposerProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { draft, change, attachments, keeping, seen, seenAt, look } = writing;
  const { text } = draft;
  const setText = (next: string) => change((present) => ({ ...present, text: next }));
  const send = useSendMessage(ticket.id, kind);
  // What is on its way stays as it is: what were added to it now would not be sent, and would be gone with it.
  const { underWay } = send;
  const [conflict, setConflict] = useState(false);
  const [watch, setWatch] = useState(false);
  const tools = useWritingTools();
  const [looking, setLooking] = useState(false);
  const box = useId();
  const note = kind === "note";
  const notice = useRef<HTMLDivElement>(null);
  const me = useUser().id;
  const writes = useMay("tickets.reply");
  const mayWatch = useMay("tickets.edit") && ticket.state !== "closed" && !isOutside(ticket);
  const states = note ? [] : statesAfterReply(ticket);
  const obstacle = actionOf(ticket, kind)?.why_not;
  const empty = text.trim() === "";
  const inserted = (offer: CannedReplyOffer) => change((present) => ({ ...present, canned: [...(present.canned ?? []), { id: offer.id, text: saidIn(offer) }] }));
  const suggestions = useCannedSuggestions(ticket.id, picking !== undefined && !note && !underWay, textRef, inserted);
  const mention = useMentioning(note && !underWay, textRef, draft, change);
  const offers = note ? mention.suggestions : suggestions;
  // Notes stay here, and a customer's message goes to staff by the web.
  const size = mailSize(attachments.files);
  const tooHeavy = staff && !note && size > LARGEST_MAIL;

  function sentIt() {
    setConflict(false);
    // What comes next is written first.
    setLooking(false);
  }

  function submit(version: number) {
    if (empty || send.isUnderWay() || attachments.busy || attachments.failed) return;
    if (keeping.conflict) {
      // What was written elsewhere would end with this message, unread.
      setConflict(false);
      // Once the dialog from which it may have been pressed has given the focus back.
      setTimeout(() => notice.current?.focus());
      return;
    }
    const body = {
      body: text.trim(),
      format: "markdown" as const,
      attachment_ids: attachments.ids,
      canned_reply_ids: note ? [] : usedIn(text, draft.canned ?? []),
      next_state: staff && !note && nextState !== "" ? nextState : undefined,
      mentions: mention.ids,
      mentioned_watch: mention.ids.length > 0 && mayWatch && watch,
    };
    send.mutate(
      { body, seen: staff ? version : undefined, draft: keeping.version },
      { onSuccess: sentIt, onError: (error) => asApiError(error).code === "ticket_changed" && setConflict(true) },
    );
  }

  /** The question goes with its buttons; what it was about is the text. */
  function chosen(choose: () => void) {
    send.reset();
    choose();
    textRef.current?.focus();
  }

  const kinds = (
    <ToggleGroup type="single" value={kind} onValueChange={(value) => value && onKind(value as MessageKind)} aria-label={t("composer.kind")} className="w-fit">
      <ToggleItem value="reply">
        <Reply aria-hidden className="flip-rtl" />
        {t("composer.reply")}
      </ToggleItem>
      <ToggleItem value="note">
        <Lock aria-hidden />
        {t("composer.note")}
      </ToggleItem>
    </ToggleGroup>
  );
  const elsewhere = keeping.conflict && (
    <div ref={notice} tabIndex={-1} role="group" aria-label={t("composer.draftElsewhere")} className="rounded-lg">
      <Alert
        tone="warning"
        title={t("composer.draftElsewhere")}
        live
        actions={
          <>
            <Button size="sm" onClick={() => chosen(keeping.theirs)}>
              {t("composer.draftTheirs")}
            </Button>
            <Button size="sm" onClick={() => chosen(keeping.mine)}>
              {t("composer.draftMine")}
            </Button>
          </>
        }
      >
        {t("composer.draftElsewhereText")}
      </Alert>
    </div>
  );
  if (!may(ticket, kind)) {
    return (
      <div className="grid grid-cols-[minmax(0,1fr)] gap-2.5 empty:hidden">
        {staff && writes && kinds}
        {/* To a customer the page has said already that his ticket is a part of another one. */}
        {(staff || !ticket.merged_into) && (
          <Alert tone="info" title={t(note ? "composer.noNote" : "composer.noReply")}>
            {obstacle ? t([`whyNot.${obstacle}`, "whyNot.other"]) : null}
          </Alert>
        )}
        {elsewhere}
        <LeftDraft writing={writing} mayDiscard={writes || !staff} />
      </div>
    );
  }
  // What is said above of the other draft is why it was not sent.
  const failure = send.isError && !conflict && !keeping.conflict ? explain(t, send.error) : null;
  const label = t(note ? "composer.noteLabel" : "composer.replyLabel");
  return (
    <form
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        submit(seen);
      }}
      aria-busy={underWay || undefined}
      {...dropTarget(attachments, underWay)}
      className={cn("grid grid-cols-[minmax(0,1fr)] gap-2.5 rounded-lg border bg-surface p-3", note && "border-note-border bg-note")}
    >
      {staff && kinds}
      {tools ? (
        <tools.WritingTools box={textRef} id={box} text={text} looking={looking} onLook={setLooking} disabled={underWay} people={mention.mentioned} me={me} />
      ) : (
        <div aria-hidden className="h-8 max-sm:h-10" />
      )}
      <Textarea
        ref={textRef}
        id={box}
        // Whoever comes back to it, by a key of the page or with a canned reply, writes on.
        onFocus={() => setLooking(false)}
        tabIndex={looking ? -1 : undefined}
        dir={empty ? undefined : "auto"}
        rows={5}
        readOnly={underWay}
        aria-label={label}
        placeholder={t(note ? "composer.notePlaceholder" : "composer.replyPlaceholder", { name: ticket.requester.name || ticket.requester.email })}
        value={text}
        {...offers.attributes}
        onChange={(event) => {
          setText(event.target.value);
          onWrite?.();
          offers.look(event.target);
        }}
        onSelect={(event) => offers.look(event.currentTarget)}
        onBlur={offers.close}
        onPaste={(event) => {
          if (event.clipboardData.files.length > 0 && !underWay) attachments.add([...event.clipboardData.files]);
        }}
        onKeyDown={(event) => {
          if (offers.onKeyDown(event)) return;
          if (!underWay && tools?.onKeyDown(event)) return;
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            submit(seen);
          }
          if (event.key === "Escape") event.currentTarget.blur();
        }}
        className={cn("field-sizing-content max-h-96", note && "bg-transparent", looking && "sr-only min-h-0")}
      />
      {offers.list}
      <UploadList uploads={attachments} fixed={underWay} />
      {attachments.failed && (
        <p role="status" className="text-sm text-danger">
          {t("ticket.fileInTheWay")}
        </p>
      )}
      {mention.ids.length > 0 && mayWatch && (
        <label className="flex min-h-8 items-center gap-2.5 text-sm">
          <Checkbox checked={watch} disabled={underWay} onCheckedChange={(checked) => setWatch(checked === true)} />
          {t("composer.mentionedWatch", { count: mention.ids.length })}
        </label>
      )}
      {elsewhere}
      {tooHeavy && (
        <Alert tone="warning" title={t("composer.tooHeavy")} live>
          {t("composer.tooHeavyText", { size: format.bytes(size), limit: format.bytes(LARGEST_MAIL) })}
        </Alert>
      )}
      {failure && (
        <Alert tone="danger" title={failure.title} live>
          {failure.action}
        </Alert>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <FileButton uploads={attachments} variant="ghost" size="icon" disabled={underWay} />
        {picking && !note && (
          <Button variant="ghost" size="icon" aria-label={t("composer.canned")} title={t("composer.cannedHint")} disabled={underWay} onClick={() => picking.change(true)}>
            <MessageSquareQuote aria-hidden />
          </Button>
        )}
        <p className="min-w-0 flex-1 text-xs text-muted-foreground">{keeping.place && !underWay && t(`composer.kept.${keeping.place}`)}</p>
        {staff && states.length > 0 && (
          <Select
            aria-label={t("composer.nextState")}
            value={nextState}
            onChange={(event) => onNextState(event.target.value as TicketState | "")}
            className="w-auto"
          >
            {states.map((state) => (
              <option key={state} value={state}>
                {t("composer.then", { state: t(`ticketState.${state}`) })}
              </option>
            ))}
          </Select>
        )}
        <Button type="submit" variant="primary" busy={underWay} disabled={empty || attachments.busy || attachments.failed}>
          <Send aria-hidden className="flip-rtl" />
          {t(note ? "composer.saveNote" : "composer.send")}
        </Button>
      </div>
      {picking && !note && (
        <CannedPicker
          ticket={ticket.id}
          open={picking.open && !underWay}
          onClosed={(chosen) => {
            picking.change(false);
            if (!textRef.current) return;
            textRef.current.focus();
            if (!chosen) return;
            typeText(textRef.current, saidIn(chosen));
            if (!isTemplate(chosen)) inserted(chosen);
          }}
        />
      )}
      <ConflictDialog
        ticket={ticket}
        since={seenAt}
        open={conflict}
        busy={send.isPending}
        onKeepWriting={(shown) => {
          setConflict(false);
          if (shown) look({ version: shown.version, at: shown.at });
        }}
        onSendAnyway={submit}
      />
    </form>
  );
}
