import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactNode } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { describe, expect, it, vi } from "vitest";
import { ApiError } from "@/api/problem";
import type { Ticket, TicketState } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Dialog } from "@/components/ui/dialog";
import { DeliveryList } from "@/features/tickets/components/delivery-list";
import { EventLine } from "@/features/tickets/components/event-line";
import { PeoplePanel } from "@/features/tickets/components/people-panel";
import { TicketPicker } from "@/features/tickets/components/ticket-picker";
import { changeLocale } from "@/i18n";
import { statesAfterReply } from "@/features/tickets/data/actions";
import { signedIn } from "./fixtures";

const to = (state: TicketState) => ({ action: "transition", to: state, allowed: true, requires: [] });
const ticket = {
  id: "t9",
  number: 9,
  version: 3,
  state: "answered",
  requester: { name: "Sara", email: "sara@example.dz" },
  participants: [{ email: "sara@example.dz", name: "Sara", role: "requester" }],
  tags: [],
  allowed_actions: [...["reply", "note", "edit"].map((action) => ({ action, allowed: true, requires: [] })), to("waiting_for_response"), to("resolved")],
} as unknown as Ticket;

/** Shows a part of a page; what is read is answered by `read`, what is written is kept and answered by nothing. */
function show(part: ReactNode, read: (url: URL) => unknown = () => ({ items: [] })) {
  const user = signedIn();
  const sent: Request[] = [];
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    if (request.method === "GET") return Response.json(read(new URL(request.url)));
    sent.push(request.clone());
    return new Promise<Response>(() => undefined);
  });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={createMemoryRouter([{ path: "*", element: part }])} />
    </QueryClientProvider>,
  );
  return sent;
}

describe("the state after a reply", () => {
  it("stays with the customer where it is with him", () => {
    expect(statesAfterReply(ticket)).toEqual(["answered", "waiting_for_response", "resolved"]);
    const waiting = { ...ticket, state: "waiting_for_response", allowed_actions: [to("answered"), to("resolved")] } as unknown as Ticket;
    expect(statesAfterReply(waiting)[0]).toBe("waiting_for_response");
    const open = { ...ticket, state: "open", allowed_actions: [to("waiting_for_response"), to("answered")] } as unknown as Ticket;
    expect(statesAfterReply(open)).toEqual(["answered", "waiting_for_response"]);
  });
});

it("an observer who takes part already is told so", async () => {
  const sent = show(<PeoplePanel ticket={ticket} />);
  const field = screen.getByLabelText(/address/i);
  await userEvent.type(field, "Sara@Example.dz{Enter}");
  await waitFor(() => expect(field).toHaveAccessibleDescription("This person already takes part in this ticket."));
  expect(sent).toEqual([]);
});

describe("what became of a mail", () => {
  const delivery = (state: string, detail: string) => ({ recipient: "sara@example.dz", state, at: "2026-01-01T00:00:00Z", detail }) as never;
  it("names no file where there is no mail server", () => {
    show(<DeliveryList deliveries={[delivery("sent", "t.100001.4f.eml")]} />);
    expect(screen.getByText("written to a file: no mail server is configured")).toBeVisible();
    expect(screen.queryByText(/\.eml/)).toBeNull();
  });
  it("says why it failed", () => {
    show(<DeliveryList deliveries={[delivery("failed", "550 no such user")]} />);
    expect(screen.getByText("550 no such user")).toBeVisible();
  });
});

it("a dialog begins at its first field", () => {
  render(
    <Dialog open title="T">
      <input type="hidden" />
      <input aria-label="Subject" />
    </Dialog>,
  );
  expect(screen.getByLabelText("Subject")).toHaveFocus();
});

it("a suggestion that finds nothing gives way to the latest tickets", async () => {
  const other = { ...ticket, id: "t2", number: 2, subject: "Another one" };
  show(<TicketPicker label="Into" value={null} onChange={vi.fn()} without="t9" suggestion="sara@example.dz" />, (url) => ({ items: url.searchParams.get("q") ? [ticket] : [other] }));
  expect(await screen.findByText("Another one")).toBeVisible();
  expect(screen.getByRole("searchbox")).toHaveValue("");
});

it("the history says which tags, and whose address", () => {
  const event = (kind: string, data: object) => ({ type: "event", seq: 1, event: kind, actor: { name: "Amel" }, at: "2026-01-01T00:00:00Z", data }) as never;
  const { rerender } = render(<EventLine event={event("tags_changed", { added: ["vip"], removed: ["old"] })} />);
  expect(screen.getByText("+vip")).toBeVisible();
  expect(screen.getByText("−old")).toBeVisible();
  rerender(<EventLine event={event("watcher_added", { email: "lina@example.dz" })} />);
  expect(screen.getByText("lina@example.dz")).toBeVisible();
});

it("the history says where a ticket was filed, each name in its own direction", () => {
  const event = (kind: string, data: object) => ({ type: "event", seq: 1, event: kind, actor: { name: "Amel" }, at: "2026-01-01T00:00:00Z", data }) as never;
  const { container, rerender } = render(<EventLine event={event("project_changed", { from: null, to: { id: "p1", name: "Alpha" } })} />);
  expect(container).toHaveTextContent("changed the project: No project → Alpha");
  rerender(<EventLine event={event("category_changed", { from: { en: "Billing", fr: "Facturation" }, to: null })} />);
  expect(container).toHaveTextContent("Billing → No category");
  rerender(<EventLine event={event("assigned", { to: { id: "u1", name: "كريم" } })} />);
  expect(container).toHaveTextContent("\u2068كريم\u2069");
});

it("the history says who had how much in the reader's punctuation, each name for itself", async () => {
  await changeLocale("ar");
  const dealt = { strategy: "least_loaded", group: "Network", open: 2, others: [{ name: "Karim", open: 3 }, { name: "Sofia", open: 12 }], skills: [] };
  const event = { type: "event", seq: 1, event: "assigned", actor: { name: "Amel" }, at: "2026-01-01T00:00:00Z", data: { dealt } } as never;
  const { container } = render(<EventLine event={event} />);
  expect(container).toHaveTextContent("Karim 3، Sofia 12");
  expect([...container.querySelectorAll("bdi")].map((each) => each.textContent)).toEqual(expect.arrayContaining(["Network", "Karim", "Sofia"]));
  await changeLocale("en");
});

it("a page whose record is gone leads back to the list that it would be in", () => {
  const gone = new ApiError({ status: 404, code: "not_found" });
  show(<ErrorState page list="/desk/groups" error={gone} />);
  expect(screen.getByRole("link")).toHaveAttribute("href", "/desk/groups");
});
