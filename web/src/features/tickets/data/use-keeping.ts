import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, call } from "@/api/client";
import { asApiError } from "@/api/problem";
import type { Uploads } from "@/components/files/use-uploads";
import { readDraft, writeDraft } from "@/lib/drafts";
import { draftOf, draftsKey, isAhead, isNoDraft, known, NO_DRAFT, reconcile, sameDraft, useKeptDrafts, type MessageDraft } from "./drafts";
import { messageDraft, oneByOne, type MessageKind } from "./mutations";

/** So long nobody types before what is written goes to the server. */
const QUIET_MS = 1500;
/** So long after a failure it is tried again. */
const AGAIN_MS = 20_000;

interface KeepingOptions {
  ticket: string;
  kind: MessageKind;
  draft: MessageDraft;
  /** The draft as of this moment, before it is drawn. */
  latest: () => MessageDraft;
  set: (change: (present: MessageDraft) => MessageDraft) => void;
  attachments: Uploads;
}

/** Keeps a draft on the server while it is written, and takes over what was written on another device. */
export function useKeeping({ ticket, kind, draft, latest, set, attachments }: KeepingOptions) {
  const queries = useQueryClient();
  const kept = useKeptDrafts(ticket);
  const name = messageDraft(ticket, kind);
  const there = kept.data && draftOf(kept.data.find((one) => one.kind === kind));
  const shown = useRef(true);

  /** Where the draft stands after the server took `sent`: what was written since is still ahead. */
  function settle(sent: MessageDraft, version: number | undefined) {
    const settled = (now: MessageDraft): MessageDraft => ({ ...now, version, ahead: !sameDraft(now, sent) });
    if (shown.current) set(settled);
    else {
      const left = readDraft<MessageDraft>(name);
      if (left) writeDraft(name, settled(left));
    }
  }

  const save = useMutation({
    meta: { explained: true },
    // Without a connection it fails at once: a save that waits would keep what else is done to the ticket waiting.
    networkMode: "always",
    // After a message that is on its way: what has been sent is no draft any more.
    scope: oneByOne(ticket),
    mutationFn: async () => {
      // Of a text that was emptied before the page went nothing is left on this device, and yet it is to go.
      const emptied = isNoDraft(latest()) ? latest() : NO_DRAFT;
      const written = shown.current ? latest() : (readDraft<MessageDraft>(name) ?? emptied);
      const { text, files, canned = [], version = 0 } = written;
      if (!isAhead(written) || (isNoDraft(written) && version === 0)) return;
      // An answer that is on its way knows nothing of this.
      await queries.cancelQueries({ queryKey: draftsKey(ticket) });
      const path = { id: ticket, kind };
      if (isNoDraft(written)) {
        await call(api.DELETE("/api/v1/tickets/{id}/drafts/{kind}", { params: { path, query: { expected_version: version } } }));
        queries.setQueryData(draftsKey(ticket), known(kind, undefined));
        settle(written, undefined);
      } else {
        const body = { body: text, attachment_ids: files.map((file) => file.id), canned, expected_version: version };
        const now = await call(api.PUT("/api/v1/tickets/{id}/drafts/{kind}", { params: { path }, body }));
        await queries.cancelQueries({ queryKey: draftsKey(ticket) });
        const attachments = files.map((file) => ({ ...file, content_type: "", sha256: "", inline: false, state: "clean" }));
        queries.setQueryData(draftsKey(ticket), known(kind, { kind, body: text, attachments, canned, version: now.version, updated_at: new Date().toISOString() }));
        settle(written, now.version);
      }
      if (version === 0 || isNoDraft(written)) void queries.invalidateQueries({ queryKey: ["drafts", "begun"] });
    },
    onError: (error) => (asApiError(error).code === "draft_changed" ? queries.invalidateQueries({ queryKey: draftsKey(ticket) }) : undefined),
  });

  // Nothing is judged while something is on its way: what is known of the server would be older than what it has.
  const verdict = there && !save.isPending ? reconcile(draft, there) : "keep";
  const conflict = verdict === "ask";

  const { busy, take } = attachments;
  useEffect(() => {
    if (verdict !== "take" || !there || busy) return;
    take(there.files);
    set(() => there);
  });

  const { mutate: keep, isPending, isError } = save;
  const { text, files } = draft;
  const waits = isAhead(draft) && !conflict && there !== undefined && (!isNoDraft(draft) || draft.version !== undefined);
  useEffect(() => {
    if (!waits || isPending) return;
    const timer = setTimeout(() => keep(), isError ? AGAIN_MS : QUIET_MS);
    return () => clearTimeout(timer);
  }, [waits, isPending, isError, keep, text, files]);

  // Whoever turns away goes on elsewhere, perhaps at once.
  const due = useRef(waits);
  useEffect(() => {
    due.current = waits;
  });
  useEffect(() => {
    const away = () => document.visibilityState === "hidden" && due.current && keep();
    shown.current = true;
    document.addEventListener("visibilitychange", away);
    return () => {
      document.removeEventListener("visibilitychange", away);
      shown.current = false;
      if (due.current) keep();
    };
  }, [keep]);

  /** What was refused because of the other draft is no failure any more: what follows is saved as soon as ever. */
  const choose = (chosen: (now: MessageDraft) => MessageDraft) => {
    save.reset();
    set(chosen);
  };

  /** Brings back a draft that was thrown away, also when the page is gone: then it is on the server, and on this device until it is. */
  const restore = (thrown: MessageDraft) => {
    if (shown.current) {
      take(thrown.files);
      // It follows what the server has by now.
      set(({ version }) => ({ ...thrown, version, ahead: true }));
      return;
    }
    const since = readDraft<MessageDraft>(name);
    // What was begun anew meanwhile is not written over.
    if (since && !isNoDraft(since)) return;
    // That it was thrown away goes to the server before it: there is none any more.
    writeDraft(name, { ...thrown, version: undefined, ahead: true });
    keep();
  };

  return {
    restore,
    /** What is on screen and what another device wrote are two: its writer chooses. */
    conflict,
    /** Goes on with what is on screen; the other is written over. */
    mine: () => choose((now) => ({ ...now, version: there?.version, ahead: true })),
    /** Takes the other. */
    theirs: () => {
      if (!there) return;
      take(there.files);
      choose(() => there);
    },
    /** The version of the draft as it stands; 0 for none. */
    version: () => (shown.current ? latest() : readDraft<MessageDraft>(name))?.version ?? 0,
    /** The server has it, this device alone has it, or there is nothing to say. */
    place: isNoDraft(draft) || conflict ? null : !isAhead(draft) ? ("server" as const) : isError || kept.isError ? ("device" as const) : null,
  };
}
