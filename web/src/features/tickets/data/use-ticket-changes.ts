import { useTranslation } from "react-i18next";
import type { Named, Priority, Ticket, TicketState, TicketSummary } from "@/api/types";
import { toast } from "@/components/ui/toast";
import { transitions } from "./actions";
import { useAssign, useChangeState, useEditTicket, type StateChange } from "./mutations";

/** What a state change may carry besides its target. */
export type StateAnswers = Omit<StateChange, "id" | "version" | "to" | "before">;

/**
 * Priority, assignee and state of a ticket with their messages, each with a way back where the server allows one. Works for a row of a
 * list as for a whole ticket.
 */
export function useTicketChanges(id: string) {
  const { t } = useTranslation();
  const say = (title: string, undo?: () => void) => toast({ tone: "success", title, undo });

  const back = { edit: useEditTicket(id), assign: useAssign(id), move: useChangeState(id) };

  const edit = useEditTicket(id, ({ version, number, priority }, { before }) => {
    if (before) say(t("ticket.priorityNow", { number, priority: t(`priority.${priority}`) }), () => back.edit.mutate({ version, ...before }));
  });
  const assign = useAssign(id, ({ version, number, assignee }, { before }) => {
    if (before === undefined) return;
    const title = assignee ? t("ticket.assignedTo", { number, name: assignee.name }) : t("ticket.unassignedNow", { number });
    say(title, () => back.assign.mutate({ version, assignee: before }));
  });
  const move = useChangeState(id, (ticket, { before }) => {
    if (!before) return;
    const way = wayBack(before, ticket);
    const { version, number, state } = ticket;
    say(t("ticket.stateNow", { number, state: t(`ticketState.${state}`) }), way ? () => back.move.mutate({ version, ...way }) : undefined);
  }, true);

  return {
    busy: edit.isPending || assign.isPending || move.isPending,
    setPriority: ({ version, priority: before }: TicketSummary, priority: Priority) => {
      if (priority !== before) edit.mutate({ version, priority, before: { priority: before } });
    },
    setAssignee: ({ version, assignee }: TicketSummary, wanted: Named | null) => {
      if (assignee?.id !== wanted?.id) assign.mutate({ version, assignee: wanted, before: assignee ?? null });
    },
    /** Fails when the server refuses: a form that asked for the answers says so. */
    setState: (before: Ticket, to: TicketState, answers: StateAnswers = {}) => move.mutateAsync({ version: before.version, to, ...answers, before }),
  };
}

/** The change that leads back to where the ticket was, if the server would accept it with what is known. */
export function wayBack(before: Ticket, now: Ticket): { to: TicketState; reason?: string; on_hold_until?: string | null } | null {
  const step = transitions(now).find((each) => each.to === before.state);
  if (!step?.allowed) return null;
  if (step.requires.length === 0) return { to: before.state };
  // On hold asks why and until when: both stand in the ticket as it was.
  const reason = before.hold_reason;
  if (before.state === "on_hold" && reason && step.requires.every((need) => need === "reason")) {
    return { to: "on_hold", reason, on_hold_until: before.on_hold_until };
  }
  return null;
}
