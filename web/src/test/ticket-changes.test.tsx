import { QueryClient, QueryClientProvider, type InfiniteData } from "@tanstack/react-query";
import { act, render, renderHook, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { Me, Page, Ticket, TicketSummary } from "@/api/types";
import { Toaster } from "@/components/ui/toast";
import { patchTicket } from "@/features/tickets/data/cache";
import { noteOwnStep, useVersionKnown } from "@/features/tickets/data/own-steps";
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
  const { setPriority } = useTicketChanges();
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
  const { result } = renderHook(() => useVersionKnown("t2", 3));
  expect(result.current).toBe(3);
  act(() => noteOwnStep("t2", 4, 5));
  expect(result.current, "between 3 and 4 somebody else did something").toBe(3);
  act(() => noteOwnStep("t2", 3, 4));
  expect(result.current).toBe(5);
});
