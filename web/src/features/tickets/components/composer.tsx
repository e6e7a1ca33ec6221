import { Lock, MessageSquareQuote, Reply, Send } from "lucide-react";
import { useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { asApiError, explain } from "@/api/problem";
import type { CannedReplyOffer, Ticket, TicketState } from "@/api/types";
import { dropTarget, FileButton } from "@/components/files/file-picker";
import { UploadList } from "@/components/files/upload-list";
import { useUploads, type KeptFile } from "@/components/files/use-uploads";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Select, Textarea } from "@/components/ui/input";
import { ToggleGroup, ToggleItem } from "@/components/ui/toggle-group";
import { toast } from "@/components/ui/toast";
import { cn } from "@/lib/cn";
import { RequestKey } from "@/lib/request-key";
import { useDraft } from "@/lib/use-draft";
import { typeText } from "@/lib/type-text";
import { useFormat } from "@/lib/use-format";
import { useLeaveGuard } from "@/lib/use-leave-guard";
import { actionOf, may, statesAfterReply } from "../data/actions";
import { usedIn, type Inserted } from "../data/canned";
import { LARGEST_MAIL, mailSize } from "../data/mail-size";
import { useSendMessage } from "../data/mutations";
import { CannedPicker } from "./canned-picker";
import { useCannedSuggestions } from "./canned-suggestions";
import { ConflictDialog } from "./conflict-dialog";

export type ComposerKind = "reply" | "note";

interface ComposerProps {
  ticket: Ticket;
  staff: boolean;
  kind: ComposerKind;
  onKind: (kind: ComposerKind) => void;
  nextState: TicketState | "";
  onNextState: (state: TicketState | "") => void;
  textRef: RefObject<HTMLTextAreaElement | null>;
  /** Whether somebody is choosing a canned reply; without it none are offered. */
  picking?: { open: boolean; change: (open: boolean) => void };
}

interface MessageDraft {
  text: string;
  files: KeptFile[];
  /** Canned replies it was made of. */
  canned?: Inserted[];
}

const NO_DRAFT: MessageDraft = { text: "", files: [] };
const isNoDraft = ({ text, files }: MessageDraft) => text.trim() === "" && files.length === 0;

/** Writes a reply or a note. What is typed is kept on this device until it is sent. */
export function Composer({ ticket, staff, kind, onKind, nextState, onNextState, textRef, picking }: ComposerProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [draft, setDraft, clearDraft] = useDraft(`${ticket.id}.${kind}`, NO_DRAFT, isNoDraft);
  const { text, files } = draft;
  const setText = (next: string) => setDraft((present) => ({ ...present, text: next }));
  const attachments = useUploads({ kept: files, onKept: (kept) => setDraft((present) => ({ ...present, files: kept })) });
  useLeaveGuard(attachments.busy);
  const send = useSendMessage(ticket.id);
  // The version on which the writer looks; once something is written, what others change is no longer seen.
  const [seen, setSeen] = useState(ticket.version);
  if (text === "" && seen !== ticket.version) setSeen(ticket.version);
  const [conflict, setConflict] = useState(false);
  // Pressing again after a lost answer sends it once; so does pressing twice before the page has noticed the first.
  const [key] = useState(() => new RequestKey());
  const sending = useRef(false);
  const note = kind === "note";
  const states = note ? [] : statesAfterReply(ticket);
  const obstacle = actionOf(ticket, kind)?.why_not;
  const empty = text.trim() === "";
  const inserted = ({ id, filled }: CannedReplyOffer) => setDraft((present) => ({ ...present, canned: [...(present.canned ?? []), { id, text: filled.text ?? "" }] }));
  const suggestions = useCannedSuggestions(ticket.id, picking !== undefined && !note, textRef, inserted);
  // Notes stay here, and a customer's message goes to staff by the web.
  const size = mailSize(attachments.files);
  const tooHeavy = staff && !note && size > LARGEST_MAIL;

  function submit(version: number) {
    if (empty || sending.current || attachments.busy) return;
    sending.current = true;
    const body = {
      kind,
      body: text.trim(),
      attachment_ids: attachments.ids,
      canned_reply_ids: note ? [] : usedIn(text, draft.canned ?? []),
      next_state: staff && !note && nextState !== "" ? nextState : undefined,
    };
    send.mutate(
      { body, seen: staff ? version : undefined, key: key.of(body) },
      {
        onSuccess: () => {
          key.done();
          attachments.clear();
          clearDraft();
          setConflict(false);
          toast({ tone: "success", title: t(note ? "composer.noteSaved" : "composer.replySent") });
        },
        onError: (error) => {
          key.failed(error);
          if (asApiError(error).code === "ticket_changed") setConflict(true);
        },
        onSettled: () => {
          sending.current = false;
        },
      },
    );
  }

  if (!may(ticket, kind)) {
    return (
      <Alert tone="info" title={t(note ? "composer.noNote" : "composer.noReply")}>
        {obstacle ? t([`whyNot.${obstacle}`, "whyNot.other"]) : null}
      </Alert>
    );
  }
  const failure = send.isError && !conflict ? explain(t, send.error) : null;
  const label = t(note ? "composer.noteLabel" : "composer.replyLabel");
  return (
    <form
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        submit(seen);
      }}
      {...dropTarget(attachments)}
      className={cn("grid gap-2.5 rounded-lg border bg-surface p-3", note && "border-note-border bg-note")}
    >
      {staff && (
        <ToggleGroup type="single" value={kind} disabled={attachments.busy} onValueChange={(value) => value && onKind(value as ComposerKind)} aria-label={t("composer.kind")} className="w-fit">
          <ToggleItem value="reply">
            <Reply aria-hidden className="flip-rtl" />
            {t("composer.reply")}
          </ToggleItem>
          <ToggleItem value="note">
            <Lock aria-hidden />
            {t("composer.note")}
          </ToggleItem>
        </ToggleGroup>
      )}
      <Textarea
        ref={textRef}
        dir={empty ? undefined : "auto"}
        rows={5}
        aria-label={label}
        placeholder={t(note ? "composer.notePlaceholder" : "composer.replyPlaceholder", { name: ticket.requester.name || ticket.requester.email })}
        value={text}
        {...suggestions.attributes}
        onChange={(event) => {
          setText(event.target.value);
          suggestions.look(event.target);
        }}
        onSelect={(event) => suggestions.look(event.currentTarget)}
        onBlur={suggestions.close}
        onPaste={(event) => {
          if (event.clipboardData.files.length > 0) attachments.add([...event.clipboardData.files]);
        }}
        onKeyDown={(event) => {
          if (suggestions.onKeyDown(event)) return;
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            submit(seen);
          }
          if (event.key === "Escape") event.currentTarget.blur();
        }}
        className={cn("field-sizing-content max-h-96", note && "bg-transparent")}
      />
      {suggestions.list}
      <UploadList uploads={attachments} />
      {attachments.failed && (
        <p role="status" className="text-sm text-danger">
          {t("ticket.fileInTheWay")}
        </p>
      )}
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
        <FileButton uploads={attachments} variant="ghost" size="icon" />
        {picking && !note && (
          <Button variant="ghost" size="icon" aria-label={t("composer.canned")} title={t("composer.cannedHint")} onClick={() => picking.change(true)}>
            <MessageSquareQuote aria-hidden />
          </Button>
        )}
        <div className="flex-1" />
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
        <Button type="submit" variant="primary" busy={send.isPending} disabled={empty || attachments.busy || attachments.failed}>
          <Send aria-hidden className="flip-rtl" />
          {t(note ? "composer.saveNote" : "composer.send")}
        </Button>
      </div>
      {picking && !note && (
        <CannedPicker
          ticket={ticket.id}
          open={picking.open}
          onClosed={(chosen) => {
            picking.change(false);
            if (!textRef.current) return;
            textRef.current.focus();
            if (!chosen) return;
            typeText(textRef.current, chosen.filled.text ?? "");
            inserted(chosen);
          }}
        />
      )}
      <ConflictDialog
        open={conflict}
        busy={send.isPending}
        onLook={() => {
          setConflict(false);
          setSeen(ticket.version);
        }}
        onSendAnyway={() => submit(ticket.version)}
      />
    </form>
  );
}
