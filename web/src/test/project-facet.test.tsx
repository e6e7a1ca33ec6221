import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { useProjectFacet } from "@/features/tickets/data/use-project-facet";

const project = (id: string, name: string) => ({ id, name, customer: { id: "c1", name: "Alpha" } });
let asked: string[];
beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user: { id: "u1", permissions: [] } });
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    if (pathname.endsWith("/projects")) return Response.json({ items: [project("p1", "Site")], next_cursor: null });
    if (pathname.endsWith("/p9")) return Response.json(project("p9", "Archived"));
    return Response.json({ code: "not_found" }, { status: 404 });
  });
});

const options = (chosen: string) => {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={queries}>{children}</QueryClientProvider>;
  return renderHook(() => useProjectFacet(chosen).options.map(({ value, label }) => [value, label]), { wrapper }).result;
};

it("a filter by a project that is not on offer says which it is", async () => {
  const result = options("p9");
  expect(result.current).toContainEqual(["p9", "…"]);
  await waitFor(() => expect(result.current).toEqual([["none", "No project"], ["p1", "Site"], ["p9", "Archived"]]));
});

it("of one that is gone it says that it is not on offer", async () => {
  const result = options("p8");
  await waitFor(() => expect(result.current).toContainEqual(["p8", "Not on offer: p8"]));
});

it("one that is on offer is read once", async () => {
  const result = options("p1");
  await waitFor(() => expect(result.current).toEqual([["none", "No project"], ["p1", "Site"]]));
  expect(asked.filter((path) => path.endsWith("/p1"))).toEqual([]);
});
