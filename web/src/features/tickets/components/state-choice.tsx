import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Ticket, TicketState } from "@/api/types";
import { lazyDialog } from "@/components/lazy-dialog";
import { toastError } from "@/components/toast-error";
import { MenuItem } from "@/components/ui/menu";
import { transitions, type Transition } from "../data/actions";
import { useTicketChanges } from "../data/use-ticket-changes";

const TransitionDialog = lazyDialog(async () => (await import("./transition-dialog")).TransitionDialog);

/** What follows from choosing a state: the change itself, a dialog that asks for what it needs, or the composer. */
export function useStateChoice(id: string, ticket: Ticket | undefined, onReplyWith: (state: TicketState) => void): { choose: (transition: Transition) => void; busy: boolean; dialog: ReactNode } {
  const changes = useTicketChanges(id);
  const [asked, setAsked] = useState<Transition | null>(null);
  function choose(transition: Transition) {
    if (!ticket) return;
    if (transition.requires.includes("reply")) onReplyWith(transition.to);
    else if (transition.requires.length > 0) setAsked(transition);
    else void changes.setState(ticket, transition.to).catch(toastError);
  }
  const dialog = asked && ticket && (
    <TransitionDialog
      transition={asked}
      onClose={() => setAsked(null)}
      onConfirm={(answers) => changes.setState(ticket, asked.to, answers)}
    />
  );
  return { choose, busy: changes.busy, dialog };
}

/** Every change of state the server knows of; what is refused now stays visible with its reason. */
export function StateItems({ ticket, onChoose }: { ticket: Ticket; onChoose: (transition: Transition) => void }) {
  const { t } = useTranslation();
  function hint({ allowed, why_not, requires }: Transition): string | null {
    if (!allowed) return t([`whyNot.${why_not}`, "whyNot.other"]);
    const needed = requires[0];
    return needed ? t([`requires.${needed}`, "requires.other"]) : null;
  }
  return transitions(ticket).map((transition) => (
    <MenuItem key={transition.to} disabled={!transition.allowed} onSelect={() => onChoose(transition)} data-to={transition.to}>
      <span className="grid min-w-0">
        <span>{t(`ticketState.${transition.to}`)}</span>
        <span className="text-xs text-muted-foreground">{hint(transition)}</span>
      </span>
    </MenuItem>
  ));
}
