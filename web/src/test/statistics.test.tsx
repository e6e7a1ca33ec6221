import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { Me } from "@/api/types";
import { CountedPage } from "@/features/statistics/counted-page";
import { StatisticsPage } from "@/features/statistics/statistics-page";
import { day, zone } from "@/lib/url-filter";

const durations = { count: 0, median: null, p90: null, business_median: null, business_p90: null, kept: 0, promised: 0 };
const numbers = { id: null, name: "", handled: 0, replies: 0, reopened: 0, rated: 0, satisfied: 0, mean_rating: null, first_response: durations, resolution: durations };
const row = (n: number) => ({ id: `t${n}`, n, number: n, subject: `Subject ${n}`, at: "2026-05-01T10:00:00Z", agent: "Amel", group: "Support", seconds: null, business_seconds: null, kept: null, rating: null });

let queries: QueryClient;
let asked: URL[];
let failing: boolean;
let user: Me;
function show(address: string) {
  const router = createMemoryRouter(
    [
      { path: "/desk/statistics", element: <StatisticsPage /> },
      { path: "/desk/statistics/counted", element: <CountedPage /> },
    ],
    { initialEntries: [address] },
  );
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return router;
}
beforeEach(() => {
  user = { id: "u1", permissions: ["reports.view", "tickets.view"] } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  asked = [];
  failing = false;
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    const url = new URL(request.url);
    asked.push(url);
    if (url.pathname.endsWith("/agents")) return Response.json({ items: [{ id: "a1", name: "Amel" }] });
    if (url.pathname.endsWith("/groups")) return Response.json({ items: [{ id: "g1", name: "Support" }] });
    if (failing) return Response.json({ code: "internal" }, { status: 500 });
    if (url.pathname.endsWith("/counted")) return Response.json({ items: [row(1)], next_cursor: null });
    return Response.json({ open: 3, days: [], agents: [], groups: [{ ...numbers, id: "g1", name: "Support", replies: 4 }], total: numbers });
  });
});

describe("the period in the address", () => {
  it("is only what there is", () => {
    expect(["2026-02-28", "2026-02-30", "0202-01-01", "soon"].map((text) => day().read(text))).toEqual(["2026-02-28", "", "", ""]);
    expect(["Africa/Algiers", "Mars"].map((text) => zone().read(text))).toEqual(["Africa/Algiers", ""]);
  });

  it("does not break the page", async () => {
    show("/desk/statistics?zone=Mars&to=soon");
    expect(await screen.findByLabelText("From")).toBeVisible();
    expect(asked.find(({ pathname }) => pathname.endsWith("/tickets"))?.searchParams.get("zone")).toBe("Africa/Algiers");
  });

  it("is asked for once a typed day can be meant, and typing is no step in the history", async () => {
    const router = show("/desk/statistics?from=2026-05-01&to=2026-05-31&zone=UTC");
    const field = await screen.findByLabelText("From");
    for (const year of ["0002", "0020", "0202", "2025"]) fireEvent.change(field, { target: { value: `${year}-05-01` } });
    await waitFor(() => expect(new URLSearchParams(router.state.location.search).get("from")).toBe("2025-05-01"));
    expect(router.state.historyAction).toBe("REPLACE");
    const froms = asked.filter(({ pathname }) => pathname.endsWith("/statistics/tickets")).map(({ searchParams }) => searchParams.get("from"));
    expect(new Set(froms)).toEqual(new Set(["2026-05-01", "2025-05-01"]));
  });
});

it("numbers and rows stay when they cannot be read again", async () => {
  show("/desk/statistics/counted?counted=opened");
  await screen.findByText("Subject 1");
  failing = true;
  await queries.invalidateQueries();
  await waitFor(() => expect(queries.isFetching()).toBe(0));
  expect(screen.getByText("Subject 1")).toBeVisible();
});

it("what is behind a group's number leads back to the numbers of all groups, and says whose it is", async () => {
  const router = show("/desk/statistics?from=2026-05-01&to=2026-05-31&zone=UTC");
  fireEvent.click(await screen.findByRole("link", { name: "4" }));
  await screen.findByText("Subject 1");
  expect(router.state.location.search).toContain("group_id=g1");
  expect(await screen.findByText("Support", { selector: "p bdi" })).toBeVisible();
  expect(screen.getByRole("link", { name: "Statistics" })).toHaveAttribute("href", "/desk/statistics?from=2026-05-01&to=2026-05-31&zone=UTC");
});

it("who sees reports but no tickets is asked for no group", async () => {
  useSession.setState({ user: { ...user, permissions: ["reports.view"] } as Me });
  show("/desk/statistics");
  await screen.findByLabelText("From");
  expect(screen.queryByLabelText("Group")).toBeNull();
});
