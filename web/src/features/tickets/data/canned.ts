import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { CannedReplyOffer, Locale } from "@/api/types";
import { plain } from "@/lib/plain";

/** A canned reply as it was put into a message. */
export interface Inserted {
  id: string;
  text: string;
}

/** What may be said on a ticket, in the requester's language unless another is named. */
export function useOffered(ticket: string, locale: Locale | "", enabled: boolean) {
  return useQuery({
    queryKey: ["canned_replies", "offered", ticket, locale],
    enabled,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    queryFn: ({ signal }) => call(api.GET("/api/v1/tickets/{id}/canned-replies", { params: { path: { id: ticket }, query: { locale: locale || undefined } }, signal })),
  });
}

/** Templates for customers on a ticket, as what may be said beside canned replies: without a shortcut, and not counted. */
export function useTemplatesOffered(ticket: string, locale: Locale | "", category: string) {
  return useQuery({
    queryKey: ["custom_templates", "offered", ticket, locale],
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    queryFn: ({ signal }) => call(api.GET("/api/v1/tickets/{id}/templates", { params: { path: { id: ticket }, query: { locale: locale || undefined } }, signal })),
    select: (offers) =>
      offers.map(
        ({ id, name, locales, locale: spoken, text, markdown }): CannedReplyOffer => ({ id, title: name, shortcut: "", category, locales, filled: { locale: spoken, text, markdown, flaws: [] } }),
      ),
  });
}

/** It is a template: what it is used for is counted nowhere. */
export const isTemplate = ({ shortcut }: CannedReplyOffer) => shortcut === "";

/** What a canned reply says in a message in Markdown: what the ticket says in it formats nothing. */
export const saidIn = ({ filled }: CannedReplyOffer) => filled.markdown ?? filled.text ?? "";

/** What stands between a slash that begins a word and the caret. */
export function asked(text: string, caret: number): string | null {
  const found = /(?:^|\s)\/([\p{L}\p{N}_-]*)$/u.exec(text.slice(0, caret));
  return found ? found[1]! : null;
}

/** Those whose shortcut begins with a word, then those whose title holds it; six at most, and none that cannot be said. */
export function fitting(offers: CannedReplyOffer[], word: string): CannedReplyOffer[] {
  const wanted = plain(word);
  const can = offers.filter(({ filled }) => filled.text !== null);
  const first = can.filter(({ shortcut }) => plain(shortcut).startsWith(wanted));
  return [...first, ...can.filter((offer) => !first.includes(offer) && plain(offer.title).includes(wanted))].slice(0, 6);
}

/** Finds replies by what they are called, then by what they are about and say; what is folded is folded once for all that is typed. */
export function finder(offers: readonly CannedReplyOffer[]): (word: string) => CannedReplyOffer[] {
  const folded = offers.map((offer) => ({
    offer,
    called: plain(`${offer.title}\n${offer.shortcut}`),
    said: plain(`${offer.category}\n${offer.filled.text ?? ""}`),
  }));
  return (word) => {
    const wanted = plain(word.trim());
    const first = folded.filter(({ called }) => called.includes(wanted));
    return [...first, ...folded.filter(({ called, said }) => !called.includes(wanted) && said.includes(wanted))].map(({ offer }) => offer);
  };
}

/** Those of which a line is still in the message: what was taken out again was not used. */
export function usedIn(message: string, inserted: readonly Inserted[]): string[] {
  const left = inserted.filter(({ text }) => text.split("\n").some((line) => line.trim() !== "" && message.includes(line.trim())));
  return [...new Set(left.map(({ id }) => id))].slice(0, 20);
}
