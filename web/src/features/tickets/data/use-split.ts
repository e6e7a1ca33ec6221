import { useCallback, useEffect, useRef, useState, type RefObject } from "react";
import { useNavigate, useSearchParams } from "react-router";
import type { TicketSummary } from "@/api/types";
import type { Beside } from "@/components/ui/use-beside-keys";
import { useMedia } from "@/lib/use-media";
import { BESIDE, useUnsaved } from "@/lib/use-leave-guard";
import { useUi } from "@/stores/ui";

/** Screens with room for a list and a ticket. */
const WIDE = "(min-width: 80rem)";
/** So long the keys rest on a row before its ticket is shown: whoever walks on asks for none of those between. */
const REST_MS = 150;

export interface Split {
  /** There is room for it. */
  possible: boolean;
  /** The list is narrow, with room for a ticket beside it. */
  on: boolean;
  toggle: () => void;
  /** The page to go to instead: a link to a ticket beside the list, where there is no room for both. */
  instead: string | null;
  /** The ticket on screen. */
  shown: string | null;
  /** Where a row leads: the same list with its ticket beside it. */
  to: (ticket: TicketSummary) => string;
  beside: Beside<TicketSummary>;
  close: () => void;
  /** Gives the focus back to the list. */
  back: () => void;
}

/** Where the two stand on the page. */
export interface SplitPlaces {
  list: RefObject<HTMLDivElement | null>;
  ticket: RefObject<HTMLDivElement | null>;
}

/**
 * A list of tickets with the chosen one beside it. Which one that is stands in the address, behind the list's filter (`query`), so that it can be
 * sent to others and going back leads to the one before; the keys' walk from row to row is no step back.
 */
export function useSplit(query: string, { list, ticket }: SplitPlaces): Split {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const shown = params.get(BESIDE);
  const possible = useMedia(WIDE);
  const { split, setSplit } = useUi();
  // What would be lost with the ticket keeps it in its place though the window became narrow.
  const held = useUnsaved(({ holders }) => holders.size > 0);
  const on = possible ? split || shown !== null : shown !== null && held;

  const to = useCallback((id: string) => `?${query === "" ? "" : `${query}&`}${BESIDE}=${encodeURIComponent(id)}`, [query]);
  const show = (id: string) => void navigate(to(id), { replace: shown !== null, preventScrollReset: true });

  // The row at which the keys are, until something else is shown; a new object for each step.
  const [cursor, setCursor] = useState<{ id: string } | null>(null);
  // What the keys asked for and is not on screen yet.
  const [asked, setAsked] = useState<readonly string[]>([]);
  const [seen, setSeen] = useState(shown);
  if (seen !== shown) {
    setSeen(shown);
    const own = shown === null ? -1 : asked.indexOf(shown);
    setAsked(own < 0 ? [] : asked.slice(own + 1));
    if (own < 0) setCursor(null);
  }
  const ask = (id: string) => {
    if (id === shown) return;
    setAsked((before) => [...before, id]);
    show(id);
  };
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  useEffect(() => {
    if (!cursor) return;
    const timer = setTimeout(() => latest.current(cursor.id), REST_MS);
    return () => clearTimeout(timer);
  }, [cursor]);

  // The ticket that is to have the focus once it is there.
  const entered = useRef<string | null>(null);
  useEffect(() => {
    if (entered.current !== null && entered.current === shown) ticket.current?.focus();
    entered.current = null;
  }, [ticket, shown]);

  return {
    possible,
    on,
    toggle: () => {
      setSplit(!on);
      // While the ticket's address stands, so does the ticket: whoever is asked may stay with it.
      if (on && shown !== null) void navigate(`?${query}`, { preventScrollReset: true });
    },
    instead: shown !== null && !on ? `/desk/tickets/${encodeURIComponent(shown)}` : null,
    shown,
    to: useCallback((row) => to(row.id), [to]),
    beside: {
      shown,
      current: cursor?.id ?? shown,
      onMove: (row) => setCursor({ id: row.id }),
      onEnter: (row) => {
        if (row.id === shown) return ticket.current?.focus();
        entered.current = row.id;
        ask(row.id);
      },
    },
    close: () => void navigate(`?${query}`, { preventScrollReset: true }),
    back: useCallback(() => focusRow(list.current, shown), [list, shown]),
  };
}

/** Where the two stand, for [`useSplit`]. */
export function useSplitPlaces(): SplitPlaces {
  const list = useRef<HTMLDivElement>(null);
  const ticket = useRef<HTMLDivElement>(null);
  return { list, ticket };
}

/** The row of what is shown, or the first one when it is not in the list. */
function focusRow(list: HTMLElement | null, shown: string | null): void {
  const rows = [...(list?.querySelectorAll<HTMLElement>("[data-id]") ?? [])];
  const row = rows.find((each) => each.dataset.id === shown) ?? rows[0];
  (row?.querySelector("a") ?? list)?.focus();
}
