import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { Me } from "@/api/types";
import { TemplatePage } from "@/features/templates/template-page";

const words = { subject: "New ticket", body: "Hello." };
const text = (locale: string) => ({ locale, words, default_words: words, version: 2, overridden: true, failure: null, failed_at: null, updated_at: null, by: null });
const detail = { key: "new_ticket", category: "tickets", channel: "mail", variables: [], texts: ["fr", "en", "ar"].map(text) };
const versions = [2, 1].map((version) => ({ version, words, note: "", restores: null, at: "2026-01-01T00:00:00Z", by: "Amel" }));

beforeEach(() => {
  const user = { id: "u1", permissions: [] } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/versions")) return Response.json({ items: versions, next_cursor: null });
    if (pathname.endsWith("/preview")) return Response.json({ subject: "New ticket", html: null, text: "Hello.", sms: null, flaws: [] });
    return Response.json(detail);
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RouterProvider router={createMemoryRouter([{ path: "/admin/templates/:key", element: <TemplatePage /> }], { initialEntries: ["/admin/templates/new_ticket?locale=en"] })} />
    </QueryClientProvider>,
  );
});

it("neither an earlier text nor the default one comes over what is typed and not saved", async () => {
  const page = within(await screen.findByRole("tabpanel", { name: /English/ }));
  await userEvent.type(page.getByRole("textbox", { name: /^Text/ }), " More.");
  for (const [open, confirm] of [
    [page.getByRole("button", { name: "Back to the default text" }), "Back to the default text"],
    [await page.findByRole("button", { name: "Compare version 1" }), "Use this version again"],
  ] as const) {
    await userEvent.click(open);
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText("Save your changes first.")).toBeVisible();
    expect(dialog.getByRole("button", { name: confirm })).toBeDisabled();
    await userEvent.click(dialog.getByRole("button", { name: "Cancel" }));
  }
});

it("each text is written in the direction of its language", async () => {
  await screen.findByRole("tabpanel", { name: /English/ });
  const directions = [...document.querySelectorAll("textarea")].map((field) => [field.lang, field.dir]);
  expect(directions).toEqual([["fr", "ltr"], ["en", "ltr"], ["ar", "rtl"]]);
});
