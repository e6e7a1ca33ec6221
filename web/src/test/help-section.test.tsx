import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { Me } from "@/api/types";
import { HelpSectionPage } from "@/features/help/help-section";

const entry = (slug: string) => ({ slug, title: `Title ${slug}`, summary: "", locale: "en", visibility: "public", section: "Network", updated_at: "2026-11-22T10:00:00Z" });
const section = { slug: "network", name: "Network", parent: null, articles: 3 };

it("the last article of a long section is reached", async () => {
  const user = { id: "u1", permissions: [] } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  const asked: (string | null)[] = [];
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    const cursor = new URL(request.url).searchParams.get("cursor");
    asked.push(cursor);
    return Response.json({ section, parent: null, sections: [], articles: cursor ? [entry("b"), entry("c")] : [entry("a"), entry("b")], next_cursor: cursor ? null : "next" });
  });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={createMemoryRouter([{ path: "/help/sections/:slug", element: <HelpSectionPage /> }], { initialEntries: ["/help/sections/network"] })} />
    </QueryClientProvider>,
  );
  await screen.findByText("Title a");
  expect(screen.queryByText("Title c")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Load more" }));
  await screen.findByText("Title c");
  expect(screen.getAllByText("Title b")).toHaveLength(1);
  expect(asked).toEqual([null, "next"]);
  expect(screen.queryByRole("button", { name: "Load more" })).toBeNull();
});
