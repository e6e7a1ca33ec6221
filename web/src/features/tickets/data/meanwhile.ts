import { useQuery } from "@tanstack/react-query";
import { api, callAs } from "@/api/client";
import type { Page, Ticket, TimelineItem, TimelineMessage } from "@/api/types";
import { everyPage } from "@/lib/every-page";
import { wasOwnStep } from "./own-steps";
import { splitQuote } from "./quote";
import type { Seen } from "./use-writing";

/** The server's largest page. */
const PAGE = 200;
/** So much of a message says what it is about, in characters. */
const WORDS = 160;

/** What is new, and the version that has been seen with it. */
export interface Meanwhile extends Seen {
  items: TimelineItem[];
}

/** What happened to a ticket after the moment at which its writer looked, without what he did to it himself. */
export function useMeanwhile(id: string, since: string) {
  return useQuery({
    queryKey: ["ticket", id, "meanwhile", since],
    // What was read when it was asked the last time is not what there is now.
    gcTime: 0,
    queryFn: async ({ signal }): Promise<Meanwhile> => {
      // First the version, then the history: it tells of that version at least.
      const ticket = await callAs<Ticket>(api.GET("/api/v1/tickets/{id}", { params: { path: { id } }, signal }));
      const read = (cursor: string | undefined) =>
        callAs<Page<TimelineItem>>(api.GET("/api/v1/tickets/{id}/timeline", { params: { path: { id }, query: { since, cursor, limit: PAGE } }, signal }));
      return { version: ticket.version, at: ticket.updated_at, items: notOwn(id, await everyPage(read)) };
    },
  });
}

/** The steps that this person did not take himself. */
export function notOwn(id: string, items: readonly TimelineItem[]): TimelineItem[] {
  return items.filter((item) => !wasOwnStep(id, item.at));
}

/** How a message begins, in one line, without what it quotes. */
export function firstWords({ body_text, quoted_from }: Pick<TimelineMessage, "body_text" | "quoted_from">): string {
  const line = splitQuote(body_text, quoted_from ?? null).fresh.replaceAll(/\s+/g, " ").trim();
  // Counted as people do: half of a letter is none.
  const letters = [...line];
  if (letters.length <= WORDS) return line;
  const cut = letters.slice(0, WORDS).join("");
  const blank = cut.lastIndexOf(" ");
  // A word that is longer than all the room is cut where the room ends.
  return `${blank > WORDS / 2 ? cut.slice(0, blank) : cut}…`;
}
