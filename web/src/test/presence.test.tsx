import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { KeptDraft } from "@/features/tickets/data/drafts";
import { usePresence } from "@/features/tickets/data/presence";
import { DeskTicketPage } from "@/features/tickets/ticket-page";
import { askAgain } from "@/live/use-live-updates";
import { signedIn, ticketWith } from "./fixtures";

const ticket = ticketWith();

// A whole page is drawn here, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

let said: { method: string; doing?: string; page: string | null }[];
let drafts: KeptDraft[];
let looked: DocumentVisibilityState;

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const user = signedIn("tickets.view");
  said = [];
  drafts = [];
  looked = "visible";
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => looked);
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.endsWith("/presence")) {
      const body = request.method === "PUT" ? ((await request.json()) as { doing: string; page: string }) : null;
      said.push({ method: request.method, ...(body ?? { page: searchParams.get("page") }) });
      return body ? Response.json({ people: [] }) : new Response(null, { status: 204 });
    }
    if (pathname.includes("/drafts/")) return Response.json({ version: 1 });
    if (request.method === "POST") return Response.json({}, { status: 201, headers: { etag: '"4"' } });
    if (pathname.endsWith("/t9/drafts")) return Response.json({ items: drafts });
    return Response.json(pathname.endsWith("/tickets/t9") ? ticket : { items: [], clocks: [] });
  });
  return () => vi.useRealTimers();
});

// The last word of a page still goes to the server of its test.
afterEach(async () => {
  cleanup();
  await new Promise((done) => setTimeout(done, 50));
});

const client = () => new QueryClient({ defaultOptions: { queries: { retry: false } } });
const wait = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const puts = () => said.filter(({ method }) => method === "PUT");

function Attending() {
  usePresence("t9", "viewing");
  return null;
}

function attend(queries = client()) {
  return render(
    <QueryClientProvider client={queries}>
      <Attending />
    </QueryClientProvider>,
  );
}

it("each page of one person says for itself that it is there, under one name until it goes", async () => {
  const one = attend();
  await waitFor(() => expect(puts()).toHaveLength(1));
  await wait(10_500);
  expect(puts()).toHaveLength(2);
  const name = puts()[0]!.page;
  expect(name).toMatch(/^[0-9a-f-]{32,36}$/);
  expect(puts()[1]!.page).toBe(name);
  // A window that is copied takes what is stored with it, and is another page all the same.
  expect(JSON.stringify([{ ...localStorage }, { ...sessionStorage }])).not.toContain(name);

  attend();
  await waitFor(() => expect(puts()).toHaveLength(3));
  expect(puts()[2]!.page).toMatch(/^[0-9a-f-]{32,36}$/);
  expect(puts()[2]!.page).not.toBe(name);
  one.unmount();
  await waitFor(() => expect(said).toContainEqual({ method: "DELETE", page: name }));
});

it("a page that nobody looks at is not brought back by the news of its own leaving", async () => {
  const queries = client();
  attend(queries);
  await waitFor(() => expect(puts()).toHaveLength(1));
  await wait(100);
  const turn = (to: DocumentVisibilityState) =>
    act(() => {
      looked = to;
      document.dispatchEvent(new Event("visibilitychange"));
    });
  turn("hidden");
  await waitFor(() => expect(said.at(-1)!.method).toBe("DELETE"));
  act(() => askAgain(queries, ["presence", "t9"]));
  await wait(30_000);
  expect(puts()).toHaveLength(1);

  turn("visible");
  await waitFor(() => expect(puts()).toHaveLength(2));
  await wait(10_500);
  expect(puts()).toHaveLength(3);
});

it("a page that is opened behind others says nothing until it is looked at", async () => {
  looked = "hidden";
  attend();
  await wait(11_000);
  expect(puts()).toHaveLength(0);
});

function page() {
  return render(
    <QueryClientProvider client={client()}>
      <RouterProvider router={createMemoryRouter([{ path: "/desk/tickets/:id", element: <DeskTicketPage /> }], { initialEntries: ["/desk/tickets/t9"] })} />
    </QueryClientProvider>,
  );
}

const box = (name: RegExp) => screen.getByRole("textbox", { name });
const write = (name: RegExp, value: string) => fireEvent.change(box(name), { target: { value } });

it("a draft that comes from another device is not told as writing", async () => {
  drafts = [{ kind: "reply", body: "From the phone", version: 4, attachments: [], canned: [], updated_at: "2026-01-01T00:00:00Z" }];
  page();
  await waitFor(() => expect(screen.getByRole("textbox", { name: /reply/i })).toHaveValue("From the phone"));
  await wait(11_000);
  expect(puts().length).toBeGreaterThan(1);
  expect(new Set(puts().map(({ doing }) => doing))).toEqual(new Set(["viewing"]));
  // To go on with it is.
  write(/reply/i, "From the phone!");
  await waitFor(() => expect(puts().at(-1)!.doing).toBe("replying"));
  await wait(26_000);
  expect(puts().at(-1)!.doing).toBe("viewing");
});

it("whoever has sent his reply writes no longer, though a note is begun beside it", async () => {
  page();
  await screen.findByRole("textbox", { name: /reply/i });
  fireEvent.click(screen.getByRole("radio", { name: /note/i }));
  write(/note/i, "To be checked");
  await waitFor(() => expect(puts().at(-1)!.doing).toBe("noting"));
  fireEvent.click(screen.getByRole("radio", { name: /reply/i }));
  write(/reply/i, "Done.");
  await waitFor(() => expect(puts().at(-1)!.doing).toBe("replying"));
  fireEvent.submit(screen.getByRole("form", { name: /reply/i }));
  await waitFor(() => expect(box(/reply/i)).toHaveValue(""));
  await wait(2_000);
  expect(puts().at(-1)!.doing).toBe("viewing");
});

it("whoever takes back what he wrote writes no longer", async () => {
  page();
  await screen.findByRole("textbox", { name: /reply/i });
  write(/reply/i, "No");
  await waitFor(() => expect(puts().at(-1)!.doing).toBe("replying"));
  write(/reply/i, "");
  await waitFor(() => expect(puts().at(-1)!.doing).toBe("viewing"));
});
