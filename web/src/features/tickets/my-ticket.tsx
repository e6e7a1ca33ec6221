import { ArrowLeft, CircleCheck, FileDown, Reply, RotateCcw } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import type { Ticket } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Page } from "@/components/page";
import { TicketStateBadge } from "@/components/state-badges";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { RateCard } from "@/features/survey/survey-panel";
import { useRemember } from "@/lib/recent";
import { useCategories } from "@/lib/use-categories";
import { usePageActions } from "@/stores/page-actions";
import { LazyComposer, useComposerFocus } from "./components/lazy-composer";
import { MergedAlert } from "./components/merged-alert";
import { ProjectSelect } from "./components/project-select";
import { PrintButton } from "./components/print-menu";
import { Heading, TicketSkeleton } from "./components/ticket-heading";
import { Timeline } from "./components/timeline";
import { reopening, resolving } from "./data/actions";
import { useChangeState } from "./data/mutations";
import { usePrintTicket } from "./data/print";
import { useTicket } from "./data/queries";
import { useWriting } from "./data/use-writing";

/** A ticket as its customer sees it. */
export function MyTicketPage() {
  const { id = "" } = useParams();
  const ticket = useTicket(id);
  if (ticket.isPending) return <TicketSkeleton />;
  if (!ticket.data) return <ErrorState page list="/client/tickets" error={ticket.error} onRetry={() => void ticket.refetch()} />;
  return <Loaded key={id} ticket={ticket.data} />;
}

function Loaded({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const change = useChangeState(ticket.id);
  const writing = useWriting(ticket, "reply");
  const category = useCategories()?.find(({ id }) => id === ticket.category_id);
  const text = useRef<HTMLTextAreaElement>(null);
  const { focus, ready } = useComposerFocus(text);
  const [resolve, reopen] = [resolving(ticket)?.allowed, reopening(ticket)?.allowed];
  const move = (to: "resolved" | "open", said: string) => change.mutate({ version: ticket.version, to }, { onSuccess: () => toast({ tone: "success", title: said }) });
  useRemember(ticket);
  const printing = usePrintTicket(ticket);
  usePageActions([
    { name: t("composer.reply"), icon: Reply, keys: "r", run: focus },
    { name: t("ticket.back"), icon: ArrowLeft, keys: "u", run: () => void navigate("/client/tickets") },
    ...(resolve ? [{ name: t("myTickets.resolve"), icon: CircleCheck, run: () => move("resolved", t("myTickets.resolved")) }] : []),
    ...(reopen ? [{ name: t("ticket.reopen"), icon: RotateCcw, run: () => move("open", t("myTickets.reopened")) }] : []),
    ...(printing.busy ? [] : [{ name: t("print.pdf"), icon: FileDown, run: () => printing.start(false) }]),
  ]);
  return (
    <Page
      title={`#${ticket.number} ${ticket.subject}`}
      heading={<Heading ticket={ticket} />}
      back={{ to: "/client/tickets", label: t("ticket.back") }}
      description={
        <>
          {t("ticket.created")} <Time at={ticket.created_at} full />
          {category && (
            <>
              {" · "}
              <bdi>{category.path}</bdi>
            </>
          )}
        </>
      }
      actions={
        <>
          <TicketStateBadge state={ticket.state} />
          <PrintButton printing={printing} />
          {resolve && (
            <Button busy={change.isPending} onClick={() => move("resolved", t("myTickets.resolved"))}>
              <CircleCheck aria-hidden />
              {t("myTickets.resolve")}
            </Button>
          )}
          {reopen && (
            <Button busy={change.isPending} onClick={() => move("open", t("myTickets.reopened"))}>
              <RotateCcw aria-hidden className="flip-rtl" />
              {t("ticket.reopen")}
            </Button>
          )}
        </>
      }
    >
      <MergedAlert ticket={ticket} base="/client/tickets" />
      <div className="max-w-xs text-sm">
        <ProjectSelect ticket={ticket} allowed={ticket.state !== "closed" && !ticket.merged_into} />
      </div>
      <Timeline ticket={ticket} staff={false} />
      {ticket.state === "waiting_for_response" && <Alert tone="info" title={t("myTickets.waiting")} />}
      {/* Of an open ticket nothing is rated; a rating that is being written outlives its closing. */}
      <RateCard key={String(["resolved", "closed"].includes(ticket.state))} id={ticket.id} />
      <LazyComposer ticket={ticket} staff={false} kind="reply" onKind={() => undefined} writing={writing} nextState="" onNextState={() => undefined} textRef={text} onReady={ready} />
    </Page>
  );
}
