import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { Me, TicketBulk } from "@/api/types";
import { useBulkRows } from "@/features/tickets/data/bulk";

it("a step of a running change reads the pages that are there again, and begins no new list", async () => {
  useSession.setState({ user: { id: "u1" } as Me, status: "signed_in" });
  let asked = 0;
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user: { id: "u1" } });
    asked += 1;
    const cursor = new URL(request.url).searchParams.get("cursor");
    return Response.json({ items: [{ ticket_id: cursor ?? "first" }], next_cursor: cursor === null ? "second" : null });
  });
  const queries = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={queries}>{children}</QueryClientProvider>;
  const bulk = { id: "b1", done: 1, unchanged: 0, refused: 0 } as TicketBulk;
  const { result, rerender } = renderHook(({ present }) => useBulkRows(present, ""), { wrapper, initialProps: { present: bulk } });
  await waitFor(() => expect(result.current.rows).toHaveLength(1));
  await act(() => result.current.query.fetchNextPage());
  await waitFor(() => expect(result.current.rows).toHaveLength(2));
  const before = asked;
  rerender({ present: { ...bulk, done: 2 } });
  await waitFor(() => expect(asked).toBe(before + 2));
  expect(result.current.rows.map(({ ticket_id }) => ticket_id)).toEqual(["first", "second"]);
  expect(queries.getQueryCache().getAll()).toHaveLength(1);
  // Live news of the change itself do not read them once more.
  await act(() => queries.invalidateQueries({ queryKey: ["ticket_bulk", bulk.id] }));
  expect(asked).toBe(before + 2);
});
