import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { expect, it, vi } from "vitest";
import { Documents } from "@/features/customers/components/documents";
import { signedIn } from "./fixtures";

const document = (id: string, name: string, content_type: string) => ({ id, name, content_type, category: "identity", size: 20, shared: false, created_at: "2026-05-01T08:00:00Z", uploaded_by: null, version: 1 });

it("a document opens in place, and each look at it is read anew and so on record; what cannot be shown is only saved", async () => {
  const user = signedIn("customers.view");
  const read: string[] = [];
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    const path = new URL(request.url).pathname;
    if (path.endsWith("/documents")) return Response.json([document("d1", "words.txt", "text/plain"), document("d2", "letter.docx", "application/zip")]);
    read.push(path);
    return new Response("as it was written");
  });
  const router = createMemoryRouter([{ path: "/", element: <Documents id="c1" add={false} manage={false} /> }]);
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  const view = await screen.findByRole("button", { name: "View words.txt" });
  expect(screen.queryByRole("button", { name: "View letter.docx" })).toBeNull();
  expect(screen.getByRole("button", { name: "Download letter.docx" })).toBeVisible();
  for (const looks of [1, 2]) {
    await userEvent.click(view);
    expect(await screen.findByText("as it was written")).toBeVisible();
    expect(read).toEqual(Array.from({ length: looks }, () => "/api/v1/customers/c1/documents/d1"));
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  }
});
