import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { expect, it, vi } from "vitest";
import type { Project } from "@/api/types";
import { AssignDialog } from "@/features/customers/components/project-dialogs";

const person = (id: string, name: string, assigned = false) => ({ user_id: id, name, email: `${id}@x.test`, role: "technical", assigned });
const project = { id: "p1", name: "Site", version: 3, manages: true } as unknown as Project;

it("a person who is not among those shown is found, ticked and saved beside those who were assigned", async () => {
  const asked: string[] = [];
  const saved: unknown[] = [];
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user: { id: "u1", permissions: [] } });
    if (request.method === "PUT") {
      saved.push(await request.json());
      return Response.json({ ...project, version: 4, people: [], more_people: false });
    }
    const q = new URL(request.url).searchParams.get("q");
    if (q !== null) asked.push(q);
    return Response.json(q === null ? { ...project, people: [person("a", "Amel", true), person("b", "Bilal")], more_people: true } : { ...project, people: [person("z", "Zoubir")], more_people: false });
  });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={createMemoryRouter([{ path: "/", element: <AssignDialog project={project} onClose={() => undefined} /> }])} />
    </QueryClientProvider>,
  );
  const field = await screen.findByLabelText("Find by name or address");
  expect(screen.getByText("There are more people: find them by name or address")).toBeInTheDocument();
  await userEvent.type(field, "zou{Enter}");
  await userEvent.click(await screen.findByRole("checkbox", { name: /Zoubir/ }));
  expect(asked).toEqual(["zou"]);
  expect(screen.queryByText("Bilal")).toBeNull();
  expect(saved).toEqual([]);
  await userEvent.clear(field);
  expect(await screen.findByRole("checkbox", { name: /Amel/ })).toBeChecked();
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(saved).toEqual([{ user_ids: ["a", "z"] }]));
});
