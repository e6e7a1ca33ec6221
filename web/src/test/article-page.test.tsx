import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { KnowledgeArticle, Me } from "@/api/types";
import { ArticlePage } from "@/features/knowledge/article-page";

const article = {
  id: "k1",
  version: 1,
  state: "draft",
  slug: "reset",
  section_id: "s1",
  visibility: "public",
  texts: [{ locale: "en", title: "Reset", summary: "How to.", body: "Press.", updated_at: "2026-01-01T00:00:00Z" }],
  images: [],
  helpful: 0,
  unhelpful: 0,
  solved: 0,
  checked_at: "2026-01-01T00:00:00Z",
  published_at: null,
} as unknown as KnowledgeArticle;
const revision = { id: "r1", at: "2026-01-01T00:00:00Z", locale: "en", title: "Earlier", summary: "How to.", by: null, removed: false };

let queries: QueryClient;
let sections: () => Response;
beforeEach(() => {
  const user = { id: "u1", permissions: ["knowledge.edit"] } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  sections = () => Response.json({ items: [{ id: "s1", parent_id: null, names: { fr: "Compte", en: "Account", ar: "الحساب" } }] });
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/sections")) return sections();
    if (pathname.endsWith("/revisions")) return Response.json({ items: [revision], next_cursor: null });
    if (pathname.includes("/revisions/")) return Response.json({ ...revision, html: "<p>Earlier</p>" });
    return Response.json(article);
  });
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={createMemoryRouter([{ path: "/desk/knowledge/:id", element: <ArticlePage /> }], { initialEntries: ["/desk/knowledge/k1"] })} />
    </QueryClientProvider>,
  );
});

it("is neither published nor restored over what is typed and not saved, and says why", async () => {
  const title = await screen.findByLabelText(/Title/);
  expect(screen.getByRole("button", { name: "Publish" })).toBeEnabled();
  await userEvent.type(title, " it");
  for (const name of ["Publish", "Archive"]) {
    expect(screen.getByRole("button", { name })).toBeDisabled();
    expect(screen.getByRole("button", { name })).toHaveAccessibleDescription("Save your changes first.");
  }
  await userEvent.click(await screen.findByRole("button", { name: "Look" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByRole("button", { name: "Restore" })).toBeDisabled();
  expect(dialog.getByText("Save your changes first.")).toBeVisible();
  await userEvent.click(dialog.getByRole("button", { name: "Cancel" }));
  await userEvent.type(screen.getByLabelText(/Title/), "{Backspace}{Backspace}{Backspace}");
  await waitFor(() => expect(screen.getByRole("button", { name: "Publish" })).toBeEnabled());
});

it("keeps where it stands on screen when the sections cannot be read again", async () => {
  await screen.findByRole("option", { name: "Account" });
  sections = () => Response.json({ code: "internal" }, { status: 500 });
  await queries.invalidateQueries({ queryKey: ["knowledge", "sections"] });
  await waitFor(() => expect(queries.getQueryState(["knowledge", "sections"])?.status).toBe("error"));
  expect(screen.getByLabelText(/Section/)).toHaveValue("s1");
  expect(screen.getByLabelText(/Address/)).toHaveValue("reset");
});
