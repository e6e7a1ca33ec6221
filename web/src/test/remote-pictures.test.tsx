import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { useSession } from "@/api/session";
import type { Me, MessagePictures, TimelineMessage } from "@/api/types";
import { RemotePictures } from "@/features/tickets/components/remote-pictures";

const message = (pictures: MessagePictures | null) => ({ id: "m1", pictures }) as unknown as TimelineMessage;

function shown(pictures: MessagePictures | null, blocked: number, pixels: number) {
  return (
    <QueryClientProvider client={queries}>
      <RemotePictures message={message(pictures)} blocked={blocked} pixels={pixels} />
    </QueryClientProvider>
  );
}

const queries = new QueryClient();

it("pictures are asked for once, with nothing but the message, and the word of them gets the focus when they are here", async () => {
  const user = { id: "u1", permissions: ["tickets.view"] } as unknown as Me;
  useSession.setState({ user, status: "signed_in" });
  const asked: string[] = [];
  const bodies: string[] = [];
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    if (request.method === "POST") bodies.push(await request.text());
    return Response.json({ state: "queued", items: [] }, { status: request.method === "POST" ? 202 : 200 });
  });
  const { rerender } = render(shown(null, 2, 1));
  expect(screen.getByText(/2 remote images were not loaded/)).toBeVisible();
  expect(screen.getByText("1 tracking picture was left out.")).toBeVisible();
  expect(asked).toEqual([]);

  const button = screen.getByRole("button", { name: "Show pictures" });
  await userEvent.click(button);
  await screen.findByText(/They are being fetched/);
  await userEvent.click(button);
  await waitFor(() => expect(asked).toContain("GET /api/v1/messages/m1/pictures"));
  expect(asked.filter((one) => one.startsWith("POST"))).toEqual(["POST /api/v1/messages/m1/pictures"]);
  expect(bodies).toEqual([""]);

  rerender(shown({ state: "done", items: [{ position: 0, url: "https://t.example/a.png", state: "fetched", reason: null }] }, 0, 1));
  expect(screen.queryByRole("button")).toBeNull();
  const said = screen.getByText(/fetched once by our server/);
  expect(document.activeElement?.contains(said)).toBe(true);
});

it("what a message names beyond the most is said, and is not asked for again", () => {
  render(shown({ state: "done", items: [] }, 3, 0));
  expect(screen.getByText(/got none of the pictures/)).toBeVisible();
  expect(screen.getByText(/3 more were left out/)).toBeVisible();
  expect(screen.queryByRole("button")).toBeNull();
});
