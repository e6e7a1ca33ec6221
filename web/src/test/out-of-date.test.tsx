import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { ApiError } from "@/api/problem";
import { OfflineBanner } from "@/features/shell/components/offline-banner";
import { useLive } from "@/live/hub";
import { retryEvery } from "@/live/out-of-date";

const refused = (status: number) => new ApiError({ status, code: "x", title: "x" });

it("what could not be read again is marked until it could", async () => {
  useLive.setState({ connected: true });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  let working = true;
  function Part() {
    const { data } = useQuery({ queryKey: ["part"], queryFn: () => (working ? Promise.resolve("there") : Promise.reject(refused(503))) });
    return <p>{data}</p>;
  }
  render(
    <QueryClientProvider client={queries}>
      <OfflineBanner />
      <Part />
    </QueryClientProvider>,
  );
  await screen.findByText("there");
  expect(screen.queryByText(/could not be read again/)).toBeNull();
  working = false;
  void queries.invalidateQueries();
  await screen.findByText(/could not be read again/);
  expect(screen.getByText("there")).toBeVisible();
  working = true;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByText(/could not be read again/)).toBeNull());
});

it("is read again by itself, unless it is gone or no longer allowed", () => {
  const state = (status: number, data?: unknown) => ({ state: { status: "error", error: refused(status), data } }) as never;
  expect(retryEvery(state(503, "old"))).toBe(15_000);
  expect(retryEvery(state(404, "old"))).toBe(false);
  expect(retryEvery(state(503)), "a page that shows the error has a button for it").toBe(false);
});

it("choices that a fault kept away are asked for again, since a field has no button for that", () => {
  const choices = (status: number) => ({ meta: { aside: true }, state: { status: "error", error: refused(status), data: undefined } }) as never;
  expect(retryEvery(choices(503))).toBe(15_000);
  expect(retryEvery(choices(403)), "what is not allowed stays so").toBe(false);
});
