import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { useShortcuts, type Shortcuts } from "@/lib/use-shortcuts";
import { useUi } from "@/stores/ui";

function Probe({ keys }: { keys: Shortcuts }) {
  useShortcuts(keys);
  return <input aria-label="field" />;
}

it("runs single keys and sequences, and a sequence never runs its last key alone", async () => {
  const t = vi.fn();
  const go = vi.fn();
  render(<Probe keys={{ t, "g t": go }} />);
  await userEvent.keyboard("t");
  expect(t).toHaveBeenCalledTimes(1);
  await userEvent.keyboard("gt");
  expect(go).toHaveBeenCalledTimes(1);
  expect(t).toHaveBeenCalledTimes(1);
});

it("gives the last key of a sequence to the sequence, whichever part of the page knows it and whichever came first", async () => {
  const t = vi.fn();
  const go = vi.fn();
  const page = <Probe key="page" keys={{ t }} />;
  const shell = <Probe key="shell" keys={{ "g t": go }} />;
  for (const parts of [
    [page, shell],
    [shell, page],
  ]) {
    const { unmount } = render(<>{parts}</>);
    await userEvent.keyboard("gt");
    unmount();
  }
  expect(go).toHaveBeenCalledTimes(2);
  expect(t).not.toHaveBeenCalled();
  await userEvent.keyboard("t");
  expect(t, "nothing is bound any more").not.toHaveBeenCalled();
});

it("is off while somebody types, with a modifier, and under a dialog", async () => {
  const j = vi.fn();
  const { rerender } = render(<Probe keys={{ j }} />);
  await userEvent.type(screen.getByLabelText("field"), "jjj");
  (document.activeElement as HTMLElement).blur();
  await userEvent.keyboard("{Control>}j{/Control}");
  rerender(
    <>
      <Probe keys={{ j }} />
      <div role="dialog" />
    </>,
  );
  await userEvent.keyboard("j");
  expect(j).not.toHaveBeenCalled();
});

it("leaves keys to the palette from when it is asked for, also while it is still being fetched", async () => {
  const e = vi.fn();
  render(<Probe keys={{ e }} />);
  useUi.setState({ paletteOpen: true });
  await userEvent.keyboard("e");
  expect(e).not.toHaveBeenCalled();
  useUi.setState({ paletteOpen: false });
  await userEvent.keyboard("e");
  expect(e).toHaveBeenCalledTimes(1);
});
