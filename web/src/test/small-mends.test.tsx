import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState, type ComponentType, type ReactElement } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { Me } from "@/api/types";
import { lazyDialog } from "@/components/lazy-dialog";
import { Toaster } from "@/components/ui/toast";
import { Suggestions } from "@/features/help/components/suggestions";
import { Vote } from "@/features/help/components/vote";
import { NotificationsPage } from "@/features/notifications/notifications-page";
import { navigation, OWN_PAGES } from "@/features/shell/navigation";
import { typeText } from "@/lib/type-text";

const person = (id: string, ...permissions: string[]) => ({ id, permissions, dashboards: ["corporate"] }) as unknown as Me;
let answer: (request: Request) => unknown;
beforeEach(() => {
  useSession.setState({ user: person("u1"), status: "signed_in" });
  vi.stubGlobal("fetch", async (request: Request | string) => (typeof request === "string" ? Response.json({ access_token: "a", expires_in: 600, user: person("u1") }) : Response.json(answer(request))));
});
const within = (element: ReactElement) => (
  <QueryClientProvider client={new QueryClient()}>
    <RouterProvider router={createMemoryRouter([{ path: "*", element }])} />
  </QueryClientProvider>
);

describe("notifications", () => {
  it("the focus goes on to the next line when the pressed one is gone", async () => {
    let items = ["One", "Two", "Three"].map((title, n) => ({ id: `n${n}`, title, topic: "assigned", path: "/", read_at: null, created_at: "2026-05-01T10:00:00Z" }));
    answer = (request) => {
      if (request.method === "PUT") items = items.filter(({ id }) => !request.url.includes(id));
      return { items, next_cursor: null };
    };
    render(within(<NotificationsPage />));
    await userEvent.click(await screen.findByRole("button", { name: "Mark as read: One" }));
    await waitFor(() => expect(screen.queryByText("One")).toBeNull());
    await waitFor(() => expect(screen.getByRole("button", { name: "Mark as read: Two" })).toHaveFocus());
  });
});

describe("articles that are offered", () => {
  it("go with the text that they were found for", async () => {
    answer = () => ({ items: [], 0: 0, length: 1 });
    vi.stubGlobal("fetch", async () => Response.json([{ slug: "a", title: "Reset", summary: "", locale: "en" }]));
    const client = new QueryClient();
    const shown = (subject: string) => (
      <QueryClientProvider client={client}>
        <Suggestions subject={subject} body="" onSolved={() => undefined} />
      </QueryClientProvider>
    );
    const { rerender } = render(shown("My server is down"));
    await screen.findByRole("button", { name: "Reset" });
    rerender(shown(""));
    await waitFor(() => expect(screen.queryByRole("button", { name: "Reset" })).toBeNull(), { timeout: 3000 });
  });
});

it("what one reader said of an article is not the next one's answer", async () => {
  answer = () => ({});
  const { unmount } = render(within(<Vote slug="reset" />));
  await userEvent.click(await screen.findByRole("button", { name: "Yes" }));
  await waitFor(() => expect(screen.getByRole("button", { name: "Yes" })).toHaveAttribute("aria-pressed", "true"));
  unmount();
  act(() => useSession.setState({ user: person("u2") }));
  render(within(<Vote slug="reset" />));
  expect(await screen.findByRole("button", { name: "Yes" })).toHaveAttribute("aria-pressed", "false");
});

it("nothing is typed into a field whose text is on its way", () => {
  render(<textarea readOnly defaultValue="Sent" />);
  const box = screen.getByRole<HTMLTextAreaElement>("textbox");
  typeText(box, "more");
  expect(box).toHaveValue("Sent");
});

it("a dialog whose code cannot be fetched says so, leaves the page, and comes at the next press", async () => {
  const Code: ComponentType<{ onClose: () => void }> = () => <p>Here</p>;
  const load = vi.fn().mockRejectedValueOnce(new TypeError("offline")).mockResolvedValue(Code);
  const Lazy = lazyDialog<{ onClose: () => void }>(load);
  function Page() {
    const [open, setOpen] = useState(false);
    return (
      <>
        <Toaster />
        <button onClick={() => setOpen(true)}>Open</button>
        {open && <Lazy onClose={() => setOpen(false)} />}
      </>
    );
  }
  render(<Page />);
  await userEvent.click(screen.getByRole("button", { name: "Open" }));
  await screen.findByRole("region");
  await waitFor(() => expect(load).toHaveBeenCalledTimes(1));
  await userEvent.click(screen.getByRole("button", { name: "Open" }));
  expect(await screen.findByText("Here")).toBeVisible();
});

it("a page that shows nothing without a second permission is offered to nobody who lacks it; one's own pages are the palette's too", () => {
  const offered = (...permissions: string[]) => navigation(person("u1", ...permissions)).map(({ to }) => to);
  expect(offered("groups.edit")).not.toContain("/desk/notification-groups");
  expect(offered("groups.edit", "tickets.view")).toContain("/desk/notification-groups");
  expect(OWN_PAGES.map(({ to }) => to)).toEqual(["/notifications", "/account/notifications", "/account/security", "/account/activity", "/account/data"]);
});
