import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api, call } from "@/api/client";
import type { components } from "@/api/schema";
import { uniqueKey } from "@/lib/unique";
import type { MessageKind } from "./mutations";

export type Attendant = components["schemas"]["Attendant"];
export type Doing = Attendant["doing"];

/** The server forgets whoever has not said so for 30 seconds. */
const BEAT_MS = 10_000;
/** So long after the last key somebody still counts as writing. */
const WRITING_MS = 15_000;

/**
 * What the reader of a ticket does there, and how the page says that he wrote: a text that comes from another device is no writing. He
 * writes until what he writes is sent or emptied, and a while after the last key.
 */
export function useDoing(texts: Record<MessageKind, string>): [Doing, (kind: MessageKind) => void] {
  // A new object for each key: the while begins anew.
  const [written, setWritten] = useState<{ kind: MessageKind } | null>(null);
  if (written && texts[written.kind] === "") setWritten(null);
  useEffect(() => {
    if (!written) return;
    const timer = setTimeout(() => setWritten(null), WRITING_MS);
    return () => clearTimeout(timer);
  }, [written]);
  return [!written ? "viewing" : written.kind === "note" ? "noting" : "replying", (kind) => setWritten({ kind })];
}

/** Says that one is at a ticket, again and again while the page is looked at, and who else is there. Nobody, while that is not known. */
export function usePresence(id: string, doing: Doing): readonly Attendant[] {
  const queries = useQueryClient();
  // Each page speaks for itself: of two windows on one ticket neither takes back what the other says.
  const [page] = useState(uniqueKey);
  const [visible, setVisible] = useState(() => document.visibilityState !== "hidden");
  const present = useRef(doing);
  useEffect(() => {
    if (present.current === doing) return;
    present.current = doing;
    void queries.invalidateQueries({ queryKey: ["presence", id] });
  }, [queries, id, doing]);
  useEffect(() => {
    const leave = () => {
      // What is on its way would bring him back.
      void queries.cancelQueries({ queryKey: ["presence", id] });
      // Outlives the page that is being closed.
      void call(api.DELETE("/api/v1/tickets/{id}/presence", { params: { path: { id }, query: { page } }, keepalive: true })).catch(() => undefined);
    };
    const turn = () => {
      const shown = document.visibilityState !== "hidden";
      setVisible(shown);
      if (!shown) leave();
    };
    document.addEventListener("visibilitychange", turn);
    return () => {
      document.removeEventListener("visibilitychange", turn);
      leave();
    };
  }, [queries, id, page]);
  const { data, isError } = useQuery({
    queryKey: ["presence", id],
    // To ask is to be there: the news of one's own leaving must not bring a page back at which nobody looks.
    enabled: visible,
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchInterval: BEAT_MS,
    queryFn: async ({ signal }) => (await call(api.PUT("/api/v1/tickets/{id}/presence", { params: { path: { id } }, body: { doing: present.current, page }, signal }))).people,
  });
  return isError ? [] : (data ?? []);
}
