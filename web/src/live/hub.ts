import { create } from "zustand";
import { authorisedFetch } from "@/api/client";
import { readStream, type LiveEvent } from "./sse";

/** Whether live events arrive at present, from this tab's stream or another's. */
export const useLive = create<{ connected: boolean }>(() => ({ connected: false }));

type Listener = (event: LiveEvent) => void;
const listeners = new Set<Listener>();
let lastId: string | null = null;

export function onLive(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function deliver(event: LiveEvent): void {
  if (event.id) lastId = event.id;
  for (const listener of listeners) listener(event);
}

function open(last: string | null, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (last) headers["Last-Event-ID"] = last;
  return authorisedFetch(new Request(new URL("/api/v1/events/stream", location.origin), { headers, signal, cache: "no-store" }));
}

/**
 * Opens the one stream of this browser. Browsers allow six connections a host over HTTP/1.1, so only the tab that holds
 * the lock connects; it hands every event to the others, and when it closes the next one goes on after the last event.
 */
export function startLive(userId: string): () => void {
  const stop = new AbortController();
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(`cm.live.${userId}`);
  let leads = false;
  channel?.addEventListener("message", ({ data }: MessageEvent<{ event: LiveEvent } | { connected: boolean } | { asks: true }>) => {
    if ("event" in data) deliver(data.event);
    else if ("connected" in data) useLive.setState(data);
    else if (leads) channel.postMessage({ connected: useLive.getState().connected });
  });
  // A tab that comes later cannot know how things stand.
  channel?.postMessage({ asks: true });
  const lead = () => {
    leads = true;
    return readStream({
      open,
      lastId,
      signal: stop.signal,
      onEvent: (event) => {
        deliver(event);
        channel?.postMessage({ event });
      },
      onState: (connected) => {
        useLive.setState({ connected });
        channel?.postMessage({ connected });
      },
    });
  };
  if (navigator.locks) void navigator.locks.request(`cm.live.${userId}`, { signal: stop.signal }, lead).catch(() => undefined);
  else void lead();
  return () => {
    stop.abort();
    channel?.close();
    useLive.setState({ connected: false });
  };
}
