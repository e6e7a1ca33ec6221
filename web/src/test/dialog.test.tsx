import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { Dialog } from "@/components/ui/dialog";
import { toast, Toaster } from "@/components/ui/toast";

function Asking({ modal }: { modal?: "must-answer" }) {
  const [open, setOpen] = useState(true);
  const [inner, setInner] = useState(false);
  return (
    <>
      <Toaster />
      <Dialog open={open} onOpenChange={setOpen} modal={modal} title="Outer">
        <button onClick={() => setInner(true)}>More</button>
        <Dialog open={inner} onOpenChange={setInner} title="Inner">
          <input aria-label="Name" />
        </Dialog>
      </Dialog>
    </>
  );
}

const news = async () => {
  act(() => toast({ tone: "success", title: "News" }));
  await screen.findByText("News");
};

it("one Escape closes a dialog though a message has come meanwhile", async () => {
  render(<Asking />);
  await news();
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBeNull();
});

it("it closes the inner one of two only", async () => {
  render(<Asking />);
  await userEvent.click(screen.getByRole("button", { name: "More" }));
  await news();
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("dialog", { name: "Inner" })).toBeNull();
  expect(screen.getByRole("dialog", { name: "Outer" })).toBeVisible();
});

it("a dialog that wants an answer stays", async () => {
  render(<Asking modal="must-answer" />);
  await news();
  await userEvent.keyboard("{Escape}");
  expect(screen.getByRole("dialog", { name: "Outer" })).toBeVisible();
});

it("a dialog in a form does not send the form", () => {
  const outer = vi.fn((event: React.FormEvent) => event.preventDefault());
  const inner = vi.fn((event: React.FormEvent) => event.preventDefault());
  render(
    <form onSubmit={outer}>
      <Dialog open title="Sure?">
        <form aria-label="inner" onSubmit={inner} />
      </Dialog>
    </form>,
  );
  fireEvent.submit(screen.getByRole("form", { name: "inner" }));
  expect(inner).toHaveBeenCalledTimes(1);
  expect(outer).not.toHaveBeenCalled();
});

it("the page has the focus when what a dialog was opened from has gone with what it did", async () => {
  function Removing() {
    const [there, setThere] = useState(true);
    const [open, setOpen] = useState(false);
    return (
      <main id="content" tabIndex={-1}>
        {there && <button onClick={() => setOpen(true)}>Delete</button>}
        <Dialog open={open} onOpenChange={setOpen} title="Sure?">
          <button
            onClick={() => {
              setThere(false);
              setOpen(false);
            }}
          >
            Yes
          </button>
        </Dialog>
      </main>
    );
  }
  render(<Removing />);
  await userEvent.click(screen.getByRole("button", { name: "Delete" }));
  await userEvent.click(screen.getByRole("button", { name: "Yes" }));
  await waitFor(() => expect(screen.getByRole("main")).toHaveFocus());
});
