import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { Me } from "@/api/types";
import { Views } from "@/components/list/views";
import { freeName, moved, type SavedView } from "@/lib/saved-views";
import { one, useUrlFilter } from "@/lib/url-filter";

const SHAPE = { state: one(["open", "closed"] as const) };
const person = (...permissions: string[]) => ({ id: "u1", permissions, dashboards: ["corporate"] }) as unknown as Me;
const view = (id: string, name: string, query: string, more: Partial<SavedView> = {}): SavedView => ({
  id,
  name,
  query,
  audience: "own",
  group: null,
  owner: { id: "u1", name: "Me" },
  own: true,
  opening: false,
  version: 1,
  ...more,
});

let views: SavedView[];
let sent: { method: string; path: string; body: unknown }[];
beforeEach(() => {
  sent = [];
  useSession.setState({ user: person("tickets.view"), status: "signed_in" });
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user: person() });
    const { pathname } = new URL(request.url);
    if (request.method === "GET") return Response.json(pathname.endsWith("/groups") ? { items: [{ id: "g1", name: "Network" }] } : views);
    sent.push({ method: request.method, path: pathname, body: await request.clone().json().catch(() => null) });
    return request.method === "PUT" ? new Response(null, { status: 204 }) : Response.json({ ...views[0], name: "Kept" });
  });
});

function List() {
  return <Views name="tickets" list={useUrlFilter(SHAPE)} views={[{ name: "All", filter: {} }]} />;
}

function shown(...entries: string[]) {
  const router = createMemoryRouter(
    [
      { path: "/", element: <p>Elsewhere</p> },
      { path: "/list", element: <List /> },
    ],
    { initialEntries: entries },
  );
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return router;
}

describe("the view that a list opens with", () => {
  it("is shown to who comes to the list, and not to who chooses to see all", async () => {
    views = [view("v1", "Open ones", "state=open", { opening: true })];
    const router = shown("/");
    await router.navigate("/list");
    await waitFor(() => expect(router.state.location.search).toBe("?state=open"));
    await userEvent.click(screen.getByRole("link", { name: "All" }));
    await waitFor(() => expect(router.state.location.search).toBe(""));
    expect(screen.getByRole("link", { name: "All" })).toHaveAttribute("aria-current", "page");
    await router.navigate(-1);
    await waitFor(() => expect(router.state.location.search).toBe("?state=open"));
  });

  it("gives way to an address that says what it wants", async () => {
    views = [view("v1", "Open ones", "state=open", { opening: true })];
    const router = shown("/list?state=closed");
    await screen.findByRole("link", { name: /Open ones/ });
    expect(router.state.location.search).toBe("?state=closed");
  });
});

describe("a view that a colleague shows", () => {
  it("says whose it is and is kept as one's own under a free name", async () => {
    views = [view("v1", "Ours", ""), view("v2", "Ours", "state=open", { own: false, audience: "staff", owner: { id: "u2", name: "Amel" } })];
    shown("/list?state=open");
    await screen.findByRole("link", { name: /Ours.*Amel|Amel.*Ours/ });
    expect(screen.queryByRole("button", { name: /Delete view/ })).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "More about views" }));
    expect(screen.queryByRole("menuitem", { name: "Edit or share view" })).toBeNull();
    await userEvent.click(screen.getByRole("menuitem", { name: "Keep as a view of my own" }));
    await waitFor(() => expect(sent).toEqual([{ method: "POST", path: "/api/v1/saved-views", body: { list: "tickets", name: "Ours (2)", query: "state=open" } }]));
  });

  it("is shown to a group by its owner, and to all staff by those who manage groups", async () => {
    views = [view("v1", "Open ones", "state=open")];
    shown("/list?state=open");
    await userEvent.click(await screen.findByRole("button", { name: "More about views" }));
    await userEvent.click(screen.getByRole("menuitem", { name: "Edit or share view" }));
    const dialog = within(await screen.findByRole("dialog"));
    const audience = dialog.getByLabelText("Who sees it");
    expect(within(audience).queryByRole("option", { name: /All staff/ })).toBeNull();
    await userEvent.selectOptions(audience, "group");
    await within(dialog.getByLabelText(/^Group/)).findByRole("option", { name: "Network" });
    await userEvent.selectOptions(dialog.getByLabelText(/^Group/), "g1");
    await userEvent.click(dialog.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(sent).toEqual([{ method: "PATCH", path: "/api/v1/saved-views/v1", body: { name: "Open ones", audience: "group", group_id: "g1" } }]));
  });
});

it("one that is shown to more people than its owner may show it to is renamed without a word about them, and taken back", async () => {
  views = [view("v1", "Open ones", "state=open", { audience: "staff" })];
  useSession.setState({ user: person("customers.view"), status: "signed_in" });
  shown("/list?state=open");
  const edit = async () => {
    await userEvent.click(await screen.findByRole("button", { name: "More about views" }));
    await userEvent.click(screen.getByRole("menuitem", { name: "Edit or share view" }));
    return within(await screen.findByRole("dialog"));
  };
  let dialog = await edit();
  const offered = within(dialog.getByLabelText("Who sees it")).getAllByRole("option");
  expect(offered.map((option) => option.getAttribute("value"))).toEqual(["own", "staff"]);
  await userEvent.type(dialog.getByLabelText(/^Name/), "!");
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent.map(({ body }) => body)).toEqual([{ name: "Open ones!" }]));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  dialog = await edit();
  await userEvent.selectOptions(dialog.getByLabelText("Who sees it"), "own");
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent[1]?.body).toEqual({ name: "Open ones", audience: "own" }));
});

it("views are arranged with buttons, and one of them is opened with", async () => {
  views = [view("v1", "First", "state=open"), view("v2", "Second", "state=closed")];
  shown("/list");
  await userEvent.click(await screen.findByRole("button", { name: "More about views" }));
  await userEvent.click(screen.getByRole("menuitem", { name: "Arrange views" }));
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.click(dialog.getByRole("button", { name: "Move First up" }));
  await userEvent.click(dialog.getByRole("button", { name: "Move Second up" }));
  await userEvent.click(dialog.getByRole("radio", { name: "First" }));
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toEqual([{ method: "PUT", path: "/api/v1/saved-views/arrangement", body: { list: "tickets", places: ["v2", "v1"], opening: "v1" } }]));
});

it("places and names", () => {
  expect(moved(["a", "b", "c"], "c", -1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b"], "b", 1)).toEqual(["a", "b"]);
  expect(moved(["a"], "x", 1)).toEqual(["a"]);
  expect(freeName("A", ["A", "A (2)"])).toBe("A (3)");
  expect(freeName("B", ["A"])).toBe("B");
});
