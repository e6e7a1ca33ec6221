import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { describe, expect, it, vi } from "vitest";
import { EventParser, readStream, type LiveEvent } from "@/live/sse";
import { ApiError } from "@/api/problem";
import { askAgain, mayHaveChanged, staleKeys } from "@/live/use-live-updates";

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

describe("an event that comes in while something is read for the first time", () => {
  function reading() {
    const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000, retry: false } } });
    const answers: { resolve: (text: string) => void; reject: (error: unknown) => void }[] = [];
    const queryFn = () => new Promise<string>((resolve, reject) => answers.push({ resolve, reject }));
    const observer = new QueryObserver(queries, { queryKey: ["ticket", "t"], queryFn });
    const stop = observer.subscribe(() => undefined);
    return { queries, answers, data: () => observer.getCurrentResult().data, stop };
  }

  it("has it read once more, however many come", async () => {
    const { queries, answers, data, stop } = reading();
    askAgain(queries, ["ticket"]);
    askAgain(queries, ["ticket", "t"]);
    expect(answers, "the page is not kept waiting for a second answer").toHaveLength(1);
    answers[0]!.resolve("before");
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    expect(data()).toBe("before");
    answers[1]!.resolve("after");
    await vi.waitFor(() => expect(data()).toBe("after"));
    askAgain(queries, ["ticket", "t"]);
    expect(answers).toHaveLength(3);
    stop();
  });

  it("does so after a first answer that failed", async () => {
    const { queries, answers, data, stop } = reading();
    askAgain(queries, ["ticket", "t"]);
    answers[0]!.reject(new ApiError({ status: 404, code: "not_found", title: "x" }));
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]!.resolve("made meanwhile");
    await vi.waitFor(() => expect(data()).toBe("made meanwhile"));
    stop();
  });
});
