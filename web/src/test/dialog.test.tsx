import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it } from "vitest";
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
