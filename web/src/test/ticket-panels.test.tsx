import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { describe, expect, it, vi } from "vitest";
import type { Ticket } from "@/api/types";
import { Toaster } from "@/components/ui/toast";
import { BulkBar } from "@/features/tickets/components/bulk-bar";
import { TagEditor } from "@/features/tickets/components/group-and-tags";
import { PeoplePanel } from "@/features/tickets/components/people-panel";
import { SplitDialog } from "@/features/tickets/components/split-dialog";
import { TICKET_FILTER } from "@/features/tickets/data/filters";
import { versionKnown } from "@/features/tickets/data/own-steps";
import { readFilter } from "@/lib/url-filter";
import { signedIn } from "./fixtures";

const ticket = { id: "t1", number: 7, version: 3, state: "open", participants: [], tags: ["vip"], allowed_actions: [{ action: "edit", allowed: true, requires: [] }] } as unknown as Ticket;

/** Shows a part of a page to `permissions`; what is written is answered in turn by `answers`, what is read by `read`, or empty lists. */
function show(part: ReactNode, permissions: string[], answers: (() => Response)[], read: Record<string, unknown> = {}) {
  const user = signedIn(...permissions);
  const sent: Request[] = [];
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    if (request.method === "GET") return Response.json(read[new URL(request.url).pathname] ?? { items: [] });
    sent.push(request.clone());
    return (answers[sent.length - 1] ?? answers.at(-1)!)();
  });
  const router = createMemoryRouter([
    {
      path: "*",
      element: (
        <>
          {part}
          <Toaster />
        </>
      ),
    },
  ]);
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return sent;
}

const lost = (): Response => {
  throw new TypeError("lost");
};
const refused = (status: number, code: string, errors?: { pointer: string; code: string }[]) => () => Response.json({ status, code, errors }, { status });
const keys = (sent: Request[]) => sent.map((request) => request.headers.get("idempotency-key"));

it("whoever may not watch a ticket is told why", async () => {
  show(<PeoplePanel ticket={ticket} />, [], [refused(409, "ticket_changed")]);
  await userEvent.click(screen.getByRole("button", { name: "Watch" }));
  expect(await screen.findByText("The ticket has changed")).toBeVisible();
});

it("whoever is not of a group that keeps its tickets to itself watches one himself and decides for nobody else", async () => {
  const others = [
    { email: "lina@example.dz", name: "Lina", role: "watcher", user_id: null },
    { email: "sara@example.dz", name: "Sara", role: "requester", user_id: null },
  ];
  const outside = { ...ticket, participants: others, allowed_actions: [{ action: "edit", allowed: false, why_not: "group_members_only", requires: [] }] } as unknown as Ticket;
  const sent = show(<PeoplePanel ticket={outside} />, ["tickets.edit"], [() => Response.json(outside)]);
  expect(screen.queryByRole("button", { name: /lina@example.dz/ })).toBeNull();
  expect(screen.queryByRole("textbox")).toBeNull();
  await userEvent.click(await screen.findByRole("button", { name: "Watch" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(await sent[0]!.json()).toMatchObject({ email: expect.stringContaining("@") });
});

describe("a change of many tickets", () => {
  const selection = { ids: new Set(["t1", "t2"]), all: false, clear: vi.fn() } as never;
  const bar = <BulkBar selection={selection} filter={readFilter(TICKET_FILTER, new URLSearchParams())} more={false} />;

  it("is asked for again under the same key after a lost answer, and under a new one once it is another", async () => {
    const sent = show(bar, [], [lost, lost, lost, refused(422, "validation"), refused(422, "validation")]);
    await userEvent.click(await screen.findByRole("button", { name: "Tags" }));
    const add = await screen.findByLabelText("Tags to add");
    await userEvent.type(add, "vip");
    for (const times of [1, 2, 3, 4, 5]) {
      if (times === 3) await userEvent.type(add, "s");
      await userEvent.click(screen.getByRole("button", { name: /Change/ }));
      await waitFor(() => expect(sent).toHaveLength(times));
      await waitFor(() => expect(screen.getByRole("button", { name: /Change/ })).not.toHaveAttribute("aria-busy"));
    }
    const [first, again, other, refusedOnce, last] = keys(sent);
    expect(again).toBe(first);
    expect(other).not.toBe(again);
    expect(refusedOnce).toBe(other);
    expect(last).not.toBe(refusedOnce);
  });
});

it("a ticket is split again under the same key after a lost answer, under a new one with other messages, and its new version is one's own doing", async () => {
  const message = (id: string) => ({ type: "message", id, kind: "reply", held: false, author: { name: "N" }, at: "2026-11-01T00:00:00Z", body_text: `text ${id}` });
  const sent = show(<SplitDialog ticket={ticket} onClose={() => undefined} />, [], [lost, lost, () => Response.json({ id: "t2", number: 8 }, { status: 201 })], {
    "/api/v1/tickets/t1": { ...ticket, version: 4 },
    "/api/v1/tickets/t1/timeline": { items: ["a", "b", "c"].map(message) },
  });
  await userEvent.type(screen.getByLabelText(/Subject/), "other");
  await userEvent.click(await screen.findByRole("checkbox", { name: /text a/ }));
  for (const times of [1, 2, 3]) {
    if (times === 3) await userEvent.click(screen.getByRole("checkbox", { name: /text b/ }));
    await userEvent.click(screen.getByRole("button", { name: "Split" }));
    await waitFor(() => expect(sent).toHaveLength(times));
    if (times < 3) await waitFor(() => expect(screen.getByRole("button", { name: "Split" })).not.toHaveAttribute("aria-busy"));
  }
  const [first, again, other] = keys(sent);
  expect(again).toBe(first);
  expect(other).not.toBe(again);
  await waitFor(() => expect(versionKnown("t1", 3)).toBe(4));
});

describe("the tags of a ticket", () => {
  const tagField = () => screen.getByRole("combobox", { name: "Tags" });
  const write = async (text: string) => {
    await userEvent.type(tagField(), text);
    await userEvent.click(screen.getByRole("button", { name: "Add" }));
  };

  it("stay in the field when they are refused, which says why", async () => {
    show(<TagEditor ticket={ticket} />, [], [refused(422, "validation", [{ pointer: "/tags", code: "too_long" }])]);
    await write("far too long");
    const field = tagField();
    await waitFor(() => expect(field).toHaveAttribute("aria-invalid", "true"));
    expect(field).toHaveValue("far too long");
    expect(field).toHaveFocus();
  });

  it("say above the field what no field can say", async () => {
    show(<TagEditor ticket={ticket} />, [], [refused(412, "version_mismatch")]);
    await write("network");
    expect(await screen.findByRole("alert")).toBeVisible();
    expect(tagField()).toHaveValue("network");
  });

  it("are each sent once, in the form in which they are kept", async () => {
    const sent = show(<TagEditor ticket={ticket} />, [], [() => Response.json({ ...ticket, tags: ["vip", "panne réseau"], version: 4 })]);
    await write("VIP, Panne  réseau، panne réseau");
    await waitFor(() => expect(tagField()).toHaveValue(""));
    expect(await sent[0]!.json()).toEqual({ tags: ["vip", "panne réseau"] });
  });
});
