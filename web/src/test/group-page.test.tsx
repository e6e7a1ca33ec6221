import { MutationCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { Me, SupportGroupDetail } from "@/api/types";
import { GroupPage } from "@/features/groups/group-page";

const group = {
  id: "g1",
  version: 3,
  name: "Network",
  description: "",
  strategy: "off",
  members_only: false,
  members_handle: false,
  conduct: { remind: true, remind_days: [3, 7], resolve_after_days: 14, calendar_id: null, reply_ends_hold: true, reopen_window_hours: 0 },
  active: true,
  may_change: true,
  open: 0,
  unassigned: 0,
  breached: 0,
  first_response_seconds: null,
  first_response_tickets: 0,
  people: [],
} as unknown as SupportGroupDetail;

it("a refused member stays chosen, the refusal is told once and in place, and the second press names what is there now", async () => {
  const user = { id: "u1", permissions: ["groups.edit", "tickets.view"] } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  const versions: (string | null)[] = [];
  let present = group;
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    if (request.method === "GET") return Response.json(request.url.includes("/agents") ? { items: [{ id: "a1", name: "Amel" }] } : present);
    versions.push(request.headers.get("if-match"));
    present = { ...group, version: 4 };
    return versions.length === 1 ? Response.json({ code: "version_mismatch" }, { status: 412 }) : Response.json({ ...group, version: 5 });
  });
  const aside = vi.fn();
  const mutationCache = new MutationCache({ onError: (_error, _variables, _context, { meta }) => void (meta?.explained || aside()) });
  render(
    <QueryClientProvider client={new QueryClient({ mutationCache })}>
      <RouterProvider router={createMemoryRouter([{ path: "/desk/groups/:id", element: <GroupPage /> }], { initialEntries: ["/desk/groups/g1"] })} />
    </QueryClientProvider>,
  );
  const field = await screen.findByLabelText("Add a member");
  await screen.findByRole("option", { name: "Amel" });
  await userEvent.selectOptions(field, "Amel");
  await userEvent.click(screen.getByRole("button", { name: "Add" }));
  await screen.findByRole("alert");
  expect(field).toHaveValue("a1");
  expect(aside).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: "Add" }));
  await waitFor(() => expect(versions).toEqual(['"3"', '"4"']));
});

it("a lead puts nobody into the group", async () => {
  const user = { id: "m1", permissions: ["tickets.view", "tickets.edit"] } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  const member = { id: "m1", name: "Meriem", lead: true, active: true, away: false, open_here: 0, open: 0, capacity: null, skills: [] };
  vi.stubGlobal("fetch", async (request: Request | string) =>
    Response.json(typeof request === "string" ? { access_token: "a", expires_in: 600, user } : request.url.includes("/agents") ? { items: [{ id: "a1", name: "Amel" }] } : { ...group, people: [member] }),
  );
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RouterProvider router={createMemoryRouter([{ path: "/desk/groups/:id", element: <GroupPage /> }], { initialEntries: ["/desk/groups/g1"] })} />
    </QueryClientProvider>,
  );
  await screen.findByRole("button", { name: /Meriem/ });
  expect(screen.queryByLabelText("Add a member")).toBeNull();
});

it("somebody chosen before a member was made a lead is added without the talk of another's change", async () => {
  const user = { id: "u1", permissions: ["groups.edit", "tickets.view"] } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  const sent: { version: string | null; members: unknown }[] = [];
  const member = { id: "m1", name: "Meriem", lead: false, active: true, away: false, open_here: 0, open: 0, capacity: null, skills: [] };
  let present = { ...group, people: [member] } as unknown as SupportGroupDetail;
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    if (request.method === "GET") return Response.json(request.url.includes("/agents") ? { items: [{ id: "a1", name: "Amel" }] } : present);
    sent.push({ version: request.headers.get("if-match"), ...((await request.json()) as { members: unknown }) });
    present = { ...present, version: present.version + 1, people: [{ ...member, lead: true }] } as unknown as SupportGroupDetail;
    return Response.json(present);
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RouterProvider router={createMemoryRouter([{ path: "/desk/groups/:id", element: <GroupPage /> }], { initialEntries: ["/desk/groups/g1"] })} />
    </QueryClientProvider>,
  );
  await screen.findByRole("option", { name: "Amel" });
  await userEvent.selectOptions(screen.getByLabelText("Add a member"), "Amel");
  await userEvent.click(screen.getByRole("button", { name: /Meriem/ }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Make lead" }));
  await screen.findByText("Lead");
  await userEvent.click(screen.getByRole("button", { name: "Add" }));
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(sent[1]).toEqual({ version: '"4"', members: [{ id: "m1", lead: true }, { id: "a1", lead: false }] });
});
