import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { toastError } from "@/components/toast-error";
import { useUser } from "@/features/shell/use-user";
import { readTickets } from "./queries";
import { useWalk, walkBefore, type Walk } from "./walk-along";

export interface Place {
  /** Number of the ticket in the list, from 1. */
  at: number;
  /** Tickets of the list that are known. */
  count: number;
  previous: string | null;
  next: string | null;
  /** The list goes on behind the last ticket that is known. */
  more: boolean;
}

/** Where a ticket stands in the list; nothing when it is not of that list. */
export function placeOf(walk: Walk | null, id: string): Place | null {
  const at = walk ? walk.ids.indexOf(id) : -1;
  if (!walk || at < 0) return null;
  return { at: at + 1, count: walk.ids.length, previous: walk.ids[at - 1] ?? null, next: walk.ids[at + 1] ?? null, more: walk.cursor !== undefined };
}

/** The list with its next page behind it; what moved to another page meanwhile is there once. */
export function longer(walk: Walk, page: { items: readonly { id: string }[]; next_cursor?: string | null }): Walk {
  const known = new Set(walk.ids);
  const fresh = page.items.map(({ id }) => id).filter((id) => !known.has(id));
  return { ...walk, ids: [...walk.ids, ...fresh], cursor: page.next_cursor ?? undefined };
}

/** The ways from a ticket to its neighbours in the list that somebody came from. */
export function useNeighbours(id: string) {
  const navigate = useNavigate();
  const { id: user } = useUser();
  const before = useMemo(() => walkBefore(user), [user]);
  const walk = useWalk((present) => present.walk) ?? before;
  const place = placeOf(walk, id);
  const [busy, setBusy] = useState(false);
  const go = (to: string) => void navigate(`/desk/tickets/${to}`);
  async function readOn() {
    if (!walk?.cursor) return;
    setBusy(true);
    try {
      const further = longer(walk, await readTickets(walk.filter, walk.cursor));
      useWalk.setState({ walk: further });
      const next = placeOf(further, id)?.next;
      if (next) go(next);
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  }
  if (!place) return null;
  const { previous, next, more } = place;
  return {
    ...place,
    busy,
    toPrevious: previous === null ? undefined : () => go(previous),
    toNext: next !== null ? () => go(next) : more && !busy ? () => void readOn() : undefined,
  };
}

export type Neighbours = NonNullable<ReturnType<typeof useNeighbours>>;
