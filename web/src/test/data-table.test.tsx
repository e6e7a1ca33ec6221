import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, Link, RouterProvider } from "react-router";
import { describe, expect, it, vi } from "vitest";
import { DataTable } from "@/components/ui/data-table";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { TableMenu } from "@/components/ui/table-menu";
import { useDataTable } from "@/components/ui/use-data-table";

interface Server {
  id: string;
  name: string;
}
const column = createColumnHelper<Server>();
const chosen = vi.fn();
const columns = [
  column.accessor("name", {
    header: "Name",
    meta: { sorts: ["name", "-name"] },
    cell: ({ row, getValue }) => <Link to={`/servers/${row.id}`}>{getValue()}</Link>,
  }),
  column.accessor("id", {
    header: "Id",
    meta: { name: "Id" },
    cell: ({ row }) => (
      <Menu>
        <MenuTrigger data-rowkey="p">menu of {row.id}</MenuTrigger>
        <MenuContent>
          <MenuItem onSelect={() => chosen(row.id)}>act</MenuItem>
        </MenuContent>
      </Menu>
    ),
  }),
] as ColumnDef<Server, never>[];

const servers = (count: number) => Array.from({ length: count }, (_, at) => ({ id: `s${at}`, name: `server ${at}` }));

function List({ rows, onSort }: { rows: Server[]; onSort?: (sort: string) => void }) {
  const table = useDataTable({ name: "test", rows, columns, rowId: (row) => row.id });
  return (
    <>
      <TableMenu table={table} />
      <DataTable table={table} label="Servers" href={(row) => `/servers/${row.id}`} sort="name" onSort={onSort} rowKeys={["p"]} />
    </>
  );
}

function open(count: number, onSort?: (sort: string) => void) {
  const rows = servers(count);
  const router = createMemoryRouter([
    { path: "/", element: <List rows={rows} onSort={onSort} /> },
    { path: "/servers/:id", element: <p>a server</p> },
  ]);
  render(<RouterProvider router={router} />);
  return router;
}

describe("the table of a list", () => {
  it("walks with j and k, opens with Enter and by a press beside the link", async () => {
    const router = open(3);
    await userEvent.keyboard("jjk");
    expect(screen.getByRole("link", { name: "server 0" })).toHaveFocus();
    await userEvent.click(screen.getAllByRole("row")[2]!);
    expect(router.state.location.pathname).toBe("/servers/s1");
  });

  it("opens the menu of the chosen row by its key, and a choice there does not open the row", async () => {
    const router = open(3);
    await userEvent.keyboard("jj");
    await userEvent.keyboard("p");
    await userEvent.click(await screen.findByRole("menuitem", { name: "act" }));
    expect(chosen).toHaveBeenCalledWith("s1");
    expect(router.state.location.pathname).toBe("/");
  });

  it("says by which column it is ordered and asks for the next order", async () => {
    const onSort = vi.fn();
    open(1, onSort);
    const head = screen.getByRole("columnheader", { name: "Name" });
    expect(head).toHaveAttribute("aria-sort", "ascending");
    expect(screen.getByRole("columnheader", { name: "Id" })).not.toHaveAttribute("aria-sort");
    await userEvent.click(within(head).getByRole("button"));
    expect(onSort).toHaveBeenCalledWith("-name");
  });

  it("draws a short list whole, so that the browser can search it", () => {
    open(80);
    expect(screen.getAllByRole("row")).toHaveLength(81);
  });

  it("draws only a part of a long list, yet tells its length", () => {
    open(10_000);
    expect(screen.getAllByRole("row").length).toBeLessThan(200);
    expect(screen.getByRole("table")).toHaveAttribute("aria-rowcount", "10001");
  });

  it("hides a column on wish and remembers it", async () => {
    open(1);
    await userEvent.click(screen.getByRole("button", { name: "Table options" }));
    await userEvent.click(screen.getByRole("menuitemcheckbox", { name: "Id" }));
    expect(screen.queryByText("menu of s0")).toBeNull();
    expect(JSON.parse(localStorage.getItem("cm.columns.test") ?? "{}")).toEqual({ id: false });
  });
});
