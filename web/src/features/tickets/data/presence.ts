import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api, call } from "@/api/client";
import type { components } from "@/api/schema";

export type Attendant = components["schemas"]["Attendant"];
export type Doing = Attendant["doing"];

/** The server forgets whoever has not said so for 30 seconds. */
const BEAT_MS = 10_000;
/** So long after the last key somebody still counts as writing. */
const WRITING_MS = 15_000;

/** What the reader of a ticket does there: he writes while the text of a kind changes, and a while after. */
export function useDoing(reply: string, note: string): Doing {
  const [doing, setDoing] = useState<Doing>("viewing");
  const before = useRef({ reply, note });
  useEffect(() => {
    const last = before.current;
    before.current = { reply, note };
    const now = reply !== last.reply && reply !== "" ? "replying" : note !== last.note && note !== "" ? "noting" : null;
    if (!now && !(reply === "" && note === "")) return;
    setDoing(now ?? "viewing");
  }, [reply, note]);
  useEffect(() => {
    if (doing === "viewing") return;
    const timer = setTimeout(() => setDoing("viewing"), WRITING_MS);
    return () => clearTimeout(timer);
  }, [doing, reply, note]);
  return doing;
}

/** Says that one is at a ticket, again and again while the page is looked at, and who else is there. Nobody, while that is not known. */
export function usePresence(id: string, doing: Doing): readonly Attendant[] {
  const queries = useQueryClient();
  const present = useRef(doing);
  useEffect(() => {
    if (present.current === doing) return;
    present.current = doing;
    void queries.invalidateQueries({ queryKey: ["presence", id] });
  }, [queries, id, doing]);
  useEffect(() => {
    // Outlives the page that is being closed.
    const leave = () => void call(api.DELETE("/api/v1/tickets/{id}/presence", { params: { path: { id } }, keepalive: true })).catch(() => undefined);
    const turn = () => {
      if (document.visibilityState === "hidden") leave();
      else void queries.invalidateQueries({ queryKey: ["presence", id] });
    };
    document.addEventListener("visibilitychange", turn);
    return () => {
      document.removeEventListener("visibilitychange", turn);
      leave();
    };
  }, [queries, id]);
  const { data, isError } = useQuery({
    queryKey: ["presence", id],
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchInterval: BEAT_MS,
    queryFn: async ({ signal }) => (await call(api.PUT("/api/v1/tickets/{id}/presence", { params: { path: { id } }, body: { doing: present.current }, signal }))).people,
  });
  return isError ? [] : (data ?? []);
}
