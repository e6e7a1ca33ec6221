import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useEffect, useMemo } from "react";
import { createMemoryRouter, Link, Outlet, RouterProvider } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { TicketSummary } from "@/api/types";
import { DataTable } from "@/components/ui/data-table";
import { useDataTable } from "@/components/ui/use-data-table";
import { LeaveDialog } from "@/features/shell/components/leave-dialog";
import { useSplit, useSplitPlaces } from "@/features/tickets/data/use-split";
import { BESIDE, leaves, useLeaveGuard } from "@/lib/use-leave-guard";
import { useShortcuts } from "@/lib/use-shortcuts";
import { search, useUrlFilter, type UrlFilter } from "@/lib/url-filter";
import { useUi } from "@/stores/ui";

const SHAPE = { q: search() };
const ROWS = ["r0", "r1", "r2", "r3"].map((id) => ({ id, subject: `ticket ${id}` })) as TicketSummary[];
const column = createColumnHelper<TicketSummary>();

let list: UrlFilter<{ q: string }>;
let busy = false;

function Guarded() {
  useLeaveGuard(busy);
  return null;
}

function List() {
  const filter = useUrlFilter(SHAPE, BESIDE);
  useEffect(() => {
    list = filter;
  });
  const places = useSplitPlaces();
  const { list: narrow, ticket: wide } = places;
  const split = useSplit(filter.query, places);
  const { to } = split;
  const columns = useMemo(() => [column.accessor("subject", { header: "Subject", cell: ({ row, getValue }) => <Link to={to(row.original)}>{getValue()}</Link> })] as ColumnDef<TicketSummary, never>[], [to]);
  const table = useDataTable({ name: "split", rows: ROWS, columns, rowId: (row) => row.id });
  useShortcuts({ Escape: split.back });
  if (split.instead) return <p>instead {split.instead}</p>;
  return (
    <>
      {split.possible && <button onClick={split.toggle}>toggle</button>}
      <div ref={narrow}>
        <DataTable table={table} label="Tickets" href={split.on ? split.to : (row) => `/${row.id}`} beside={split.on ? split.beside : undefined} />
      </div>
      {split.on && split.shown && (
        <div key={split.shown} ref={wide} tabIndex={-1} data-testid="ticket">
          {split.shown}
          <Guarded />
        </div>
      )}
    </>
  );
}

function open(address = "/", wide = true) {
  vi.stubGlobal("matchMedia", () => ({ matches: wide, addEventListener: () => undefined, removeEventListener: () => undefined }));
  const shell = (
    <>
      <Outlet />
      <LeaveDialog />
    </>
  );
  const router = createMemoryRouter([{ element: shell, children: [{ path: "/", element: <List /> }, { path: "/:id", element: <p>a page</p> }] }], { initialEntries: [address] });
  render(<RouterProvider router={router} />);
  return router;
}

beforeEach(() => {
  busy = false;
  useUi.setState({ split: true });
});

const link = (id: string) => screen.getByRole("link", { name: `ticket ${id}` });
const shown = (id: string) => waitFor(() => expect(screen.getByTestId("ticket")).toHaveTextContent(id));

describe("a list with a ticket beside it", () => {
  it("shows what the keys rest on, without a step back for each", async () => {
    const router = open("/?q=disk");
    await userEvent.keyboard("j");
    await shown("r0");
    await userEvent.keyboard("jj{ArrowDown}{ArrowUp}");
    expect(link("r2")).toHaveFocus();
    await shown("r2");
    expect(router.state.location.search).toBe("?q=disk&open=r2");
    expect(link("r2").closest("tr")).toHaveAttribute("aria-current", "true");
    await act(() => router.navigate(-1));
    expect(router.state.location.search).toBe("?q=disk");
  });

  it("Enter goes into the ticket, Escape back to its row", async () => {
    open();
    await userEvent.keyboard("jj{Enter}");
    await waitFor(() => expect(screen.getByTestId("ticket")).toHaveFocus());
    expect(screen.getByTestId("ticket")).toHaveTextContent("r1");
    await userEvent.keyboard("{Escape}");
    expect(link("r1")).toHaveFocus();
    await userEvent.keyboard("{Enter}");
    expect(screen.getByTestId("ticket")).toHaveFocus();
  });

  it("a press leaves the focus in the list, and the keys go on from there", async () => {
    open();
    await userEvent.keyboard("j");
    await shown("r0");
    await userEvent.click(link("r2"));
    await shown("r2");
    expect(link("r2")).toHaveFocus();
    await userEvent.keyboard("{ArrowDown}");
    expect(link("r3")).toHaveFocus();
    await shown("r3");
  });

  it("a change of the filter leaves the ticket where it is", async () => {
    const router = open("/?open=r1");
    await act(async () => list.change({ q: "disk" }));
    expect(router.state.location.search).toBe("?q=disk&open=r1");
    await act(async () => list.clear());
    expect(router.state.location.search).toBe("?open=r1");
  });

  it("what would be lost with the ticket is asked about before another one is shown", async () => {
    busy = true;
    const router = open("/?open=r0");
    await userEvent.click(link("r2"));
    const stay = await screen.findByRole("button", { name: "Stay" });
    expect(router.state.location.search).toBe("?open=r0");
    await userEvent.click(stay);
    await shown("r0");
    // Turned off it stays too, until its reader leaves it.
    await userEvent.click(screen.getByRole("button", { name: "toggle" }));
    await userEvent.click(await screen.findByRole("button", { name: "Stay" }));
    await shown("r0");
    await userEvent.click(screen.getByRole("button", { name: "toggle" }));
    await userEvent.click(await screen.findByRole("button", { name: "Leave" }));
    await waitFor(() => expect(router.state.location.search).toBe(""));
    expect(screen.queryByTestId("ticket")).toBeNull();
  });

  it("where there is no room a row opens its page, and so does a link to a ticket beside the list", async () => {
    const router = open("/", false);
    expect(screen.queryByRole("button", { name: "toggle" })).toBeNull();
    await userEvent.click(screen.getAllByRole("row")[1]!);
    expect(router.state.location.pathname).toBe("/r0");
  });

  it("a link to a ticket beside the list leads to its page where there is no room", () => {
    open("/?q=a&open=r1", false);
    expect(screen.getByText("instead /desk/tickets/r1")).toBeVisible();
  });

  it("is shown to whoever follows a link to it, though he keeps his lists whole", async () => {
    useUi.setState({ split: false });
    open("/?open=r1");
    await shown("r1");
  });
});

it("another row beside the same list is another place, its filter is not", () => {
  const at = (search: string, pathname = "/desk/tickets") => ({ pathname, search });
  expect(leaves(at("?open=a"), at("?open=b"))).toBe(true);
  expect(leaves(at("?open=a"), at(""))).toBe(true);
  expect(leaves(at("?open=a&q=x"), at("?q=y&open=a"))).toBe(false);
  expect(leaves(at("?q=x"), at("?q=y"))).toBe(false);
  expect(leaves(at(""), at("?open=a"))).toBe(false);
  expect(leaves(at(""), at("", "/desk"))).toBe(true);
});
