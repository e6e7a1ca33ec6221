import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { Me, Ticket } from "@/api/types";
import { Composer } from "@/features/tickets/components/composer";
import type { KeptDraft } from "@/features/tickets/data/drafts";
import { useWriting } from "@/features/tickets/data/use-writing";
import { readDraft, writeDraft } from "@/lib/drafts";

const ticket = {
  id: "t9",
  version: 3,
  state: "open",
  requester: { name: "Sara", email: "sara@example.dz" },
  allowed_actions: ["reply", "note"].map((action) => ({ action, allowed: true, requires: [] })),
} as unknown as Ticket;

let server: KeptDraft | undefined;
let saved: { method: string; body: Record<string, unknown> | null }[];
let queries: QueryClient;

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const user = { id: "u1", email: "a@desk.test", name: "A", permissions: ["tickets.view"] } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  server = undefined;
  saved = [];
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    const body = request.method === "PUT" || request.method === "POST" ? ((await request.json()) as Record<string, unknown>) : null;
    if (request.method !== "GET") saved.push({ method: request.method, body });
    if (request.method === "PUT") {
      if (body!.expected_version !== (server?.version ?? 0)) return Response.json({ code: "draft_changed" }, { status: 409 });
      server = draft(body!.body as string, (server?.version ?? 0) + 1);
      return Response.json({ version: server.version });
    }
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

function Reply() {
  const writing = useWriting(ticket, "reply");
  return <Composer ticket={ticket} staff kind="reply" onKind={vi.fn()} writing={writing} nextState="" onNextState={vi.fn()} textRef={createRef()} />;
}

const open = () =>
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={createMemoryRouter([{ path: "*", element: <Reply /> }])} />
    </QueryClientProvider>,
  );

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
  expect(saved[2]!.method).toBe("DELETE");
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
