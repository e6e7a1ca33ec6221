import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, expect, it, vi } from "vitest";
import { Toaster } from "@/components/ui/toast";
import { Composer } from "@/features/tickets/components/composer";
import { useWriting } from "@/features/tickets/data/use-writing";
import { DeskTicketPage } from "@/features/tickets/ticket-page";
import { readDraft } from "@/lib/drafts";
import { signedIn, ticketWith } from "./fixtures";

const uploads = vi.hoisted(() => [] as { signal: AbortSignal; done: (file: { id: string }) => void }[]);
vi.mock("@/api/upload", () => ({ upload: (_file: File, _progress: unknown, signal: AbortSignal) => new Promise((done) => uploads.push({ signal, done })) }));

const ticket = ticketWith();

let sent: { request: Request; answer: (response: Response) => void }[];
let queries: QueryClient;
beforeEach(() => {
  const user = signedIn("tickets.view");
  sent = [];
  uploads.length = 0;
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  Element.prototype.scrollIntoView = vi.fn();
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    // Drafts are kept beside: here it is about messages.
    if (request.method !== "GET" && request.url.includes("/drafts/")) return Response.json({ version: 1 });
    if (request.method !== "GET") return new Promise<Response>((answer) => sent.push({ request: request.clone(), answer }));
    return Response.json(request.url.endsWith("/tickets/t9") ? ticket : { items: [], clocks: [] });
  });
});

const box = () => screen.getByRole("textbox", { name: /reply/i });
const created = () => Response.json({}, { status: 201, headers: { etag: '"4"' } });

function Reply() {
  const writing = useWriting(ticket, "reply");
  return <Composer ticket={ticket} staff kind="reply" onKind={vi.fn()} writing={writing} nextState="" onNextState={vi.fn()} textRef={createRef()} />;
}

function open(on: boolean) {
  return (
    <QueryClientProvider client={queries}>
      <Toaster />
      {on && <RouterProvider router={createMemoryRouter([{ path: "*", element: <Reply /> }])} />}
    </QueryClientProvider>
  );
}

it("a reply that is sent twice before the page notices goes out once", async () => {
  render(open(true));
  await userEvent.type(box(), "Done.");
  const form = screen.getByRole("form");
  fireEvent.submit(form);
  fireEvent.submit(form);
  await waitFor(() => expect(sent.length).toBeGreaterThan(0));
  await new Promise((done) => setTimeout(done));
  expect(sent).toHaveLength(1);
});

it("a reply that is sent while somebody looks at another page leaves no draft to be sent again", async () => {
  const { rerender } = render(open(true));
  await userEvent.type(box(), "Done.");
  fireEvent.submit(screen.getByRole("form"));
  rerender(open(false));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(readDraft("t9.reply")).toMatchObject({ text: "Done." });

  // Back before the answer: it is still being sent, and cannot be sent beside that.
  rerender(open(true));
  expect(box()).toHaveValue("Done.");
  fireEvent.submit(screen.getByRole("form"));
  await act(async () => sent[0]!.answer(created()));
  await waitFor(() => expect(box()).toHaveValue(""));
  expect(sent).toHaveLength(1);
  expect(readDraft("t9.reply")).toBeNull();
  expect(screen.getByText("Reply sent")).toBeVisible();
});

it("a reply whose answer was lost while nobody looked is sent again under its key, and its loss is told", async () => {
  const { rerender } = render(open(true));
  await userEvent.type(box(), "Done.");
  fireEvent.submit(screen.getByRole("form"));
  rerender(open(false));
  await waitFor(() => expect(sent).toHaveLength(1));
  await act(async () => sent[0]!.answer(Response.json({ code: "unavailable" }, { status: 503 })));
  expect(await screen.findByText("The service is not available now")).toBeVisible();

  rerender(open(true));
  fireEvent.submit(screen.getByRole("form"));
  await waitFor(() => expect(sent).toHaveLength(2));
  const key = (at: number) => sent[at]!.request.headers.get("idempotency-key");
  expect(key(0)).toBeTruthy();
  expect(key(1)).toBe(key(0));
});

it("nothing can be added to a reply that is on its way, for it would be gone with it", async () => {
  render(open(true));
  await userEvent.type(box(), "Done.");
  fireEvent.submit(screen.getByRole("form"));
  await waitFor(() => expect(sent).toHaveLength(1));
  await userEvent.type(box(), " PS: more");
  fireEvent.drop(screen.getByRole("form"), { dataTransfer: { files: [new File(["x"], "late.txt")] } });
  expect(uploads).toHaveLength(0);
  expect(box()).toHaveValue("Done.");
  await act(async () => sent[0]!.answer(Response.json({ code: "unavailable" }, { status: 503 })));
  await waitFor(() => expect(box()).not.toHaveAttribute("readonly"));
  await userEvent.type(box(), " PS: more");
  expect(box()).toHaveValue("Done. PS: more");
});

it("a file goes on to the server while another kind of message is on screen", async () => {
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={createMemoryRouter([{ path: "/desk/tickets/:id", element: <DeskTicketPage /> }], { initialEntries: ["/desk/tickets/t9"] })} />
    </QueryClientProvider>,
  );
  const form = await screen.findByRole("form", { name: /reply/i });
  fireEvent.drop(form, { dataTransfer: { files: [new File(["x"], "log.txt")] } });
  await userEvent.click(screen.getByRole("radio", { name: /note/i }));
  expect(screen.queryByText("log.txt")).toBeNull();
  expect(uploads[0]!.signal.aborted).toBe(false);
  await act(async () => uploads[0]!.done({ id: "f1" }));
  await userEvent.click(screen.getByRole("radio", { name: /reply/i }));
  expect(screen.getByText("log.txt").closest("[data-upload]")).toHaveAttribute("data-upload", "done");
});

it("a reply does not go out without a file that was refused, not by the keys either", async () => {
  render(open(true));
  await userEvent.type(box(), "Done.");
  const large = new File(["x"], "large.iso");
  Object.defineProperty(large, "size", { value: 100_000_000 });
  fireEvent.drop(screen.getByRole("form"), { dataTransfer: { files: [large] } });
  await screen.findByText("large.iso");
  fireEvent.submit(screen.getByRole("form"));
  await userEvent.type(box(), "{Control>}{Enter}{/Control}");
  await new Promise((done) => setTimeout(done));
  expect(sent).toHaveLength(0);
});
