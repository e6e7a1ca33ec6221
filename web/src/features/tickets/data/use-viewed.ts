import { useEffect, useState } from "react";
import { api, call } from "@/api/client";
import type { TimelineItem } from "@/api/types";

/** An answer that is on the screen for so long was looked at. */
const LOOK_MS = 1000;

/**
 * Says that the customer has looked at the answers of his ticket, once the page has been in sight for a moment, and returns those that
 * were new to him: they stay marked until he leaves, also when the conversation is read again meanwhile.
 */
export function useViewed(id: string, items: readonly TimelineItem[]): readonly string[] {
  const unseen = items.flatMap((item) => (item.type === "message" && item.unseen ? [item.id] : []));
  const [fresh, setFresh] = useState<readonly string[]>([]);
  if (unseen.some((one) => !fresh.includes(one))) setFresh([...new Set([...fresh, ...unseen])]);
  const last = unseen.at(-1);
  useEffect(() => {
    if (!last) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // What cannot be said now is said at the next visit.
    const say = () => void call(api.PUT("/api/v1/tickets/{id}/viewed", { params: { path: { id } }, body: { message_id: last } })).catch(() => undefined);
    const turn = () => {
      clearTimeout(timer);
      if (document.visibilityState !== "hidden") timer = setTimeout(say, LOOK_MS);
    };
    turn();
    document.addEventListener("visibilitychange", turn);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", turn);
    };
  }, [id, last]);
  return fresh;
}
