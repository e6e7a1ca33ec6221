import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { CalendarDialog } from "@/features/tickets/components/calendar-dialog";
import { signedIn } from "./fixtures";

const URL_OF = "https://cm.test/api/v1/calendar.ics?token=secret";
let feed: { created_at: string; read_at: string | null } | null;
let asked: string[];

beforeEach(() => {
  const user = signedIn("tickets.view");
  feed = null;
  asked = [];
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    asked.push(request.method);
    if (request.method === "DELETE") {
      feed = null;
      return new Response(null, { status: 204 });
    }
    if (request.method === "PUT") {
      feed = { created_at: "2026-05-01T10:00:00Z", read_at: null };
      return Response.json({ feed, url: URL_OF });
    }
    return Response.json({ feed });
  });
});

const open = () =>
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <CalendarDialog onClose={() => undefined} />
    </QueryClientProvider>,
  );

it("an address is made, shown this once, and taken back", async () => {
  const first = open();
  await userEvent.click(await screen.findByRole("button", { name: "Make an address" }));
  expect(await screen.findByLabelText("Address")).toHaveValue(URL_OF);
  expect(screen.getByText("never")).toBeVisible();
  first.unmount();

  open();
  await screen.findByRole("button", { name: "Make another address" });
  expect(screen.queryByLabelText("Address")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Take it back" }));
  await screen.findByRole("button", { name: "Make an address" });
  await waitFor(() => expect(asked).toEqual(["GET", "PUT", "GET", "GET", "DELETE", "GET"]));
});
