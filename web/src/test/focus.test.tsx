import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useRef } from "react";
import { expect, it, vi } from "vitest";
import { Button } from "@/components/ui/button";
import { useFocusAfter } from "@/lib/use-focus-after";

interface Row {
  id: string;
  read: boolean;
}

const row = (id: string, read = false): Row => ({ id, read });
const [A, B, C] = [row("a"), row("b"), row("c")] as const;

function List({ rows }: { rows: readonly Row[] }) {
  const list = useRef<HTMLUListElement>(null);
  const pressed = useFocusAfter(rows, list);
  return (
    <>
      <button onClick={() => pressed(null)}>All</button>
      <button>Elsewhere</button>
      <ul ref={list} tabIndex={-1} aria-label="List">
        {rows.map((each) => (
          <li key={each.id} data-id={each.id}>
            <button onClick={() => pressed(each)}>{each.id}</button>
          </li>
        ))}
      </ul>
    </>
  );
}

const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));
const has = (name: string) => expect(screen.getByRole("button", { name })).toHaveFocus();

it("goes to the next row when what is pressed goes, to the one before at the end, and to the list when none is left", async () => {
  const { rerender } = render(<List rows={[A, B, C]} />);
  await press("b");
  rerender(<List rows={[A, C]} />);
  has("c");
  await press("c");
  rerender(<List rows={[A]} />);
  has("a");
  await press("a");
  rerender(<List rows={[]} />);
  expect(screen.getByRole("list", { name: "List" })).toHaveFocus();
});

it("waits while nothing has come of it yet", async () => {
  const { rerender } = render(<List rows={[A, B, C]} />);
  await press("b");
  rerender(<List rows={[A, B, C]} />);
  has("b");
  rerender(<List rows={[A, C]} />);
  has("c");
});

it("takes nobody back later: neither when the row stayed, nor when somebody has gone on", async () => {
  const { rerender } = render(<List rows={[A, B, C]} />);
  const nowhere = (rows: Row[]) => {
    (document.activeElement as HTMLElement).blur();
    rerender(<List rows={rows} />);
    expect(document.body).toHaveFocus();
  };
  await press("b");
  rerender(<List rows={[A, row("b", true), C]} />);
  has("b");
  nowhere([A, C]);

  await press("a");
  await press("Elsewhere");
  rerender(<List rows={[A, C]} />);
  rerender(<List rows={[C]} />);
  has("Elsewhere");
  nowhere([]);
});

it("a busy button keeps the focus, and neither does what it does nor sends its form", async () => {
  const sent = vi.fn((event: React.FormEvent) => event.preventDefault());
  const done = vi.fn();
  const form = (busy: boolean) => (
    <form onSubmit={sent}>
      <Button type="submit" busy={busy} onClick={done}>
        Save
      </Button>
    </form>
  );
  const { rerender } = render(form(false));
  await press("Save");
  expect(sent).toHaveBeenCalledTimes(1);
  rerender(form(true));
  has("Save");
  await press("Save");
  await userEvent.keyboard("{Enter}");
  expect(sent).toHaveBeenCalledTimes(1);
  expect(done).toHaveBeenCalledTimes(1);
  expect(screen.getByRole("button", { name: "Save" })).toHaveAttribute("aria-disabled", "true");
});
