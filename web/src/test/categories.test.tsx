import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { Me, TicketCategory } from "@/api/types";
import { CategoriesPage } from "@/features/categories/categories-page";

const category = (id: string, position: number, more: Partial<TicketCategory> = {}) =>
  ({ id, position, version: 1, parent_id: null, active: true, is_default: false, names: { fr: id, en: id, ar: id }, descriptions: { fr: "", en: "", ar: "" }, routing: null, ...more }) as unknown as TicketCategory;

let present: TicketCategory[];
let sent: { path: string; version: string | null; body: Record<string, unknown> }[];
let answer: () => Response;
beforeEach(() => {
  const user = { id: "u1", permissions: ["tickets.view"] } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  present = [category("Apple", 0), category("Birch", 1, { active: false }), category("Cedar", 2)];
  sent = [];
  answer = () => Response.json({});
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    const { pathname } = new URL(request.url);
    if (request.method === "GET") return Response.json({ items: pathname.endsWith("/ticket-categories") ? present : [] });
    sent.push({ path: pathname, version: request.headers.get("if-match"), body: (await request.json()) as Record<string, unknown> });
    return answer();
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RouterProvider router={createMemoryRouter([{ path: "*", element: <CategoriesPage /> }])} />
    </QueryClientProvider>,
  );
});

it("a category is moved past the next one that is seen, and the first one that is seen goes no further up", async () => {
  await userEvent.click(await screen.findByRole("button", { name: /Cedar.*up|up.*Cedar/i }));
  await waitFor(() => expect(sent).toMatchObject([{ path: "/api/v1/ticket-categories/Cedar/place", body: { position: 0 } }]));
  expect(screen.getByRole("button", { name: /Apple.*up|up.*Apple/i })).toHaveAttribute("aria-disabled", "true");
});

it("what somebody else changed shows in the dialog and is not undone by the second press", async () => {
  await userEvent.click(await screen.findByRole("button", { name: "Apple" }));
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.type(dialog.getAllByRole("textbox")[0]!, "!");
  present = [category("Apple", 0, { version: 2, active: false }), ...present.slice(1)];
  answer = () => Response.json({ code: "version_mismatch" }, { status: 412 });
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  await dialog.findByRole("alert");
  answer = () => Response.json(present[0]);
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(sent.map(({ version }) => version)).toEqual(['"1"', '"2"']);
  expect(sent[1]!.body).toMatchObject({ active: false });
});
