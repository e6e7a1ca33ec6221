import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import type { GroupMember } from "@/api/types";
import { WorkloadDialog } from "@/features/groups/workload-dialog";

const member = { id: "m1", name: "Meriem", lead: false, active: true, away: false, open_here: 0, open: 0, capacity: 5, skills: ["dns"] } as unknown as GroupMember;

it("an agent who goes away while somebody types how much he takes stays away", async () => {
  const sent: unknown[] = [];
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user: { id: "u1", permissions: [] } });
    sent.push(await request.json());
    return Response.json({});
  });
  function Page() {
    const [away, setAway] = useState(false);
    return (
      <>
        <button onClick={() => setAway(true)}>goes</button>
        <WorkloadDialog member={{ ...member, away }} onClose={() => undefined} />
      </>
    );
  }
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RouterProvider router={createMemoryRouter([{ path: "/", element: <Page /> }])} />
    </QueryClientProvider>,
  );
  const capacity = await screen.findByLabelText("Maximum tickets in progress");
  await userEvent.clear(capacity);
  await userEvent.type(capacity, "8");
  // Behind the dialog a message of the server has come.
  screen.getByText("goes").click();
  await waitFor(() => expect(screen.getByRole("checkbox")).toBeChecked());
  expect(capacity).toHaveValue("8");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toEqual([{ capacity: 8, skills: ["dns"] }]));
});
