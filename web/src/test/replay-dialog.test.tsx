import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { Me } from "@/api/types";
import { ReplayDialog } from "@/features/webhooks/components/replay-dialog";

it("what failed is sent again by the same request when the answer to the first one was lost", async () => {
  useSession.setState({ user: { id: "u1" } as Me, status: "signed_in" });
  const sent: { key: string | null; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user: { id: "u1" } });
    sent.push({ key: request.headers.get("idempotency-key"), body: await request.json() });
    return Response.json({ code: "unavailable" }, { status: 503 });
  });
  const page = <ReplayDialog id="w1" onClose={vi.fn()} onDone={vi.fn()} />;
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RouterProvider router={createMemoryRouter([{ path: "*", element: page }])} />
    </QueryClientProvider>,
  );
  for (const times of [1, 2]) {
    await userEvent.click(screen.getByRole("button", { name: /again/i }));
    await waitFor(() => expect(sent).toHaveLength(times));
    await waitFor(() => expect(screen.getByRole("button", { name: /again/i })).not.toHaveAttribute("aria-busy"));
    await new Promise((done) => setTimeout(done, 5));
  }
  expect(sent[1]).toEqual(sent[0]);
});
