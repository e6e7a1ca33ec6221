import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { KnowledgeSection, Me } from "@/api/types";
import { KnowledgeSectionsPage } from "@/features/knowledge/sections-page";
import { GroupsPage } from "@/features/notifications/groups-page";
import type { NotificationGroup } from "@/features/notifications/data";

let present: unknown;
let sent: { version: string | null; body: Record<string, unknown> }[];
let refusing: boolean;
beforeEach(() => {
  const user = { id: "u1", permissions: ["tickets.view", "groups.edit", "knowledge.edit"] } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  sent = [];
  refusing = false;
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    if (request.method === "GET") return Response.json(request.url.includes("/agents") ? { items: [{ id: "x", name: "Xena" }, { id: "y", name: "Yasmine" }] } : present);
    sent.push({ version: request.headers.get("if-match"), body: (await request.json()) as Record<string, unknown> });
    return refusing ? Response.json({ code: "version_mismatch" }, { status: 412 }) : Response.json({});
  });
});

const show = (page: ReactElement) =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RouterProvider router={createMemoryRouter([{ path: "*", element: page }])} />
    </QueryClientProvider>,
  );

/** Saves what a colleague has changed to `now` since it was opened, twice: the first time is refused. */
async function saveTwice(now: unknown) {
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.type(dialog.getAllByRole("textbox")[0]!, "!");
  present = now;
  refusing = true;
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  await dialog.findByRole("alert");
  refusing = false;
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(sent.map(({ version }) => version)).toEqual(['"1"', '"2"']);
}

it("whom a colleague added to a notification group meanwhile stays in it", async () => {
  const group = (version: number, ...members: string[]) =>
    ({ id: "g1", version, name: "Night", members: members.map((id) => ({ id, name: id === "x" ? "Xena" : "Yasmine" })) }) as unknown as NotificationGroup;
  present = { items: [group(1, "x")] };
  show(<GroupsPage />);
  await userEvent.click((await screen.findAllByRole("button", { name: "Edit" }))[0]!);
  await saveTwice({ items: [group(2, "x", "y")] });
  expect(sent[1]!.body).toMatchObject({ name: "Night!", members: ["x", "y"] });
});

it("where a colleague moved a section meanwhile it stays", async () => {
  const section = (version: number, position: number) =>
    ({ id: "s1", version, position, parent_id: null, slug: "account", articles: 0, names: { fr: "Compte", en: "Account", ar: "الحساب" } }) as unknown as KnowledgeSection;
  present = { items: [section(1, 0)] };
  show(<KnowledgeSectionsPage />);
  await userEvent.click(await screen.findByRole("button", { name: "Account" }));
  await saveTwice({ items: [section(2, 7)] });
  expect(sent[1]!.body).toMatchObject({ names: { fr: "Compte!" }, position: 7 });
});
