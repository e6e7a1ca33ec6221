/** One event of the server, see `GET /events/stream`. */
export interface LiveEvent {
  id: string;
  type: string;
  subject?: { type: string; id: string } | null;
  data?: unknown;
}

/** Cuts a text/event-stream into events; keeps what is not complete yet. */
export class EventParser {
  private buffer = "";

  push(chunk: string): LiveEvent[] {
    // Joined before the line ends are made alike: a cut may fall between CR and LF.
    this.buffer = (this.buffer + chunk).replaceAll("\r\n", "\n");
    const blocks = this.buffer.split("\n\n");
    this.buffer = blocks.pop() ?? "";
    return blocks.map(parseBlock).filter((event) => event !== null);
  }
}

function parseBlock(block: string): LiveEvent | null {
  let id = "";
  let type = "";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const at = line.indexOf(":");
    if (at <= 0) continue; // A comment: the heartbeat.
    const name = line.slice(0, at);
    const value = line.slice(at + 1).replace(/^ /, "");
    if (name === "id") id = value;
    else if (name === "event") type = value;
    else if (name === "data") data.push(value);
  }
  if (data.length === 0) return null;
  try {
    const body = JSON.parse(data.join("\n")) as Partial<LiveEvent>;
    return { ...body, id: id || String(body.id ?? ""), type: body.type ?? type };
  } catch {
    return null;
  }
}

export interface StreamOptions {
  open: (lastId: string | null, signal: AbortSignal) => Promise<Response>;
  lastId: string | null;
  onEvent: (event: LiveEvent) => void;
  onState: (connected: boolean) => void;
  signal: AbortSignal;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** The server speaks every 15 s; silence of three times that is a dead connection. */
const SILENCE_MS = 45_000;

/** Reads the stream until `signal` aborts; reconnects with growing, scattered waits and resumes after the last event. */
export async function readStream({ open, lastId, onEvent, onState, signal }: StreamOptions): Promise<void> {
  let last = lastId;
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    signal.addEventListener("abort", stop);
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(stop, SILENCE_MS);
    };
    try {
      heard();
      const response = await open(last, attempt.signal);
      if (!response.ok || !response.body) throw new Error(`stream answered ${response.status}`);
      onState(true);
      wait = FIRST_WAIT_MS;
      const parser = new EventParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        heard();
        for (const event of parser.push(value)) {
          if (event.id) last = event.id;
          onEvent(event);
        }
      }
    } catch {
      // Whatever broke it, the answer is the same: wait and connect again.
    } finally {
      clearTimeout(silence);
      signal.removeEventListener("abort", stop);
    }
    if (signal.aborted) return;
    onState(false);
    await pause(wait * (0.5 + Math.random()), signal);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    // The network is back: no reason to wait any longer.
    window.addEventListener("online", end);
    signal.addEventListener("abort", end);
  });
}
