import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, call, open } from "@/api/client";
import { useSession } from "@/api/session";
import type { HelpArticle, Locale } from "@/api/types";
import { readStored, writeStored } from "@/lib/storage";
import { uniqueKey } from "@/lib/unique";

/** Who reads, once that is known: what is for him depends on it, and so does what is cached. */
function useReader() {
  const { status, user } = useSession();
  const { i18n } = useTranslation();
  return {
    client: status === "signed_in" ? api : open,
    who: status === "signed_in" ? user!.id : "visitor",
    known: status !== "starting",
    signedIn: status === "signed_in",
    locale: i18n.language as Locale,
  };
}

export function useHelpHome() {
  const { client, who, known, locale } = useReader();
  return useQuery({
    queryKey: ["help", who, "home", locale],
    enabled: known,
    queryFn: ({ signal }) => call(client.GET("/api/v1/help", { params: { query: { locale } }, signal })),
  });
}

export function useHelpSearch(q: string) {
  const { client, who, known, locale } = useReader();
  return useQuery({
    queryKey: ["help", who, "search", locale, q],
    enabled: known && q !== "",
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(client.GET("/api/v1/help/search", { params: { query: { q, locale } }, signal })),
  });
}

/** What stands in a section, its articles page by page. */
export function useHelpSection(slug: string) {
  const { client, who, known, locale } = useReader();
  const query = useInfiniteQuery({
    queryKey: ["help", who, "section", locale, slug],
    enabled: known,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => call(client.GET("/api/v1/help/sections/{slug}", { params: { path: { slug }, query: { locale, cursor: pageParam } }, signal })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const pages = query.data?.pages ?? [];
  // One that got another title between two requests stands on both pages.
  const articles = new Map(pages.flatMap((page) => page.articles).map((entry) => [entry.slug, entry]));
  return { query, page: pages[0], articles: [...articles.values()] };
}

/** An article, in the language of the page unless another one is asked for. */
export function useHelpArticle(slug: string, wanted?: Locale) {
  const { client, who, known, locale, signedIn } = useReader();
  const query = useQuery<HelpArticle>({
    queryKey: ["help", who, "article", wanted ?? locale, slug],
    enabled: known,
    // In another language it takes the place of what is read, once it is there.
    placeholderData: (shown, before) => (before?.queryKey[1] === who && before.queryKey[4] === slug ? shown : undefined),
    queryFn: ({ signal }) => call(client.GET("/api/v1/help/articles/{slug}", { params: { path: { slug }, query: { locale: wanted ?? locale } }, signal })),
  });
  return { query, signedIn };
}

/** What this browser made up to be known again at an article; it says nothing about who sits before it. */
function visitor(): string {
  const key = "cm.help.visitor";
  const known = readStored(key);
  if (known) return known;
  const made = uniqueKey();
  writeStored(key, made);
  return made;
}

/** Each reader's own: the next one at the same computer has not answered yet. */
const voteKey = (who: string, slug: string) => `cm.help.vote.${who}.${slug}`;

/** What the reader said here of an article. */
export function useVotedHere(slug: string): boolean | null {
  const { who } = useReader();
  const said = readStored(voteKey(who, slug));
  return said === "yes" ? true : said === "no" ? false : null;
}

export function useVote(slug: string) {
  const { client, who, signedIn } = useReader();
  return useMutation({
    mutationFn: async (helpful: boolean) => {
      await call(client.PUT("/api/v1/help/articles/{slug}/vote", { params: { path: { slug } }, body: { helpful, visitor: signedIn ? undefined : visitor() } }));
      writeStored(voteKey(who, slug), helpful ? "yes" : "no");
      return helpful;
    },
  });
}

/** Letters from which something can be found. */
const ENOUGH = 8;

/** Articles that may spare one the ticket that is being written; asked a moment after the last letter. */
export function useSuggestions(subject: string, body: string) {
  const { locale } = useReader();
  const enough = subject.trim().length + body.trim().length >= ENOUGH;
  const query = useQuery({
    queryKey: ["help", "suggestions", locale, subject, body],
    enabled: enough,
    // What is shown goes when the next answer is there, not before.
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    queryFn: ({ signal }) => call(api.POST("/api/v1/help/suggestions", { body: { subject, body, locale }, signal })),
  });
  // Where nothing is asked, nothing is kept of the last answer.
  return { ...query, data: enough ? query.data : undefined };
}

export function useSolved() {
  return useMutation({
    meta: { explained: true },
    mutationFn: (slug: string) => call(api.PUT("/api/v1/help/articles/{slug}/solved", { params: { path: { slug } } })),
  });
}

/** Articles that have to do with a ticket. */
export function useTicketArticles(ticket: string) {
  return useQuery({
    queryKey: ["help", "ticket", ticket],
    queryFn: ({ signal }) => call(api.GET("/api/v1/tickets/{id}/articles", { params: { path: { id: ticket } }, signal })),
  });
}
