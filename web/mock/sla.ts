// The clocks of a ticket, as the server would tell them.
import type { Ticket, TicketSla } from "../src/api/types.ts";
import { ago, uuid } from "./store.ts";

/** Seven of eight promised hours are used, and a night lay between. */
export function sla(ticket: Ticket): TicketSla {
  const clock = { cycle: 1, started_at: ticket.created_at, reopened: 0, shortened: false, alerts: [] };
  return {
    policy: { customer_tiers: [], id: uuid(900), name: "Standard", number: 2, calendar: "Algérie", zone: "Africa/Algiers" },
    at: ago(0),
    clocks: [
      {
        ...clock,
        kind: "first_response",
        status: "met",
        target: 4 * 3600,
        left: 3 * 3600,
        due_at: ago(-180),
        ended_at: ago(60),
        breached_at: null,
        sums: { counted: 3600, closed: 0, holiday: 0, state: 0 },
        segments: [{ from: ago(120), to: ago(60), reason: "counted", holiday: null, state: null }],
      },
      {
        ...clock,
        kind: "resolution",
        status: "running",
        target: 8 * 3600,
        left: 3600,
        due_at: ticket.due_at ?? ago(-60),
        ended_at: null,
        breached_at: null,
        sums: { counted: 7 * 3600, closed: 12 * 3600, holiday: 0, state: 3600 },
        segments: [
          { from: ago(1200), to: ago(1080), reason: "counted", holiday: null, state: null },
          { from: ago(1080), to: ago(1020), reason: "state", holiday: null, state: "on_hold" },
          { from: ago(1020), to: ago(300), reason: "closed", holiday: null, state: null },
          { from: ago(300), to: ago(0), reason: "counted", holiday: null, state: null },
        ],
      },
    ],
  };
}
