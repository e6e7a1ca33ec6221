import { useSession } from "@/api/session";
import type { Me, Ticket } from "@/api/types";

/** A ticket of the desk that is waiting for its requester; `more` says what is different about it. */
export const ticketWith = (more: Record<string, unknown> = {}) =>
  ({
    id: "t9",
    number: 9,
    version: 3,
    state: "answered",
    subject: "Printer",
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    last_message_at: "2026-01-01T00:00:00Z",
    group: { id: "g1", name: "Support" },
    requester: { name: "Sara", email: "sara@example.dz" },
    participants: [],
    observers: [],
    links: [],
    tags: [],
    allowed_actions: ["reply", "note"].map((action) => ({ action, allowed: true, requires: [] })),
    ...more,
  }) as unknown as Ticket;

/** Somebody with these permissions has signed in. */
export function signedIn(...permissions: string[]): Me {
  const user = { id: "u1", email: "a@desk.test", name: "A", permissions } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  return user;
}
