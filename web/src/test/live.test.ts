import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { waitFor } from "@testing-library/react";
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { EventParser, readStream, type LiveEvent } from "@/live/sse";
import { ApiError } from "@/api/problem";
import { deleting } from "@/live/deleting";
import { askAgain, goesOn, mayHaveChanged, STALE, staleKeys } from "@/live/use-live-updates";

const block = (id: number) => `id: ${id}\nevent: ticket.updated\ndata: {"id":"${id}","type":"ticket.updated","subject":{"type":"ticket","id":"t"}}\n\n`;

it("news of a project make the projects stale", () => {
  expect(staleKeys({ id: "1", type: "customer.project_edited", subject: { type: "customer", id: "c" } } as never)).toContainEqual(["projects"]);
});

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
    expect(staleKeys({ id: "1", type: "automation_rule.changed", subject: { type: "automation_rule", id: "r" } })).toEqual([["automation_rules"], ["automation_rule", "r"]]);
    const delivery = { id: "1", type: "webhook_delivery.changed", subject: { type: "webhook_delivery", id: "d" }, data: { endpoint_id: "e", state: "failed" } };
    expect(staleKeys(delivery)).toEqual([["webhook_endpoints"], ["webhook_endpoint", "e"], ["webhook_delivery", "d"]]);
    expect(staleKeys({ id: "1", type: "stream.reset" })).toEqual([[]]);
    expect(staleKeys({ id: "1", type: "unheard.of" })).toEqual([]);
  });

  it("tells a stream that goes on from one that begins", () => {
    expect(goesOn({ id: "1", type: "stream.ready", data: { resumed: true } })).toBe(true);
    expect(goesOn({ id: "1", type: "stream.ready", data: { resumed: false } })).toBe(false);
    expect(goesOn({ id: "1", type: "stream.reset", data: { resumed: false } })).toBe(false);
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
    await waitFor(() => expect(answers).toHaveLength(2));
    expect(data()).toBe("before");
    answers[1]!.resolve("after");
    await waitFor(() => expect(data()).toBe("after"));
    askAgain(queries, ["ticket", "t"]);
    expect(answers).toHaveLength(3);
    stop();
  });

  it("does so after a first answer that failed", async () => {
    const { queries, answers, data, stop } = reading();
    askAgain(queries, ["ticket", "t"]);
    answers[0]!.reject(new ApiError({ status: 404, code: "not_found", title: "x" }));
    await waitFor(() => expect(answers).toHaveLength(2));
    answers[1]!.resolve("made meanwhile");
    await waitFor(() => expect(data()).toBe("made meanwhile"));
    stop();
  });
});

it("what is being deleted is not asked for again, unless that fails", async () => {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  let asked = 0;
  const observer = new QueryObserver(queries, { queryKey: ["ticket", "t", "messages"], queryFn: async () => (asked += 1) });
  const stop = observer.subscribe(() => undefined);
  await waitFor(() => expect(observer.getCurrentResult().data).toBe(1));
  const refused = deleting(queries, ["ticket", "t"], async () => {
    askAgain(queries, ["ticket"]);
    throw new Error("refused");
  });
  await expect(refused).rejects.toThrow("refused");
  await waitFor(() => expect(observer.getCurrentResult().data).toBe(2));
  await deleting(queries, ["ticket", "t"], async () => askAgain(queries, ["ticket"]));
  askAgain(queries, ["ticket", "t"]);
  await new Promise((done) => setTimeout(done, 20));
  expect(asked).toBe(2);
  stop();
});

describe("what the server publishes", () => {
  const code = ["../app/src", "../store/src"]
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)))
    .filter((file) => file.endsWith(".rs"))
    .map((file) => readFileSync(file, "utf8").split("#[cfg(test)]")[0]!)
    .join("\n");
  /** What is written where the kind of an event is told: in the struct, in a statement, or handed to a function that tells it. */
  const places = [/NewEvent \{\s*kind:([\s\S]*?)subject_type\b/g, /INTO events \([^)]*\)\s*(?:SELECT|VALUES \()\s*(CASE[\s\S]*?END|'[^']*')/g, /\bcustomer::tell\(([^;]*)/g, /(\("[a-z_]+\.[a-z_]+"), Permission::/g, /"signing_key\.(?:rotate|retire)"(.*)/g];
  const kinds = new Set(places.flatMap((place) => [...code.matchAll(place)].flatMap(([, words]) => [...words!.matchAll(/["']([a-z_]+\.[a-z_]+)["']/g)].map(([, kind]) => kind!))));
  /** No page shows signing keys. */
  // What a rule that calls webhooks changes, its own event and the ticket's tell.
  // Whoever has a ticket printed waits for the news of his file where he asked for it.
  // Who is mentioned is told in a few words; his notification, and the note itself, have events of their own.
  const UNSEEN = ["signing_key", "automation", "ticket_print", "mention"];
  /** Told by the API itself and in no log: the stream's own state, and who is at a ticket. */
  const PASSING = ["stream", "presence"];
  const topic = (kind: string) => kind.split(".")[0]!;

  it("makes something stale, whatever it is", () => {
    expect(kinds.size).toBeGreaterThan(20);
    const unknown = [...kinds].filter((kind) => !UNSEEN.includes(topic(kind)) && staleKeys({ id: "1", type: kind, subject: { type: topic(kind), id: "x" } }).length === 0);
    expect(unknown).toEqual([]);
  });

  it("is all that is listened for", () => {
    const topics = new Set([...kinds].map(topic));
    expect(Object.keys(STALE).filter((key) => !PASSING.includes(key) && !kinds.has(key) && !topics.has(key))).toEqual([]);
  });
});
