import type { AllowedAction, Ticket, TicketState } from "@/api/types";

export const HOLD_REASONS = ["vendor", "internal", "scheduled"] as const;
export const CLOSE_REASONS = ["done", "duplicate", "spam", "invalid"] as const;

export type Transition = AllowedAction & { to: TicketState };

/** The state changes of a ticket, each with the server's verdict. */
export function transitions(ticket: Ticket): Transition[] {
  return ticket.allowed_actions.filter((action): action is Transition => action.action === "transition" && action.to != null);
}

/** The step to `resolved`, with the server's verdict. */
export function resolving(ticket: Ticket): Transition | undefined {
  return transitions(ticket).find(({ to }) => to === "resolved");
}

/** The way back to `open` of a ticket that is resolved or closed, with the server's verdict. */
export function reopening(ticket: Ticket): Transition | undefined {
  if (ticket.state !== "resolved" && ticket.state !== "closed") return undefined;
  return transitions(ticket).find(({ to }) => to === "open");
}

export function actionOf(ticket: Ticket, name: string): AllowedAction | undefined {
  return ticket.allowed_actions.find((action) => action.action === name);
}

export function may(ticket: Ticket, name: string): boolean {
  return actionOf(ticket, name)?.allowed ?? false;
}

/** Only members of its group change this ticket, and one is none: then one watches it oneself, and leaves it to them what belongs together. */
export function isOutside(ticket: Ticket): boolean {
  return actionOf(ticket, "edit")?.why_not === "group_members_only";
}

/** States a public reply can lead to at once; the first is what usually follows: the ball stays with a customer who has it already. */
export function statesAfterReply(ticket: Ticket): TicketState[] {
  const wanted: TicketState[] = ["answered", "waiting_for_response", "resolved"];
  const possible = transitions(ticket).filter((each) => each.allowed && !each.requires.includes("reason"));
  const stays = wanted.filter((state) => state === ticket.state);
  return [...stays, ...wanted.filter((state) => possible.some((each) => each.to === state))];
}
