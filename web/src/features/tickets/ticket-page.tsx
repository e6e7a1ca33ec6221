import { ArrowLeft, FileDown, Lock, MessageSquareQuote, Pencil, Reply, UserRoundCheck } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate, useParams } from "react-router";
import type { Ticket, TicketState } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Page } from "@/components/page";
import { TicketStateBadge } from "@/components/state-badges";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { TicketCustomer } from "@/features/customers/components/ticket-customer";
import { ArticlesPanel } from "@/features/help/components/articles-panel";
import { useMay, useUser } from "@/features/shell/use-user";
import { cn } from "@/lib/cn";
import { useRemember } from "@/lib/recent";
import { typeText } from "@/lib/type-text";
import { usePageActions } from "@/stores/page-actions";
import { LazyComposer, useComposerFocus } from "./components/lazy-composer";
import { EscalationPanel } from "./components/escalation-panel";
import { LinksPanel } from "./components/links-panel";
import { MergedAlert } from "./components/merged-alert";
import { PeoplePanel } from "./components/people-panel";
import { PresenceLine } from "./components/presence-line";
import { PrintMenu } from "./components/print-menu";
import { ReminderPanel } from "./components/reminder-panel";
import { SlaPanel } from "./components/sla-panel";
import { SurveyPanel } from "@/features/survey/survey-panel";
import { TicketSidebar } from "./components/ticket-sidebar";
import { Heading, TicketSkeleton } from "./components/ticket-heading";
import { Timeline } from "./components/timeline";
import { useTicketKeys } from "./components/use-ticket-keys";
import { WalkBar } from "./components/walk-bar";
import { may, statesAfterReply } from "./data/actions";
import type { MessageKind } from "./data/mutations";
import { useDoing, usePresence } from "./data/presence";
import { usePrintTicket } from "./data/print";
import { useTicket } from "./data/queries";
import { useRelationChoices } from "./data/use-relation-choices";
import { useTicketChanges } from "./data/use-ticket-changes";
import { useWriting } from "./data/use-writing";

/** A ticket as staff see it. */
export function DeskTicketPage() {
  const { id = "" } = useParams();
  return <DeskTicket id={id} />;
}

interface DeskTicketProps {
  id: string;
  /** The ticket stands beside a list, to which this leads back; it is no page then. */
  onBack?: () => void;
}

/** A ticket as staff see it, as a page or beside a list. */
export function DeskTicket({ id, onBack }: DeskTicketProps) {
  const ticket = useTicket(id);
  const again = () => void ticket.refetch();
  if (ticket.isPending) return <TicketSkeleton />;
  if (!ticket.data) return onBack ? <ErrorState error={ticket.error} onRetry={again} /> : <ErrorState page list="/desk/tickets" error={ticket.error} onRetry={again} />;
  return <Loaded key={id} ticket={ticket.data} onBack={onBack} />;
}

/** One column or two: by the width of the screen, or of what is left of it beside a list. */
const LAYOUT = {
  page: { columns: "lg:grid-cols-[minmax(0,1fr)_18rem]", one: "lg:hidden", details: "lg:sticky lg:top-16" },
  beside: { columns: "@4xl:grid-cols-[minmax(0,1fr)_18rem]", one: "@4xl:hidden", details: "@4xl:sticky @4xl:top-4" },
};

function Loaded({ ticket, onBack }: { ticket: Ticket; onBack?: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const layout = onBack ? LAYOUT.beside : LAYOUT.page;
  const [kind, setKind] = useState<MessageKind>("reply");
  const writing = { reply: useWriting(ticket, "reply"), note: useWriting(ticket, "note") };
  const [doing, wrote] = useDoing({ reply: writing.reply.draft.text, note: writing.note.draft.text });
  const people = usePresence(ticket.id, doing);
  // A list sends somebody here to answer with a certain state.
  const { state: wanted } = useLocation() as { state: { replyWith?: TicketState } | null };
  const [chosen, setChosen] = useState<TicketState | "">(wanted?.replyWith ?? "");
  const [picking, setPicking] = useState(false);
  const text = useRef<HTMLTextAreaElement>(null);
  const { focus, ready } = useComposerFocus(text);
  const details = useRef<HTMLElement>(null);
  const possible = statesAfterReply(ticket);
  // The choice may have become impossible by a change from elsewhere.
  const nextState = chosen !== "" && possible.includes(chosen) ? chosen : (possible[0] ?? "");

  // Each kind has a text of its own: the caret goes there once it stands on the page, which the next frame may be too early for.
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    if (asked > 0) focus();
  }, [asked, focus]);
  const write = (what: MessageKind) => {
    setKind(what);
    setAsked((times) => times + 1);
  };
  const replyWith = (state: TicketState) => {
    setChosen(state);
    write("reply");
  };
  useEffect(() => {
    if (wanted?.replyWith) focus();
  }, [wanted, focus]);
  useRemember(ticket);
  const user = useUser();
  const changes = useTicketChanges(ticket.id);
  const takes = may(ticket, "assign") && ticket.assignee?.id !== user.id;
  const take = () => changes.setAssignee(ticket, { id: user.id, name: user.name });
  const relations = useRelationChoices(ticket);
  const printing = usePrintTicket(ticket);
  const more = useTicketKeys(ticket, details, replyWith, onBack === undefined);
  const replies = useMay("tickets.reply");
  const canned = replies && may(ticket, "reply");
  const insert = (words: string) => text.current && typeText(text.current, words);
  const pick = () => {
    setKind("reply");
    setPicking(true);
  };
  usePageActions([
    { name: t("composer.reply"), icon: Reply, keys: "r", run: () => write("reply") },
    { name: t("composer.note"), icon: Lock, keys: "n", run: () => write("note") },
    ...(canned ? [{ name: t("composer.insertCanned"), icon: MessageSquareQuote, keys: "m", run: pick }] : []),
    { name: t("ticket.back"), icon: ArrowLeft, keys: "u", run: () => (onBack ? onBack() : void navigate("/desk/tickets")) },
    ...relations.choices.map(({ what, icon }) => ({ name: t(`relation.${what}Title`, { number: ticket.number }), icon, run: () => relations.ask(what) })),
    ...(printing.busy ? [] : [{ name: t("print.pdf"), icon: FileDown, run: () => printing.start(false) }]),
    ...(takes ? [{ name: t("ticket.take"), icon: UserRoundCheck, keys: "i", run: take }] : []),
    ...more.actions,
  ]);

  return (
    <Page
      title={`#${ticket.number} ${ticket.subject}`}
      heading={<Heading ticket={ticket} />}
      back={onBack ? undefined : { to: "/desk/tickets", label: t("ticket.back") }}
      beside={onBack !== undefined}
      width="wide"
      actions={<Tools more={more} printing={printing} />}
    >
      <div className={cn("grid grid-cols-[minmax(0,1fr)] items-start gap-4", layout.columns)}>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
          <MergedAlert ticket={ticket} base="/desk/tickets" />
          {ticket.delivery_failed && (
            <Alert tone="danger" title={t("ticket.deliveryFailed")}>
              {t("ticket.deliveryFailedText")}
            </Alert>
          )}
          {/* On a phone the conversation comes first; what is known about it is one press away. */}
          <p className={cn("flex flex-wrap items-center gap-2 text-sm", layout.one)}>
            <TicketStateBadge state={ticket.state} />
            <bdi className="min-w-0 flex-1 truncate text-muted-foreground">{ticket.assignee?.name ?? t("ticket.unassigned")}</bdi>
            <Button
              size="sm"
              onClick={() => {
                details.current?.focus({ preventScroll: true });
                details.current?.scrollIntoView();
              }}
            >
              {t("ticket.details")}
            </Button>
          </p>
          <Timeline ticket={ticket} staff />
          <PresenceLine people={people} />
          <LazyComposer
            key={kind}
            ticket={ticket}
            staff
            kind={kind}
            onKind={setKind}
            writing={writing[kind]}
            onWrite={() => wrote(kind)}
            nextState={nextState}
            onNextState={setChosen}
            textRef={text}
            onReady={ready}
            picking={canned ? { open: picking, change: setPicking } : undefined}
          />
        </div>
        <aside ref={details} tabIndex={-1} aria-label={t("ticket.details")} className={cn("grid scroll-mt-16 gap-4 outline-none", layout.details)}>
          <TicketSidebar ticket={ticket} onReplyWith={replyWith} />
          <TicketCustomer ticket={ticket} />
          <ReminderPanel ticket={ticket.id} />
          <PeoplePanel ticket={ticket} />
          <LinksPanel ticket={ticket} relations={relations} />
          <SurveyPanel id={ticket.id} />
          <EscalationPanel ticket={ticket} />
          <SlaPanel id={ticket.id} />
          {replies && <ArticlesPanel ticket={ticket.id} note={kind === "note"} onInsert={may(ticket, kind) ? insert : undefined} />}
        </aside>
      </div>
      {more.dialogs}
    </Page>
  );
}

function Tools({ more: { neighbours, rename }, printing }: { more: ReturnType<typeof useTicketKeys>; printing: ReturnType<typeof usePrintTicket> }) {
  const { t } = useTranslation();
  return (
    <>
      {neighbours && <WalkBar neighbours={neighbours} />}
      {rename && (
        <Button variant="ghost" size="icon-sm" aria-label={t("ticket.editSubject")} title={t("ticket.editSubject")} onClick={rename}>
          <Pencil aria-hidden />
        </Button>
      )}
      <PrintMenu printing={printing} />
    </>
  );
}
