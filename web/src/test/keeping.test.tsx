import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { Ticket } from "@/api/types";
import { Toaster } from "@/components/ui/toast";
import { Composer } from "@/features/tickets/components/composer";
import type { KeptDraft } from "@/features/tickets/data/drafts";
import { useWriting } from "@/features/tickets/data/use-writing";
import { MyTicketPage } from "@/features/tickets/my-ticket";
import { readDraft, writeDraft } from "@/lib/drafts";
import { signedIn, ticketWith } from "./fixtures";

const ticket = ticketWith({ state: "open" });

let server: KeptDraft | undefined;
/** Versions of drafts that ended are not given again. */
let versions: number;
let saved: { method: string; body: Record<string, unknown> | null; expected: string | null }[];
let queries: QueryClient;

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const user = signedIn("tickets.view", "tickets.reply");
  server = undefined;
  versions = 0;
  saved = [];
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    const body = request.method === "PUT" || request.method === "POST" ? ((await request.json()) as Record<string, unknown>) : null;
    const expected = new URL(request.url).searchParams.get("expected_version");
    if (request.method !== "GET") saved.push({ method: request.method, body, expected });
    if (request.method === "PUT") {
      if (body!.expected_version !== (server?.version ?? 0)) return Response.json({ code: "draft_changed" }, { status: 409 });
      versions += 1;
      server = draft(body!.body as string, versions);
      return Response.json({ version: server.version });
    }
    if (request.method === "DELETE" && expected !== null && server && server.version !== Number(expected)) return Response.json({ code: "draft_changed" }, { status: 409 });
    if (request.method === "POST" && server && server.version !== body!.draft_version) return Response.json({ code: "draft_changed" }, { status: 409 });
    if (request.method === "DELETE" || request.method === "POST") {
      server = undefined;
      return request.method === "POST" ? Response.json({}, { status: 201, headers: { etag: '"4"' } }) : new Response(null, { status: 204 });
    }
    return Response.json({ items: request.url.endsWith("/tickets/t9/drafts") && server ? [server] : [] });
  });
  return () => vi.useRealTimers();
});

const draft = (body: string, version: number): KeptDraft => ({ kind: "reply", body, version, attachments: [], canned: [], updated_at: "2026-01-01T00:00:00Z" });
const box = () => screen.getByRole("textbox", { name: /reply/i });
const quiet = () => act(() => vi.advanceTimersByTimeAsync(2000));
const user = () => userEvent.setup({ advanceTimers: vi.advanceTimersByTime });

function Reply({ of }: { of: Ticket }) {
  const writing = useWriting(of, "reply");
  return <Composer ticket={of} staff kind="reply" onKind={vi.fn()} writing={writing} nextState="" onNextState={vi.fn()} textRef={createRef()} />;
}

const open = (of = ticket) =>
  render(
    <QueryClientProvider client={queries}>
      <Toaster />
      <RouterProvider router={createMemoryRouter([{ path: "*", element: <Reply of={of} /> }])} />
    </QueryClientProvider>,
  );
/** Another device has done something, and this page asks again. */
const elsewhere = (now: KeptDraft | undefined) => {
  server = now;
  return act(() => queries.invalidateQueries({ queryKey: ["drafts", "t9"] }));
};
const bothWritten = () => screen.findByText("This draft was also changed elsewhere");

it("what is written goes to the server after a pause, once, and is thrown away with the text", async () => {
  open();
  await quiet();
  await user().type(box(), "Have you");
  await quiet();
  await waitFor(() => expect(saved).toHaveLength(1));
  expect(saved[0]).toMatchObject({ method: "PUT", body: { body: "Have you", expected_version: 0 } });
  expect(await screen.findByText("Draft saved")).toBeVisible();
  await user().type(box(), " tried");
  await quiet();
  await waitFor(() => expect(saved).toHaveLength(2));
  expect(saved[1]).toMatchObject({ body: { body: "Have you tried", expected_version: 1 } });
  await quiet();
  expect(saved).toHaveLength(2);
  await user().clear(box());
  await quiet();
  await waitFor(() => expect(saved).toHaveLength(3));
  expect(saved[2]).toMatchObject({ method: "DELETE", expected: "2" });
});

it("a page shows what was written on another device", async () => {
  server = draft("From the phone", 4);
  open();
  await waitFor(() => expect(box()).toHaveValue("From the phone"));
  await user().type(box(), "!");
  await quiet();
  await waitFor(() => expect(saved).toHaveLength(1));
  expect(saved[0]).toMatchObject({ body: { body: "From the phone!", expected_version: 4 } });
});

it("what was written on in two places is lost in neither: its writer chooses", async () => {
  writeDraft("t9.reply", { text: "Here", files: [], version: 1, ahead: true });
  server = draft("There", 2);
  open();
  expect(await screen.findByText("This draft was also changed elsewhere")).toBeVisible();
  await quiet();
  expect(saved).toHaveLength(0);
  expect(box()).toHaveValue("Here");
  await user().click(screen.getByRole("button", { name: "Keep this one" }));
  await quiet();
  await waitFor(() => expect(saved).toHaveLength(1));
  expect(saved[0]).toMatchObject({ body: { body: "Here", expected_version: 2 } });
});

it("a message that is sent leaves no draft behind, though a save was due", async () => {
  open();
  await quiet();
  await user().type(box(), "Done.");
  fireEvent.submit(screen.getByRole("form"));
  await waitFor(() => expect(box()).toHaveValue(""));
  await quiet();
  expect(saved.map(({ method }) => method)).toEqual(["POST"]);
  expect(readDraft("t9.reply")).toBeNull();
});

it("what was emptied here and gone on with elsewhere is thrown away only when its writer says so", async () => {
  server = draft("Begun", 4);
  open();
  await waitFor(() => expect(box()).toHaveValue("Begun"));
  server = draft("Begun, and more", 9);
  await user().clear(box());
  await quiet();
  expect(await bothWritten()).toBeVisible();
  expect(saved).toMatchObject([{ method: "DELETE", expected: "4" }]);
  expect(server.body).toBe("Begun, and more");
  await user().click(screen.getByRole("button", { name: "Use the other one" }));
  expect(box()).toHaveValue("Begun, and more");

  server = draft("Begun, and still more", 12);
  await user().clear(box());
  await quiet();
  await bothWritten();
  await user().click(screen.getByRole("button", { name: "Keep this one" }));
  await quiet();
  await waitFor(() => expect(server).toBeUndefined());
  expect(saved.at(-1)).toMatchObject({ method: "DELETE", expected: "12" });
  expect(screen.queryByText("This draft was also changed elsewhere")).toBeNull();
});

it("what was emptied just before the page was left does not come back", async () => {
  server = draft("Begun", 4);
  const { unmount } = open();
  await waitFor(() => expect(box()).toHaveValue("Begun"));
  await user().clear(box());
  unmount();
  await waitFor(() => expect(saved).toMatchObject([{ method: "DELETE", expected: "4" }]));
});

it("a draft that is gone elsewhere is gone here, unless it was written on here", async () => {
  server = draft("Begun", 4);
  open();
  await waitFor(() => expect(box()).toHaveValue("Begun"));
  await elsewhere(undefined);
  await waitFor(() => expect(box()).toHaveValue(""));
  // The next one begins with a number of its own.
  await elsewhere(draft("Anew", 7));
  await waitFor(() => expect(box()).toHaveValue("Anew"));

  await user().type(box(), ", here");
  await elsewhere(undefined);
  expect(await bothWritten()).toBeVisible();
  await quiet();
  expect(box()).toHaveValue("Anew, here");
  expect(saved).toHaveLength(0);
});

it("nothing is sent over what was written elsewhere before its writer has chosen", async () => {
  writeDraft("t9.reply", { text: "Here", files: [], version: 1, ahead: true });
  server = draft("There", 2);
  open();
  await bothWritten();
  const notice = screen.getByRole("group", { name: "This draft was also changed elsewhere" });
  await user().type(box(), "{Control>}{Enter}{/Control}");
  expect(notice).toHaveFocus();
  await user().click(screen.getByRole("button", { name: "Send" }));
  expect(notice).toHaveFocus();
  await quiet();
  expect(saved).toHaveLength(0);
  expect(box()).toHaveValue("Here");
  await user().click(screen.getByRole("button", { name: "Use the other one" }));
  await user().click(screen.getByRole("button", { name: "Send" }));
  await waitFor(() => expect(saved).toMatchObject([{ method: "POST", body: { body: "There" } }]));
});

describe("a draft on a ticket that takes no more messages", () => {
  const closed = { ...ticket, state: "closed", allowed_actions: [{ action: "reply", allowed: false, requires: [], why_not: "ticket_closed" }] } as unknown as Ticket;
  const left = () => screen.findByRole("textbox", { name: "Draft that was not sent" });

  it("is read, thrown away, and brought back", async () => {
    server = draft("Too late", 4);
    open(closed);
    expect(await left()).toHaveValue("Too late");
    expect(await left()).toHaveAttribute("readonly");
    expect(screen.queryByRole("button", { name: "Send" })).toBeNull();
    // A note that was begun is one press away, on a phone too.
    expect(screen.getByRole("radio", { name: "Note" })).toBeVisible();
    await user().click(screen.getByRole("button", { name: "Throw away" }));
    expect(screen.queryByRole("textbox")).toBeNull();
    await quiet();
    await waitFor(() => expect(saved).toMatchObject([{ method: "DELETE", expected: "4" }]));
    expect(server).toBeUndefined();
    await user().click(screen.getByRole("button", { name: "Undo" }));
    expect(await left()).toHaveValue("Too late");
    await quiet();
    await waitFor(() => expect(server?.body).toBe("Too late"));
  });

  it("is brought back also when the page was left meanwhile", async () => {
    server = draft("Too late", 4);
    const router = createMemoryRouter([
      { path: "/", element: <Reply of={closed} /> },
      { path: "/away", element: <p>Elsewhere</p> },
    ]);
    render(
      <QueryClientProvider client={queries}>
        <Toaster />
        <RouterProvider router={router} />
      </QueryClientProvider>,
    );
    await left();
    await user().click(screen.getByRole("button", { name: "Throw away" }));
    await act(() => router.navigate("/away"));
    await waitFor(() => expect(saved).toMatchObject([{ method: "DELETE", expected: "4" }]));
    await user().click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(saved[1]).toMatchObject({ method: "PUT", body: { body: "Too late", expected_version: 0 } }));
    await quiet();
    expect(readDraft("t9.reply")).toMatchObject({ text: "Too late", version: server.version, ahead: false });
    await act(() => router.navigate("/"));
    expect(await left()).toHaveValue("Too late");
    expect(screen.queryByText("This draft was also changed elsewhere")).toBeNull();
  });

  it("is not thrown away when it was gone on with elsewhere", async () => {
    server = draft("Too late", 4);
    open(closed);
    await left();
    server = draft("Too late, again", 6);
    await user().click(screen.getByRole("button", { name: "Throw away" }));
    await quiet();
    await bothWritten();
    expect(server.version).toBe(6);
    await user().click(screen.getByRole("button", { name: "Use the other one" }));
    expect(await left()).toHaveValue("Too late, again");
  });

  it("is not there where nothing was begun, and is only read by whoever may write no longer", async () => {
    open(closed);
    await quiet();
    expect(screen.queryByRole("textbox")).toBeNull();
    expect(screen.queryByRole("button", { name: "Throw away" })).toBeNull();
    act(() => useSession.setState({ user: { ...useSession.getState().user!, permissions: ["tickets.view"] } }));
    await elsewhere(draft("Mine", 3));
    await left();
    expect(screen.queryByRole("button", { name: "Throw away" })).toBeNull();
  });

  it("is there on a customer's page of a merged ticket as well", async () => {
    server = draft("Too late", 4);
    const merged = { ...closed, merged_into: "t1", number: 9, subject: "Printer", tags: [], participants: [], links: [], created_at: "2026-01-01T00:00:00Z" };
    queries.setQueryDefaults(["ticket", "t9"], { queryFn: () => merged, staleTime: Infinity });
    queries.setQueryData(["ticket", "t9"], merged);
    render(
      <QueryClientProvider client={queries}>
        <RouterProvider router={createMemoryRouter([{ path: "/client/tickets/:id", element: <MyTicketPage /> }], { initialEntries: ["/client/tickets/t9"] })} />
      </QueryClientProvider>,
    );
    expect(await left()).toHaveValue("Too late");
    expect(screen.queryByText("You cannot reply here")).toBeNull();
    await user().click(screen.getByRole("button", { name: "Throw away" }));
    await quiet();
    await waitFor(() => expect(server).toBeUndefined());
  });
});

it("a message does not end what was written elsewhere, of which this page has not heard", async () => {
  server = draft("One", 1);
  versions = 1;
  open();
  await waitFor(() => expect(box()).toHaveValue("One"));
  // The other device has written more; nothing tells this page.
  server = draft("One, and much more", 2);
  versions = 2;
  await user().keyboard("{Tab}");
  await user().click(screen.getByRole("button", { name: "Send" }));
  await bothWrittenOrTaken();
  expect(server).toMatchObject({ body: "One, and much more" });
  // Seen, it is sent, with what it is.
  await user().click(screen.getByRole("button", { name: "Send" }));
  await waitFor(() => expect(server).toBeUndefined());
  expect(saved.at(-1)).toMatchObject({ method: "POST", body: { body: "One, and much more", draft_version: 2 } });
});

/** What was not written on here is taken over as it is. */
const bothWrittenOrTaken = () => waitFor(() => expect(box()).toHaveValue("One, and much more"));

it("a message waits for the draft that is on its way, and for its writer where that was refused", async () => {
  server = draft("One", 1);
  versions = 1;
  open();
  await waitFor(() => expect(box()).toHaveValue("One"));
  server = draft("There", 2);
  versions = 2;
  await user().type(box(), " here");
  await user().click(screen.getByRole("button", { name: "Send" }));
  await bothWritten();
  expect(server).toMatchObject({ body: "There" });
  expect(saved.filter(({ method }) => method === "POST")).toHaveLength(1);
  await user().click(screen.getByRole("button", { name: "Keep this one" }));
  await waitFor(() => expect(box()).toHaveFocus());
  await user().click(screen.getByRole("button", { name: "Send" }));
  await waitFor(() => expect(server).toBeUndefined());
  expect(saved.at(-1)).toMatchObject({ method: "POST", body: { body: "One here" } });
});
