import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useRef, useState } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { bold, code, italic, lines, link, onEnter, type Edit, type Field } from "@/features/writing/markdown";
import { onKeyDown, WritingTools } from "@/features/writing/tools";
import { signedIn } from "./fixtures";

/** A text whose selection stands between bars; one bar is a caret. */
function field(marked: string): Field {
  const from = marked.indexOf("|");
  const text = marked.replaceAll("|", "");
  const last = marked.lastIndexOf("|");
  return { text, from, to: last === from ? from : last - 1 };
}

function after({ text }: Field, { from, to, put, select: [begin, end] }: Edit): string {
  const made = text.slice(0, from) + put + text.slice(to);
  return begin === end ? `${made.slice(0, begin)}|${made.slice(begin)}` : `${made.slice(0, begin)}|${made.slice(begin, end)}|${made.slice(end)}`;
}

const done = (marked: string, act: (field: Field) => Edit) => after(field(marked), act(field(marked)));

describe("the tools", () => {
  it("put signs around words, right beside them, and take them away again", () => {
    expect(done("a |word| b", bold)).toBe("a **|word|** b");
    expect(done("a | word |b", bold)).toBe("a  **|word|** b");
    expect(done("a **|word|** b", bold)).toBe("a |word| b");
    expect(done("a |**word**| b", bold)).toBe("a |word| b");
    expect(done("|", bold)).toBe("**|**");
    expect(done("a |word|", italic)).toBe("a _|word|_");
    expect(done("un|believ|able", italic)).toBe("un*|believ|*able");
    expect(done("كلمة |مهمة|", bold)).toBe("كلمة **|مهمة|**");
    expect(done("|- one\n- two\n\nthree|", bold)).toBe("|- **one**\n- **two**\n\n**three**|");
  });

  it("make links of words and of addresses", () => {
    expect(done("see |this|", link)).toBe("see [this](|https://|)");
    expect(done("see |https://a.example/x|", link)).toBe("see [|](https://a.example/x)");
    expect(done("see |", link)).toBe("see [|](https://)");
  });

  it("show what machines say as code", () => {
    expect(done("run |ls|", code)).toBe("run `|ls|`");
    expect(done("x\n|one\ntwo|\ny", code)).toBe("x\n```\n|one\ntwo|\n```\ny");
    expect(done("|a\n```\nb|", code)).toBe("````\n|a\n```\nb|\n````");
    expect(done("|one\ntwo\n|three", code)).toBe("```\n|one\ntwo|\n```\nthree");
  });

  it("make lines lists and quotes, and lines again", () => {
    const bullets = (at: Field) => lines(at, "bullets");
    const numbers = (at: Field) => lines(at, "numbers");
    const quote = (at: Field) => lines(at, "quote");
    expect(done("one\nt|wo", bullets)).toBe("one\n- t|wo");
    expect(done("|one\ntwo|", bullets)).toBe("|- one\n- two|");
    expect(done("|- one\n- two|", bullets)).toBe("|one\ntwo|");
    expect(done("|- one\n\n- two|", numbers)).toBe("|1. one\n\n2. two|");
    expect(done("|1. one\n2. two|", numbers)).toBe("|one\ntwo|");
    expect(done("|one\n|two", bullets)).toBe("|- one|\n\ntwo");
    expect(done("|one\n\ntwo|", quote)).toBe("|> one\n>\n> two|");
    expect(done("|> one\n>\n> two|", quote)).toBe("|one\n\ntwo|");
    expect(done("|", bullets)).toBe("- |");
    expect(done("|", quote)).toBe("> |");
    expect(done("\n|", bullets)).toBe("\n- |");
  });

  it("go on with a list at Enter, and end it with an empty item", () => {
    const enter = (marked: string) => {
      const edit = onEnter(field(marked));
      return edit && after(field(marked), edit);
    };
    expect(enter("- one|")).toBe("- one\n- |");
    expect(enter("9. one|")).toBe("9. one\n10. |");
    expect(enter("  * o|ne")).toBe("  * o\n  * |ne");
    expect(enter("> said|")).toBe("> said\n> |");
    expect(enter("> 1) one|")).toBe("> 1) one\n> 2) |");
    expect(enter("- one\n- |")).toBe("- one\n\n|");
    expect(enter("> - |")).toBe(">\n> |");
    expect(enter("> said\n> |")).toBe("> said\n\n|");
    for (const plain of ["one|", "-one|", "|- one", "**bold**|", "---|", "- |one|", "```\n- one|"]) expect(enter(plain)).toBeNull();
    expect(enter("```\nx\n```\n- one|")).toBe("```\nx\n```\n- one\n- |");
  });
});

const asked: { url: string; body: unknown }[] = [];
beforeEach(() => {
  const user = signedIn("tickets.reply");
  document.execCommand = typed;
  asked.length = 0;
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    asked.push({ url: request.url, body: await request.json() });
    return Response.json({ html: null, text: "as others see it" });
  });
});

/** What a browser does: the test's own does not tell React of what it puts into a field. */
function typed(_: string, __?: boolean, text = "") {
  const box = document.activeElement as HTMLTextAreaElement;
  const { value, selectionStart: from, selectionEnd: to } = box;
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")!.set!.call(box, value.slice(0, from) + text + value.slice(to));
  box.setSelectionRange(from + text.length, from + text.length);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
function Writing() {
  const [text, setText] = useState("");
  const [looking, setLooking] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  return (
    <QueryClientProvider client={client}>
      <WritingTools box={box} id="box" text={text} looking={looking} onLook={setLooking} disabled={false} />
      <textarea ref={box} id="box" aria-label="Reply" value={text} onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown} />
    </QueryClientProvider>
  );
}

it("what is written is formatted by buttons and keys, and looked at", async () => {
  render(<Writing />);
  const box = screen.getByRole<HTMLTextAreaElement>("textbox");
  await userEvent.type(box, "well done");
  box.setSelectionRange(5, 9);
  await userEvent.click(screen.getByRole("button", { name: "Bold" }));
  expect(box).toHaveValue("well **done**");
  expect(box).toHaveFocus();
  expect([box.selectionStart, box.selectionEnd]).toEqual([7, 11]);
  fireEvent.keyDown(box, { key: "b", code: "KeyB", ctrlKey: true });
  expect(box).toHaveValue("well done");
  // Another script on the keyboard.
  box.setSelectionRange(0, 4);
  fireEvent.keyDown(box, { key: "ه", code: "KeyI", metaKey: true });
  expect(box).toHaveValue("_well_ done");

  await userEvent.click(screen.getByRole("tab", { name: "Preview" }));
  expect(await screen.findByText("as others see it")).toBeVisible();
  expect(asked).toEqual([{ url: expect.stringContaining("/api/v1/messages/preview"), body: { body: "_well_ done" } }]);
  expect(screen.queryByRole("toolbar")).toBeNull();
  screen.getByRole("tab", { name: "Preview" }).focus();
  await userEvent.keyboard("{ArrowLeft}");
  expect(screen.getByRole("tab", { name: "Write" })).toHaveFocus();
  expect(screen.getByRole("toolbar", { name: "Formatting" })).toBeVisible();
});

it("whom a note mentions stands out in its preview as in what is sent", async () => {
  vi.stubGlobal("fetch", async () => Response.json({ html: null, text: "@Ana Maria and @Ben, not @Carl" }));
  const people = [
    { id: "u1", name: "Ana Maria" },
    { id: "u2", name: "Ben" },
  ];
  const { container } = render(
    <QueryClientProvider client={new QueryClient()}>
      <WritingTools box={{ current: null }} id="box" text="any" looking onLook={() => undefined} disabled={false} people={people} me="u2" />
    </QueryClientProvider>,
  );
  expect(await screen.findByText("@Ana Maria")).toBeVisible();
  const marks = [...container.querySelectorAll<HTMLElement>("mark")];
  expect(marks.map((mark) => [mark.dataset.mention, mark.textContent])).toEqual([
    ["u1", "@Ana Maria"],
    ["u2", "@Ben"],
  ]);
  expect(marks[0]!.className).not.toBe(marks[1]!.className);
});

it("the key of links leaves the palette its own where nothing is selected", async () => {
  render(<Writing />);
  const box = screen.getByRole<HTMLTextAreaElement>("textbox");
  const heard = vi.fn();
  document.addEventListener("keydown", heard);
  await userEvent.type(box, "here");
  heard.mockClear();
  fireEvent.keyDown(box, { key: "k", code: "KeyK", ctrlKey: true });
  expect(box).toHaveValue("here");
  expect(heard).toHaveBeenCalledTimes(1);
  box.setSelectionRange(0, 4);
  fireEvent.keyDown(box, { key: "k", code: "KeyK", ctrlKey: true });
  expect(box).toHaveValue("[here](https://)");
  expect(heard).toHaveBeenCalledTimes(1);
  document.removeEventListener("keydown", heard);
  await waitFor(() => expect([box.selectionStart, box.selectionEnd]).toEqual([7, 15]));
});
