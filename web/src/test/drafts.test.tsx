import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useForm } from "react-hook-form";
import { createMemoryRouter, Link, RouterProvider } from "react-router";
import { beforeEach, describe, expect, it } from "vitest";
import { useSession } from "@/api/session";
import type { Me } from "@/api/types";
import { LeaveDialog } from "@/features/shell/components/leave-dialog";
import { draftOf, NO_DRAFT, reconcile, type MessageDraft } from "@/features/tickets/data/drafts";
import { readDraft, useDraftNames, writeDraft } from "@/lib/drafts";
import { useDraft } from "@/lib/use-draft";
import { draftedValues, useFormDraft } from "@/lib/use-form-draft";
import { letGo, useLeaveGuard } from "@/lib/use-leave-guard";

const person = (id: string) => useSession.setState({ user: { id } as Me });
beforeEach(() => {
  localStorage.clear();
  person("ana");
});

const isEmpty = (text: string) => text === "";

function Writer({ name }: { name: string }) {
  const [text, setText, clear] = useDraft<string>(name, "", isEmpty);
  return (
    <>
      <input aria-label="text" value={text} onChange={(event) => setText(event.target.value)} />
      <button type="button" onClick={clear}>
        sent
      </button>
    </>
  );
}

describe("a draft", () => {
  it("is there again after the page was left, until it is sent", async () => {
    const { unmount } = render(<Writer name="t1.reply" />);
    await userEvent.type(screen.getByLabelText("text"), "half a thought");
    unmount();
    render(<Writer name="t1.reply" />);
    expect(screen.getByLabelText("text")).toHaveValue("half a thought");
    await userEvent.click(screen.getByRole("button", { name: "sent" }));
    expect(readDraft("t1.reply")).toBeNull();
  });

  it("is never shown to the next person at the same computer", async () => {
    writeDraft("t1.reply", "Ana's words");
    person("karim");
    render(<Writer name="t1.reply" />);
    expect(screen.getByLabelText("text")).toHaveValue("");
    person("ana");
    expect(readDraft("t1.reply")).toBe("Ana's words");
  });

  it("marks its ticket in lists as soon as it exists", () => {
    function Names() {
      return <p>{[...useDraftNames()].join(",")}</p>;
    }
    render(<Names />);
    act(() => writeDraft("t7.note", "x"));
    expect(screen.getByText("t7")).toBeInTheDocument();
    act(() => writeDraft("t7.note", null));
    expect(screen.queryByText("t7")).toBeNull();
  });
});

const EMPTY = { subject: "", body: "" };

function Form() {
  const form = useForm({ defaultValues: draftedValues("new", EMPTY) });
  const { restored, forget } = useFormDraft(form, "new", EMPTY);
  return (
    <>
      <input aria-label="subject" {...form.register("subject")} />
      {restored && (
        <button type="button" onClick={() => forget()}>
          discard
        </button>
      )}
    </>
  );
}

it("a form begins with what was not sent, and can be begun afresh", async () => {
  const { unmount } = render(<Form />);
  await userEvent.type(screen.getByLabelText("subject"), "Panne");
  unmount();
  render(<Form />);
  expect(screen.getByLabelText("subject")).toHaveValue("Panne");
  await userEvent.click(screen.getByRole("button", { name: "discard" }));
  expect(screen.getByLabelText("subject")).toHaveValue("");
  expect(readDraft("new")).toBeNull();
});

describe("unsaved work", () => {
  function Guarded({ dirty }: { dirty: boolean }) {
    useLeaveGuard(dirty);
    return (
      <>
        <Link to="/other">away</Link>
        <Link to="/other" onClick={letGo}>
          saved
        </Link>
        <LeaveDialog />
      </>
    );
  }
  function open(dirty: boolean) {
    const router = createMemoryRouter([
      { path: "/", element: <Guarded dirty={dirty} /> },
      { path: "/other", element: <p>the other page</p> },
    ]);
    render(<RouterProvider router={router} />);
  }

  it("is asked about before the page is left, with the safe answer first", async () => {
    open(true);
    await userEvent.click(screen.getByRole("link", { name: "away" }));
    expect(await screen.findByRole("dialog", { name: "Leave without saving?" })).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Stay" })).toHaveFocus();
    await userEvent.click(screen.getByRole("button", { name: "Stay" }));
    expect(screen.queryByText("the other page")).toBeNull();
    await userEvent.click(screen.getByRole("link", { name: "away" }));
    await userEvent.click(await screen.findByRole("button", { name: "Leave" }));
    expect(await screen.findByText("the other page")).toBeInTheDocument();
  });

  it("is not asked about when there is none, or when it has just been saved", async () => {
    open(false);
    await userEvent.click(screen.getByRole("link", { name: "away" }));
    expect(await screen.findByText("the other page")).toBeInTheDocument();
  });

  it("is let go of by saving", async () => {
    open(true);
    await userEvent.click(screen.getByRole("link", { name: "saved" }));
    expect(await screen.findByText("the other page")).toBeInTheDocument();
  });
});

describe("a draft of a message", () => {
  const here = (part: Partial<MessageDraft>): MessageDraft => ({ ...NO_DRAFT, ...part });
  const there = (body: string, version: number) => draftOf({ kind: "reply", body, version, attachments: [], canned: [], updated_at: "2026-01-01T00:00:00Z" });

  it("is the server's, unless something was written here that the server has not got", () => {
    const cases: [string, MessageDraft, MessageDraft, ReturnType<typeof reconcile>][] = [
      ["nothing anywhere", NO_DRAFT, draftOf(undefined), "keep"],
      ["begun on another device", NO_DRAFT, there("x", 1), "take"],
      ["gone on with on another device", here({ text: "a", version: 1, ahead: false }), there("ab", 2), "take"],
      ["sent from another device", here({ text: "a", version: 1, ahead: false }), draftOf(undefined), "take"],
      ["written on here", here({ text: "ab", version: 1, ahead: true }), there("a", 1), "keep"],
      ["written on in both places", here({ text: "ab", version: 1, ahead: true }), there("ac", 2), "ask"],
      ["written the same in both places", here({ text: "ab", version: 1, ahead: true }), there("ab", 2), "take"],
      ["emptied here", here({ text: " ", version: 1, ahead: true }), there("a", 1), "keep"],
      ["emptied here, gone on with on another device", here({ text: " ", version: 1, ahead: true }), there("ac", 2), "ask"],
      ["emptied here before the server had it", here({ text: "", ahead: true }), there("x", 2), "take"],
      ["emptied here, sent from another device", here({ text: "", version: 1, ahead: true }), draftOf(undefined), "take"],
      ["sent from another device and begun anew", here({ text: "a", version: 1, ahead: false }), there("b", 3), "take"],
      ["written on here, sent from another device and begun anew", here({ text: "ab", version: 1, ahead: true }), there("b", 3), "ask"],
      ["written here before drafts were on the server", here({ text: "old" }), there("new", 1), "ask"],
      ["written here, sent from another device", here({ text: "ab", version: 1, ahead: true }), draftOf(undefined), "ask"],
    ];
    for (const [what, mine, other, verdict] of cases) expect(reconcile(mine, other), what).toBe(verdict);
  });

  it("that the server has as well marks no ticket by its copy on this device", () => {
    function Names() {
      return <p>{[...useDraftNames()].join(",")}</p>;
    }
    writeDraft("t1.reply", here({ text: "a", version: 1, ahead: false }));
    writeDraft("t2.reply", here({ text: "a", version: 1, ahead: true }));
    render(<Names />);
    expect(screen.getByText("t2")).toBeInTheDocument();
  });
});
