import { describe, expect, it } from "vitest";
import { EventParser, readStream, type LiveEvent } from "@/live/sse";
import { ApiError } from "@/api/problem";
import { mayHaveChanged, staleKeys } from "@/live/use-live-updates";

const block = (id: number) => `id: ${id}\nevent: ticket.updated\ndata: {"id":"${id}","type":"ticket.updated","subject":{"type":"ticket","id":"t"}}\n\n`;

describe("the event stream", () => {
  it("is read whatever way it is cut", () => {
    const text = `: hello\n\n${block(1)}${block(2).replaceAll("\n", "\r\n")}`;
    const parser = new EventParser();
    const events = [...text].flatMap((letter) => parser.push(letter));
    // A carriage return that stands alone at a cut belongs to the next piece.
    expect(events.map((event) => event.id)).toEqual(["1", "2"]);
  });

  it("connects again after the last event it saw", async () => {
    const asked: (string | null)[] = [];
    const seen: LiveEvent[] = [];
    const stop = new AbortController();
    await readStream({
      lastId: null,
      signal: stop.signal,
      onState: () => undefined,
      onEvent: (event) => {
        seen.push(event);
        if (seen.length === 2) stop.abort();
      },
      open: async (last) => {
        asked.push(last);
        return new Response(block(asked.length));
      },
    });
    expect(asked).toEqual([null, "1"]);
    expect(seen.map((event) => event.id)).toEqual(["1", "2"]);
  });

  it("makes stale what an event is about", () => {
    expect(staleKeys({ id: "1", type: "ticket.created", subject: { type: "ticket", id: "t" } })).toEqual([["tickets"], ["ticket", "t"]]);
    expect(staleKeys({ id: "1", type: "stream.reset" })).toEqual([[]]);
    expect(staleKeys({ id: "1", type: "unheard.of" })).toEqual([]);
  });

  it("does not ask again for what is not there", () => {
    const failed = (status: number) => mayHaveChanged({ state: { status: "error", error: new ApiError({ status, code: "x", title: "x" }) } } as never);
    expect([404, 403, 409, 500, 503].map(failed)).toEqual([false, false, true, true, true]);
    expect(mayHaveChanged({ state: { status: "success", error: null } } as never)).toBe(true);
  });
});
