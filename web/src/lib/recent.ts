import { useEffect } from "react";
import { useSession } from "@/api/session";
import { readStored, writeStored } from "./storage";

/** A ticket that was opened on this device. */
export interface RecentTicket {
  id: string;
  number: number;
  subject: string;
}

const MOST = 6;

// Each person's apart: the next one at the same computer does not see them.
function storageKey(): string {
  return `cm.recent.${useSession.getState().user?.id ?? "nobody"}`;
}

/** The latest first. */
export function recentTickets(): RecentTicket[] {
  try {
    const found = JSON.parse(readStored(storageKey()) ?? "[]") as unknown;
    return Array.isArray(found) ? (found as RecentTicket[]).filter((ticket) => typeof ticket?.id === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** Remembers that a ticket is on screen. */
export function useRemember({ id, number, subject }: RecentTicket): void {
  useEffect(() => {
    const others = recentTickets().filter((ticket) => ticket.id !== id);
    writeStored(storageKey(), JSON.stringify([{ id, number, subject }, ...others].slice(0, MOST)));
  }, [id, number, subject]);
}
