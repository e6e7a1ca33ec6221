import { useEffect, useState } from "react";
import type { Ticket } from "@/api/types";
import { useUploads } from "@/components/files/use-uploads";
import { holdDraft } from "@/lib/drafts";
import { useDraft } from "@/lib/use-draft";
import { useLeaveGuard } from "@/lib/use-leave-guard";
import { isNoDraft, NO_DRAFT, type MessageDraft } from "./drafts";
import { messageDraft, type MessageKind } from "./mutations";
import { useKeeping } from "./use-keeping";

/** The version of a ticket that somebody has seen, and when the server says that it came about. */
export interface Seen {
  version: number;
  at: string;
}

/**
 * A message somebody writes to a ticket, with its files. It belongs to the page rather than to the composer, so that files go on
 * to the server while another kind of message is on screen. What is typed is kept on the server until it is sent, and on this device for
 * as long as the server cannot be reached.
 */
export function useWriting({ id, version, updated_at }: Ticket, kind: MessageKind) {
  const name = messageDraft(id, kind);
  const [draft, set, , latest] = useDraft(name, NO_DRAFT, isNoDraft);
  const change = (wanted: (present: MessageDraft) => MessageDraft) => set((present) => ({ ...wanted(present), ahead: true }));
  const attachments = useUploads({ kept: draft.files, onKept: (files) => change((present) => ({ ...present, files })) });
  useLeaveGuard(attachments.busy);
  const { clear } = attachments;
  useEffect(() => holdDraft(name, clear), [name, clear]);
  const keeping = useKeeping({ ticket: id, kind, draft, latest, set, attachments });
  // The version on which the writer looks, and when it came about; once something is written, what others change is no longer seen.
  const present: Seen = { version, at: updated_at };
  const [seen, setSeen] = useState(present);
  if (draft.text === "" && seen.version !== version) setSeen(present);
  return { draft, change, attachments, keeping, seen: seen.version, seenAt: seen.at, look: setSeen };
}

export type Writing = ReturnType<typeof useWriting>;
