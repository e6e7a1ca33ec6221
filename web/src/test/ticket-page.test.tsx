import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider, type RouteObject } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { TicketState, TimelineItem } from "@/api/types";
import { DeskTicketPage } from "@/features/tickets/ticket-page";
import { MyTicketPage } from "@/features/tickets/my-ticket";
import { reopening, resolving } from "@/features/tickets/data/actions";
import { TICKET_FILTER } from "@/features/tickets/data/filters";
import { firstWords, notOwn } from "@/features/tickets/data/meanwhile";
import { noteOwnStep } from "@/features/tickets/data/own-steps";
import { longer, placeOf } from "@/features/tickets/data/walk";
import { useWalk, useWalkAlong, walkBefore, type Walk } from "@/features/tickets/data/walk-along";
import { openControl } from "@/lib/open-control";
import { readFilter } from "@/lib/url-filter";
import { signedIn, ticketWith } from "./fixtures";

const filter = readFilter(TICKET_FILTER, new URLSearchParams());
const to = (state: TicketState, allowed = true, more: object = {}) => ({ action: "transition", to: state, allowed, requires: [], ...more });
const every = ["reply", "note", "assign", "edit"].map((action) => ({ action, allowed: true, requires: [] }));

describe("the list that somebody came from", () => {
  const walk: Walk = { filter, ids: ["a", "b", "c"], cursor: "further" };

  it("says where a ticket stands and which ones are beside it", () => {
    expect(placeOf(walk, "b")).toEqual({ at: 2, count: 3, previous: "a", next: "c", more: true });
    expect(placeOf(walk, "a")).toMatchObject({ at: 1, previous: null, next: "b" });
    expect(placeOf({ ...walk, cursor: undefined }, "c")).toMatchObject({ at: 3, next: null, more: false });
  });

  it("says nothing of a ticket that is not in it, or when there was no list", () => {
    expect(placeOf(walk, "elsewhere")).toBeNull();
    expect(placeOf(null, "a")).toBeNull();
  });

  it("is the same after the page was loaded anew, for whoever left it alone", () => {
    const { id } = signedIn("tickets.view");
    const left: Walk = { ...walk, filter: readFilter(TICKET_FILTER, new URLSearchParams("state=open&q=disk")) };
    useWalk.setState({ walk: left });
    expect(walkBefore(id)).toEqual(left);
    expect(walkBefore("somebody-else")).toBeNull();
    sessionStorage.setItem("cm.walk", "{");
    expect(walkBefore(id)).toBeNull();
    useWalk.setState({ walk: null });
  });

  it("goes on with its next page, without what is known already", () => {
    const on = longer(walk, { items: [{ id: "c" }, { id: "d" }], next_cursor: null });
    expect(on.ids).toEqual(["a", "b", "c", "d"]);
    expect(placeOf(on, "c")).toMatchObject({ next: "d", more: false });
  });
});

describe("what is new since somebody began to write", () => {
  const event = (seq: number, at: string) => ({ type: "event", seq, at, event: "priority_changed", actor: { name: "Amel" }, data: { from: "low", to: "high" } }) as unknown as TimelineItem;

  it("leaves out what he did himself, however exactly the moment is written", () => {
    noteOwnStep("m1", 3, 4, "2026-11-01T10:00:00.123456Z");
    const items = [event(1, "2026-11-01T10:00:00.123456Z"), event(2, "2026-11-01T10:00:01Z")];
    expect(notOwn("m1", items)).toEqual([items[1]]);
    expect(notOwn("m2", items), "a step in one ticket is none in another").toEqual(items);
  });

  it("shows how a message begins, in one line and without what it quotes", () => {
    expect(firstWords({ body_text: "Thanks,\n\n it  works.", quoted_from: null })).toBe("Thanks, it works.");
    const text = "شكرًا لكم\n> Bonjour";
    const quoted_from = new TextEncoder().encode("شكرًا لكم\n").length;
    expect(firstWords({ body_text: text, quoted_from })).toBe("شكرًا لكم");
    const long = firstWords({ body_text: "word ".repeat(100), quoted_from: null });
    expect(long).toMatch(/^(word )+word…$/);
    expect([...long].length).toBeLessThanOrEqual(161);
    expect(firstWords({ body_text: "x".repeat(500), quoted_from: null })).toBe(`${"x".repeat(160)}…`);
  });
});

it("a ticket is reopened from resolved or closed only, and resolved as the server says", () => {
  expect(reopening(ticketWith({ state: "answered", allowed_actions: [to("open")] })), "it is given back, not reopened").toBeUndefined();
  expect(reopening(ticketWith({ state: "resolved", allowed_actions: [to("open"), to("in_progress")] }))?.to).toBe("open");
  expect(reopening(ticketWith({ state: "closed", allowed_actions: [to("open", false, { why_not: "not_permitted" })] }))?.allowed).toBe(false);
  expect(resolving(ticketWith({ allowed_actions: [to("open"), to("resolved")] }))?.to).toBe("resolved");
});

it("a choice that a key opened gives the focus back once it is made", () => {
  render(
    <>
      <button type="button">before</button>
      <select aria-label="priority" defaultValue="low">
        <option>low</option>
        <option>high</option>
      </select>
    </>,
  );
  const [before, select] = [screen.getByRole("button"), screen.getByLabelText<HTMLSelectElement>("priority")];
  const shown = vi.fn();
  select.showPicker = shown;
  before.focus();
  openControl(select);
  expect(shown).toHaveBeenCalledTimes(1);
  expect(select).toHaveFocus();
  fireEvent.change(select, { target: { value: "high" } });
  expect(before).toHaveFocus();
  openControl(select);
  fireEvent.keyDown(select, { key: "Escape" });
  expect(before).toHaveFocus();
  // Chosen by hand it stays where it is.
  select.focus();
  fireEvent.change(select, { target: { value: "low" } });
  expect(select).toHaveFocus();
});

describe("a ticket's page", () => {
  const desk = ticketWith({ state: "open", priority: "low", assignee: null, version: 3, customer_id: "k1", allowed_actions: [...every, to("resolved", false, { why_not: "assignee_needed" }), to("in_progress")] });
  let sent: Request[];
  let read: Record<string, unknown>;
  let refuse: (() => Response) | null;
  let queries: QueryClient;
  beforeEach(() => {
    sent = [];
    read = {};
    refuse = null;
    queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    Element.prototype.scrollIntoView = vi.fn();
  });

  function show(page: RouteObject, at: string, ...permissions: string[]) {
    const user = signedIn(...permissions);
    vi.stubGlobal("fetch", async (request: Request | string) => {
      if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
      const { pathname, search } = new URL(request.url);
      if (request.method === "GET") return Response.json(read[pathname + search] ?? read[pathname] ?? { items: [], clocks: [] });
      if (/\/(drafts|presence)/.test(pathname)) return Response.json({ version: 1, items: [] });
      sent.push(request.clone());
      return refuse?.() ?? Response.json({ ...desk, version: 4 });
    });
    const router = createMemoryRouter([page, { path: "*", element: null }], { initialEntries: [at] });
    render(
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>,
    );
    return router;
  }

  const deskPage: RouteObject = { path: "/desk/tickets/:id", element: <DeskTicketPage /> };
  const customer = { id: "k1", name: "SARL Atlas", number: "C-000012", status: "active", kyc_state: "approved", kind: "corporate", deleted_at: null };

  it("names its customer to those who may read customers, and to nobody else", async () => {
    read = { "/api/v1/tickets/t9": desk, "/api/v1/customers/k1": customer };
    show(deskPage, "/desk/tickets/t9", "tickets.view", "customers.view");
    const panel = await screen.findByRole("region", { name: "Customer" });
    const link = await within(panel).findByRole("link", { name: "SARL Atlas" });
    expect(link).toHaveAttribute("href", "/desk/customers/k1");
    for (const word of ["C-000012", "Company", "Active", "Verified"]) expect(within(panel).getByText(word)).toBeVisible();
  });

  it("asks nothing about customers for those who may not read them", async () => {
    read = { "/api/v1/tickets/t9": desk };
    show(deskPage, "/desk/tickets/t9", "tickets.view");
    await screen.findByLabelText("Priority");
    expect(screen.queryByRole("region", { name: "Customer" })).toBeNull();
  });

  it("says why and until when it is on hold", async () => {
    read = { "/api/v1/tickets/t9": { ...desk, state: "on_hold", hold_reason: "vendor", on_hold_until: "2026-12-01T09:00:00Z", customer_id: null } };
    show(deskPage, "/desk/tickets/t9", "tickets.view", "customers.view");
    expect(await screen.findByText("waiting for a supplier")).toBeVisible();
    expect(document.querySelector('time[datetime="2026-12-01T09:00:00Z"]')).toBeVisible();
    expect(screen.getByText("This ticket belongs to no customer.")).toBeVisible();
  });

  it("does by a key what it can do, and nothing while somebody types", async () => {
    read = { "/api/v1/tickets/t9": desk };
    show(deskPage, "/desk/tickets/t9", "tickets.view", "tickets.edit");
    const box = await screen.findByRole("textbox", { name: /reply/i });
    await userEvent.type(box, "jkiaseopt");
    expect(sent).toEqual([]);
    box.blur();
    await userEvent.keyboard("i");
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]!.url).toMatch(/assignee$/);
    expect(await sent[0]!.json()).toEqual({ assignee_id: "u1" });
    await userEvent.keyboard("t");
    expect(screen.getByRole("combobox", { name: "Tags" })).toHaveFocus();
    (document.activeElement as HTMLElement).blur();
    await userEvent.keyboard("s");
    expect(await screen.findByRole("menuitem", { name: /In progress/ })).toBeVisible();
  });

  it("leads along the list that somebody came from, further pages too", async () => {
    const cursor = "page2";
    function List() {
      useWalkAlong(filter, [{ id: "t8" }, { id: "t9" }], cursor, true);
      return null;
    }
    render(<List />);
    read = {
      "/api/v1/tickets/t9": desk,
      "/api/v1/tickets/t10": { ...desk, id: "t10", number: 10 },
      "/api/v1/tickets": { items: [{ id: "t9" }, { id: "t10" }], next_cursor: null },
    };
    const router = show(deskPage, "/desk/tickets/t9", "tickets.view");
    expect(await screen.findByText("2 of more than 2")).toBeVisible();
    await userEvent.keyboard("j");
    await waitFor(() => expect(router.state.location.pathname).toBe("/desk/tickets/t10"));
    expect(await screen.findByText("3 of 3")).toBeVisible();
    expect(screen.getByRole("button", { name: "Next ticket of the list" })).toBeDisabled();
    await userEvent.keyboard("k");
    await waitFor(() => expect(router.state.location.pathname).toBe("/desk/tickets/t9"));
  });

  it("stops a message that was written over news, and says which", async () => {
    // What one did himself is known for as long as the window is open: nothing was done to this one.
    const untouched = { ...desk, id: "t20" };
    const news = [
      { type: "message", id: "n1", kind: "reply", direction: "in", held: false, is_staff: false, verified: true, author: { id: null, name: "Sara", email: "s@x.dz" }, at: "2026-01-01T00:01:00Z", body_text: "It burns now.", attachments: [], deliveries: [], mentions: [] },
      { type: "event", seq: 5, at: "2026-01-01T00:02:00Z", event: "priority_changed", actor: { name: "Amel" }, data: { from: "low", to: "urgent" } },
    ];
    const since = `?since=${encodeURIComponent("2026-01-01T00:00:00Z")}&limit=200`;
    read = { "/api/v1/tickets/t20": untouched, [`/api/v1/tickets/t20/timeline${since}`]: { items: news, next_cursor: null } };
    show(deskPage, "/desk/tickets/t20", "tickets.view");
    await userEvent.type(await screen.findByRole("textbox", { name: /reply/i }), "Is it off?");
    refuse = () => Response.json({ code: "ticket_changed", status: 409 }, { status: 409 });
    read["/api/v1/tickets/t20"] = { ...untouched, version: 5, updated_at: "2026-01-01T00:02:00Z" };
    fireEvent.submit(screen.getByRole("form", { name: "Reply" }));
    const dialog = await screen.findByRole("dialog", { name: "The ticket has changed" });
    expect(await within(dialog).findByText("It burns now.")).toBeVisible();
    expect(within(dialog).getByText("Sara")).toBeVisible();
    expect(within(dialog).getByText(/changed the priority: Low → Urgent/)).toBeVisible();
    expect(await sent[0]!.json()).toMatchObject({ expected_version: 3 });

    // Whoever has read it and goes on has seen it: the next press sends.
    refuse = null;
    await userEvent.click(within(dialog).getByRole("button", { name: "Keep writing" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(screen.getByRole("textbox", { name: /reply/i })).toHaveValue("Is it off?");
    fireEvent.submit(screen.getByRole("form", { name: "Reply" }));
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(await sent[1]!.json()).toMatchObject({ expected_version: 5 });
  });

  it("gets another subject, unless somebody else gave it one meanwhile", async () => {
    const untouched = { ...desk, id: "t21" };
    read = { "/api/v1/tickets/t21": untouched };
    show(deskPage, "/desk/tickets/t21", "tickets.view", "tickets.edit");
    await userEvent.click(await screen.findByRole("button", { name: "Edit the subject" }));
    const field = await screen.findByRole("textbox", { name: /Subject/ });
    await userEvent.clear(field);
    await userEvent.type(field, "Printer on fire");
    // A message came: no obstacle. Another subject came: that one is seen first.
    act(() => void queries.setQueryData(["ticket", "t21"], { ...untouched, version: 6 }));
    refuse = () => Response.json({ code: "unavailable", status: 503 }, { status: 503 });
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]!.headers.get("if-match")).toBe('"6"');
    expect(await sent[0]!.json()).toEqual({ subject: "Printer on fire" });
    await waitFor(() => expect(screen.getByRole("button", { name: "Save" })).not.toHaveAttribute("aria-busy"));
    read["/api/v1/tickets/t21"] = { ...untouched, version: 7, subject: "Toner" };
    await act(() => queries.invalidateQueries({ queryKey: ["ticket", "t21"], exact: true }));
    await waitFor(() => expect(document.title).toContain("Toner"));
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[1]!.headers.get("if-match")).toBe('"3"');
  });

  it("is reopened by its customer", async () => {
    read = { "/api/v1/tickets/t9": { ...desk, state: "resolved", customer_id: null, allowed_actions: [every[0], to("open")] } };
    show({ path: "/client/tickets/:id", element: <MyTicketPage /> }, "/client/tickets/t9", "tickets.own");
    await userEvent.click(await screen.findByRole("button", { name: "Reopen" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]!.url).toMatch(/\/tickets\/t9\/state$/);
    expect(await sent[0]!.json()).toEqual({ to: "open" });
  });
});
