import { useEffect } from "react";
import { create } from "zustand";
import { useSession } from "@/api/session";
import { readTab, writeTab } from "@/lib/storage";
import { readFilter, writeFilter } from "@/lib/url-filter";
import { TICKET_FILTER, type TicketFilter } from "./filters";

/** A list as it stood when somebody left it: what he does with its tickets takes none out of his way. */
export interface Walk {
  filter: TicketFilter;
  /** Its tickets in its order, as far as they were read. */
  ids: readonly string[];
  /** Where the list goes on. */
  cursor?: string;
}

export const useWalk = create<{ walk: Walk | null }>(() => ({ walk: null }));

const KEY = "cm.walk";

interface Kept {
  /** Whose it is: whoever signs in next in this tab walks his own. */
  user: string;
  query: string;
  ids: string[];
  cursor?: string;
}

// A page that is loaded anew in the same tab goes on where it was.
useWalk.subscribe(({ walk }) => {
  const user = useSession.getState().user?.id;
  if (!user || !walk) return;
  const kept: Kept = { user, query: writeFilter(TICKET_FILTER, walk.filter), ids: [...walk.ids], cursor: walk.cursor };
  writeTab(KEY, JSON.stringify(kept));
});

/** The list that this person walked along before his page was loaded anew. */
export function walkBefore(user: string): Walk | null {
  try {
    const kept = JSON.parse(readTab(KEY) ?? "null") as Kept | null;
    if (kept?.user !== user || !Array.isArray(kept.ids)) return null;
    return { filter: readFilter(TICKET_FILTER, new URLSearchParams(kept.query)), ids: kept.ids, cursor: kept.cursor };
  } catch {
    return null;
  }
}

/** Keeps the list on screen as the one to walk along from now on. */
export function useWalkAlong(filter: TicketFilter, rows: readonly { id: string }[], cursor: string | undefined, ready: boolean): void {
  useEffect(() => {
    if (ready) useWalk.setState({ walk: { filter, ids: rows.map(({ id }) => id), cursor } });
  }, [filter, rows, cursor, ready]);
}
