import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Attachment } from "@/api/types";
import { AttachmentList } from "@/components/files/attachment-list";
import { MOST_BYTES, MOST_TEXT, previewOf, textOf, turn } from "@/features/previews/preview";
import { changeLocale } from "@/i18n";
import { signedIn } from "./fixtures";

const file = (name: string, content_type: string, more: Partial<Attachment> = {}): Attachment => ({ id: name, name, content_type, size: 20, sha256: "", inline: false, state: "clean", reason: null, ...more });

describe("how a file is shown", () => {
  const kind = (name: string, type: string) => previewOf(file(name, type)).kind ?? null;

  it("goes by its content, and by its name only where the content says nothing", () => {
    expect(kind("a", "image/png")).toBe("image");
    expect(kind("a.png", "application/pdf")).toBe("pdf");
    expect(kind("a", "text/plain; charset=utf-8")).toBe("text");
    expect(kind("liste.CSV", "application/octet-stream")).toBe("text");
    expect(kind("a.csv", "application/zip")).toBeNull();
    expect(kind("a.bin", "application/octet-stream")).toBeNull();
  });

  it("is never what a page or a drawing is", () => {
    for (const type of ["text/html", "text/xml", "image/svg+xml", "application/xhtml+xml", "TEXT/HTML; charset=utf-8"]) expect(previewOf(file("a.txt", type)).why).toBe("noKind");
  });

  it("says why it is not", () => {
    const why = (more: Partial<Attachment>) => previewOf(file("a.png", "image/png", more));
    expect(why({ state: "checking" })).toEqual({ why: "checking" });
    expect(why({ state: "refused", reason: "infected: Eicar-Test" })).toEqual({ why: "infected", found: "Eicar-Test" });
    expect(why({ state: "refused", reason: "not checked" })).toEqual({ why: "unchecked" });
    expect(why({ state: "refused", reason: "Extension" })).toEqual({ why: "blocked" });
    expect(why({ size: MOST_BYTES.image + 1 })).toEqual({ why: "tooLarge" });
    expect(why({ size: MOST_BYTES.image })).toEqual({ kind: "image" });
    expect(why({ size: 0 })).toEqual({ why: "empty" });
    // Of a text only the beginning is fetched.
    expect(previewOf(file("a.log", "text/plain", { size: 10 ** 9 }))).toEqual({ kind: "text" });
  });

  it("reads UTF-8, replaces what is none, and leaves out a letter that was cut through", () => {
    const bytes = new TextEncoder().encode("أب");
    expect(textOf(bytes, false)).toBe("أب");
    expect(textOf(bytes.subarray(0, 3), true)).toBe("أ");
    expect(textOf(bytes.subarray(0, 3), false)).toBe("أ\ufffd");
    expect(textOf(new Uint8Array([0x63, 0xe9]), false)).toBe("c\ufffd");
  });

  it("turns in the direction of reading", () => {
    expect(turn("ArrowRight", 0, 3, "ltr")).toBe(1);
    expect(turn("ArrowLeft", 0, 3, "ltr")).toBe(2);
    expect(turn("ArrowRight", 0, 3, "rtl")).toBe(2);
    expect(turn("ArrowLeft", 2, 3, "rtl")).toBe(0);
    expect(turn("ArrowDown", 0, 3, "ltr")).toBeNull();
  });
});

describe("the files of a message", () => {
  let asked: string[];
  let content: string;

  beforeEach(() => {
    const user = signedIn("tickets.view");
    asked = [];
    content = "line 1\nline 2";
    vi.stubGlobal("fetch", async (request: Request | string) => {
      if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
      asked.push(new URL(request.url).pathname);
      return new Response(content);
    });
  });

  const open = (...files: Attachment[]) =>
    render(
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <AttachmentList attachments={files} />
      </QueryClientProvider>,
    );
  const dialog = () => screen.findByRole("dialog");

  it("open by Enter, a text as plain text whatever is in it", async () => {
    content = "<b>bold</b>";
    open(file("notes.txt", "text/plain"));
    screen.getByRole("button", { name: /^notes\.txt/ }).focus();
    await userEvent.keyboard("{Enter}");
    expect(await within(await dialog()).findByText("<b>bold</b>")).toHaveAttribute("dir", "auto");
    expect(asked).toEqual(["/api/v1/attachments/notes.txt"]);
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(screen.getByRole("button", { name: /^notes\.txt/ })).toHaveFocus();
  });

  it("say beside each what is known of it, where that is wanted", async () => {
    render(
      <QueryClientProvider client={new QueryClient()}>
        <AttachmentList attachments={[file("notes.txt", "text/plain")]} facts={({ content_type }) => <i>{content_type}</i>} />
      </QueryClientProvider>,
    );
    expect(screen.getByRole("listitem")).toHaveTextContent("text/plain");
    await userEvent.click(screen.getByRole("button", { name: /^notes\.txt/ }));
    expect(await within(await dialog()).findByText(/line 1/)).toBeVisible();
  });

  it("say where a long text was cut", async () => {
    content = "x".repeat(MOST_TEXT + 10);
    open(file("long.log", "text/plain", { size: MOST_TEXT + 10 }));
    await userEvent.click(screen.getByRole("button", { name: /^long\.log/ }));
    expect(await screen.findByText(/^Only the first .* are shown/)).toBeVisible();
    expect((await screen.findByRole("group", { name: "Content of long.log" })).textContent).toHaveLength(MOST_TEXT);
  });

  it("a text that just fits is whole", async () => {
    content = "x".repeat(MOST_TEXT);
    open(file("fits.log", "text/plain", { size: MOST_TEXT }));
    await userEvent.click(screen.getByRole("button", { name: /^fits\.log/ }));
    expect((await screen.findByRole("group", { name: "Content of fits.log" })).textContent).toHaveLength(MOST_TEXT);
    expect(screen.queryByText(/^Only the first/)).toBeNull();
  });

  it("are walked through by the arrow keys, backwards where one reads from the right", async () => {
    open(file("a.txt", "text/plain"), file("b.zip", "application/zip"), file("c.txt", "text/plain", { state: "refused", reason: "infected: Eicar" }));
    await userEvent.click(screen.getByRole("button", { name: /^a\.txt/ }));
    await within(await dialog()).findByText(/line 1/);
    await userEvent.keyboard("{ArrowRight}");
    expect(await screen.findByRole("dialog", { name: "b.zip" })).toHaveTextContent("This kind of file cannot be shown here");
    expect(screen.getByText("File 2 of 3")).toBeVisible();
    await userEvent.keyboard("{ArrowRight}");
    const infected = await screen.findByRole("dialog", { name: "c.txt" });
    expect(infected).toHaveTextContent("“Eicar”");
    expect(within(infected).queryByRole("button", { name: /^Download/ })).toBeNull();
    await userEvent.keyboard("{ArrowRight}");
    await screen.findByRole("dialog", { name: "a.txt" });
    await changeLocale("ar");
    await userEvent.keyboard("{ArrowRight}");
    await screen.findByRole("dialog", { name: "c.txt" });
    await changeLocale("en");
    // What is shown once is fetched once, and nothing else is.
    expect(new Set(asked)).toEqual(new Set(["/api/v1/attachments/a.txt"]));
  });

  it("one that is being checked opens by itself once it was", async () => {
    const checking = file("a.txt", "text/plain", { state: "checking" });
    const queries = new QueryClient();
    const list = (one: Attachment) => (
      <QueryClientProvider client={queries}>
        <AttachmentList attachments={[one]} />
      </QueryClientProvider>
    );
    const { rerender } = render(list(checking));
    await userEvent.click(screen.getByRole("button", { name: /^a\.txt/ }));
    expect(await dialog()).toHaveTextContent("still being checked for viruses");
    expect(asked).toEqual([]);
    rerender(list({ ...checking, state: "clean" }));
    await within(await dialog()).findByText(/line 1/);
  });
});
