import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, call } from "@/api/client";
import type { components } from "@/api/schema";
import type { KeptFile } from "@/components/files/use-uploads";
import type { Person } from "@/components/mentions/mentioned";
import { useDraftNames } from "@/lib/drafts";
import type { Inserted } from "./canned";
import type { MessageKind } from "./mutations";

export type KeptDraft = components["schemas"]["Draft"];

/** What somebody writes, as this device knows it. */
export interface MessageDraft {
  text: string;
  files: KeptFile[];
  /** Canned replies it was made of. */
  canned?: Inserted[];
  /** Whom somebody chose to mention; what the server keeps of it is their names in the text. */
  mentions?: Person[];
  /** The version on the server that it follows; none while there is none there. */
  version?: number;
  /** False when the server has the same: this device then holds a copy for when there is no connection. */
  ahead?: boolean;
}

export const NO_DRAFT: MessageDraft = { text: "", files: [] };
export const isNoDraft = ({ text, files }: MessageDraft) => text.trim() === "" && files.length === 0;
/** Something was written here that the server has not got. */
export const isAhead = ({ ahead, version }: MessageDraft) => ahead ?? version === undefined;

const content = ({ text, files, canned }: MessageDraft) => JSON.stringify([text, files.map(({ id }) => id), (canned ?? []).map(({ id }) => id)]);
export const sameDraft = (one: MessageDraft, other: MessageDraft) => content(one) === content(other);

/** A draft of the server as this device holds it; nothing where there is none. */
export function draftOf(kept: KeptDraft | undefined): MessageDraft {
  if (!kept) return NO_DRAFT;
  const files = kept.attachments.map(({ id, name, size }) => ({ id, name, size }));
  return { text: kept.body, files, canned: kept.canned, version: kept.version, ahead: false };
}

/**
 * What to do when the server tells which draft it has: go on with this one, take that one, or ask because both were written on. The
 * server's is the truth; what this device holds counts for what was written since it read it, and that it was emptied does as well. No
 * version ever returns: the same number is the same draft, and another is another, or none, even where one was sent and begun anew.
 */
export function reconcile(here: MessageDraft, there: MessageDraft): "keep" | "take" | "ask" {
  if ((here.version ?? 0) === (there.version ?? 0)) return "keep";
  const counts = isAhead(here) && !(isNoDraft(here) && here.version === undefined);
  return counts && !sameDraft(here, there) ? "ask" : "take";
}

export const draftsKey = (ticket: string) => ["drafts", ticket];

/** One's own drafts of a ticket, as the server has them. */
export function useKeptDrafts(ticket: string) {
  return useQuery({
    queryKey: draftsKey(ticket),
    // Whoever comes back to this page may have written on another device in the meantime.
    refetchOnWindowFocus: "always",
    queryFn: async ({ signal }) => (await call(api.GET("/api/v1/tickets/{id}/drafts", { params: { path: { id: ticket } }, signal }))).items,
  });
}

/** The tickets to which one has begun to write: on any device, and on this one what the server has not got yet. */
export function useBegun(): ReadonlySet<string> {
  const here = useDraftNames();
  const { data } = useQuery({
    queryKey: ["drafts", "begun"],
    queryFn: async ({ signal }) => (await call(api.GET("/api/v1/drafts", { params: { query: { limit: 200 } }, signal }))).items,
  });
  return useMemo(() => new Set([...here, ...(data ?? []).map((draft) => draft.ticket_id)]), [here, data]);
}

/** Puts what is known of the server's draft of a kind into the place of what was known. */
export const known =
  (kind: MessageKind, kept: KeptDraft | undefined) =>
  (drafts: KeptDraft[] | undefined): KeptDraft[] | undefined =>
    drafts && [...drafts.filter((draft) => draft.kind !== kind), ...(kept ? [kept] : [])];
