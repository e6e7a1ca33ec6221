import { useEffect, useState } from "react";
import type { Ticket } from "@/api/types";
import { useUploads, type KeptFile } from "@/components/files/use-uploads";
import { holdDraft } from "@/lib/drafts";
import { useDraft } from "@/lib/use-draft";
import { useLeaveGuard } from "@/lib/use-leave-guard";
import type { Inserted } from "./canned";
import { messageDraft, type MessageKind } from "./mutations";

interface MessageDraft {
  text: string;
  files: KeptFile[];
  /** Canned replies it was made of. */
  canned?: Inserted[];
}

const NO_DRAFT: MessageDraft = { text: "", files: [] };
const isNoDraft = ({ text, files }: MessageDraft) => text.trim() === "" && files.length === 0;

/**
 * A message somebody writes to a ticket, with its files. It belongs to the page rather than to the composer, so that files go on
 * to the server while another kind of message is on screen. What is typed is kept on this device until it is sent.
 */
export function useWriting({ id, version }: Ticket, kind: MessageKind) {
  const name = messageDraft(id, kind);
  const [draft, change] = useDraft(name, NO_DRAFT, isNoDraft);
  const attachments = useUploads({ kept: draft.files, onKept: (files) => change((present) => ({ ...present, files })) });
  useLeaveGuard(attachments.busy);
  const { clear } = attachments;
  useEffect(() => holdDraft(name, clear), [name, clear]);
  // The version on which the writer looks; once something is written, what others change is no longer seen.
  const [seen, setSeen] = useState(version);
  if (draft.text === "" && seen !== version) setSeen(version);
  return { draft, change, attachments, seen, look: () => setSeen(version) };
}

export type Writing = ReturnType<typeof useWriting>;
