import { QueryClient, QueryClientProvider, useQuery, type InfiniteData } from "@tanstack/react-query";
import { act, render, renderHook, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { describe, expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { Me, Page, Ticket, TicketSummary } from "@/api/types";
import { Toaster } from "@/components/ui/toast";
import { patchTicket } from "@/features/tickets/data/cache";
import { useSendMessage } from "@/features/tickets/data/mutations";
import { noteOwnStep, versionKnown } from "@/features/tickets/data/own-steps";
import { useTicketChanges, wayBack } from "@/features/tickets/data/use-ticket-changes";

const ticket = { id: "t1", number: 7, version: 3, state: "open", priority: "low", allowed_actions: [] } as unknown as Ticket;
const LIST = ["tickets", "list", {}];

function cache(): QueryClient {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  queries.setQueryData(LIST, { pages: [{ items: [ticket] }], pageParams: [undefined] });
  return queries;
}
const row = (queries: QueryClient) => queries.getQueryData<InfiniteData<Page<TicketSummary>>>(LIST)!.pages[0]!.items[0]!;

describe("a change shown before the server has answered", () => {
  it("is in the lists at once and can be taken back", () => {
    const queries = cache();
    const back = patchTicket(queries, "t1", { priority: "high" });
    expect(row(queries).priority).toBe("high");
    back();
    expect(row(queries).priority).toBe("low");
  });
});

describe("the way back from a state", () => {
  const after = (to: string, requires: string[] = [], allowed = true) =>
    ({ ...ticket, state: "resolved", allowed_actions: [{ action: "transition", to, requires, allowed }] }) as unknown as Ticket;

  it("exists only where the server would let it", () => {
    expect(wayBack(ticket, after("open"))).toEqual({ to: "open" });
    expect(wayBack(ticket, after("open", [], false))).toBeNull();
    expect(wayBack(ticket, after("open", ["reply"]))).toBeNull();
    expect(wayBack(ticket, after("closed"))).toBeNull();
  });

  it("brings the reason of the hold along", () => {
    const held = { ...ticket, state: "on_hold", hold_reason: "vendor", on_hold_until: "2026-12-01T00:00:00Z" } as Ticket;
    expect(wayBack(held, after("on_hold", ["reason"]))).toEqual({ to: "on_hold", reason: "vendor", on_hold_until: "2026-12-01T00:00:00Z" });
  });
});

function Probe() {
  const { setPriority } = useTicketChanges(ticket.id);
  return (
    <button type="button" onClick={() => setPriority(ticket, "high")}>
      raise
    </button>
  );
}

function show(answer: (request: Request) => Response) {
  useSession.setState({ user: { id: "u" } as Me, status: "signed_in" });
  const sent: Request[] = [];
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user: { id: "u" } });
    sent.push(request.clone());
    return answer(request);
  });
  const queries = cache();
  render(
    <QueryClientProvider client={queries}>
      <Probe />
      <Toaster />
    </QueryClientProvider>,
  );
  return { queries, sent };
}

it("a changed priority offers its undo, and Ctrl+Z restores it under the new version", async () => {
  let version = 3;
  const { sent } = show(() => Response.json({ ...ticket, priority: version === 3 ? "high" : "low", version: ++version }));
  await userEvent.click(screen.getByRole("button", { name: "raise" }));
  await screen.findByText(/Priority: High/);
  await userEvent.keyboard("{Control>}z{/Control}");
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(await sent[0]!.json()).toEqual({ priority: "high" });
  expect(sent[0]!.headers.get("if-match")).toBe('"3"');
  expect(await sent[1]!.json()).toEqual({ priority: "low" });
  expect(sent[1]!.headers.get("if-match")).toBe('"4"');
});

it("a refused change is taken back on screen", async () => {
  const { queries } = show(() => Response.json({ code: "forbidden" }, { status: 403 }));
  await userEvent.click(screen.getByRole("button", { name: "raise" }));
  await waitFor(() => expect(row(queries).priority).toBe("low"));
  expect(screen.queryByRole("button", { name: /Undo/ })).toBeNull();
});

it("who changes a ticket himself is not told that it has changed", () => {
  expect(versionKnown("t2", 3)).toBe(3);
  noteOwnStep("t2", 4, 5);
  expect(versionKnown("t2", 3), "between 3 and 4 somebody else did something").toBe(3);
  noteOwnStep("t2", 3, 4);
  expect(versionKnown("t2", 3)).toBe(5);
});

describe("what one person does to one ticket in quick succession", () => {
  const wrapper = (queries: QueryClient) =>
    function Wrapper({ children }: { children: ReactNode }) {
      return <QueryClientProvider client={queries}>{children}</QueryClientProvider>;
    };
  const useBoth = () => ({ changes: useTicketChanges("t3"), send: useSendMessage("t3", "note") });
  const present = { ...ticket, id: "t3" } as Ticket;

  /** A server that answers each request when told to. */
  function server() {
    useSession.setState({ user: { id: "u" } as Me, status: "signed_in" });
    const asked: { request: Request; answer: (response: Response) => void }[] = [];
    vi.stubGlobal("fetch", (request: Request | string) =>
      typeof request === "string"
        ? Promise.resolve(Response.json({ access_token: "a", expires_in: 600, user: { id: "u" } }))
        : new Promise<Response>((answer) => asked.push({ request: request.clone(), answer })),
    );
    return asked;
  }

  it("waits for its turn and names the version that his own change led to", async () => {
    const asked = server();
    const { result } = renderHook(useBoth, { wrapper: wrapper(cache()) });
    act(() => {
      result.current.changes.setPriority(present, "high");
      result.current.send.mutate({ body: { body: "Mine", attachment_ids: [] }, seen: present.version, draft: () => 2 });
      result.current.changes.setAssignee(present, { id: "u", name: "Amel" });
    });
    await waitFor(() => expect(asked).toHaveLength(1));
    asked[0]!.answer(Response.json({ ...present, priority: "high", version: 4 }));
    await waitFor(() => expect(asked).toHaveLength(2));
    expect(asked[1]!.request.url).toMatch(/messages$/);
    expect(await asked[1]!.request.json()).toMatchObject({ body: "Mine", expected_version: 4, draft_version: 2 });
    asked[1]!.answer(Response.json({}, { status: 201, headers: { etag: '"5"' } }));
    await waitFor(() => expect(asked).toHaveLength(3));
    expect(asked[2]!.request.headers.get("if-match")).toBe('"5"');
  });

  it("has the ticket there anew before somebody else's change is reported", async () => {
    const asked = server();
    const queries = cache();
    const read = vi.fn(async () => ({ ...present, version: 9 }));
    const { result } = renderHook(() => ({ ...useBoth(), ticket: useQuery({ queryKey: ["ticket", "t3"], queryFn: read, initialData: present }) }), { wrapper: wrapper(queries) });
    const seen: number[] = [];
    act(() =>
      result.current.send.mutate(
        { body: { body: "Mine", attachment_ids: [] }, seen: 7, draft: () => 0 },
        { onError: () => seen.push(queries.getQueryData<Ticket>(["ticket", "t3"])!.version) },
      ),
    );
    await waitFor(() => expect(asked).toHaveLength(1));
    asked[0]!.answer(Response.json({ code: "ticket_changed" }, { status: 409 }));
    await waitFor(() => expect(seen).toEqual([9]));
  });
});
