import { flexRender, getCoreRowModel, useReactTable, type Table, type VisibilityState } from "@tanstack/react-table";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { TicketSummary } from "@/api/types";
import { cn } from "@/lib/cn";
import { readStored, writeStored } from "@/lib/storage";
import { useShortcuts } from "@/lib/use-shortcuts";
import { ticketColumns } from "./ticket-columns";

const VISIBILITY = "cm.tickets.columns";
const HIDDEN_AT_FIRST: VisibilityState = { group: false, message_count: false };

export function useTicketTable(rows: TicketSummary[], base: string): Table<TicketSummary> {
  const { t } = useTranslation();
  const columns = useMemo(() => ticketColumns(t, base), [t, base]);
  const [columnVisibility, setVisibility] = useState<VisibilityState>(() => {
    try {
      return JSON.parse(readStored(VISIBILITY) ?? "") as VisibilityState;
    } catch {
      return HIDDEN_AT_FIRST;
    }
  });
  useEffect(() => writeStored(VISIBILITY, JSON.stringify(columnVisibility)), [columnVisibility]);
  return useReactTable({
    data: rows,
    columns,
    state: { columnVisibility },
    onColumnVisibilityChange: setVisibility,
    getCoreRowModel: getCoreRowModel(),
    getRowId: (ticket) => ticket.id,
  });
}

interface TicketTableProps {
  table: Table<TicketSummary>;
  base: string;
  label: string;
  /** Rows that came in while the list was open. */
  arrived: ReadonlySet<string>;
  stale?: boolean;
}

export function TicketTable({ table, base, label, arrived, stale }: TicketTableProps) {
  const navigate = useNavigate();
  const rows = table.getRowModel().rows;
  const [current, setCurrent] = useState<string | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const index = rows.findIndex((row) => row.id === current);

  function move(step: number) {
    const next = rows[Math.max(0, Math.min(rows.length - 1, index < 0 ? 0 : index + step))];
    if (!next) return;
    setCurrent(next.id);
    const element = body.current?.querySelector<HTMLElement>(`[data-id="${next.id}"]`);
    element?.scrollIntoView({ block: "nearest" });
    element?.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
  }
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => index >= 0 && void navigate(`${base}/${current}`),
  });

  return (
    <table aria-label={label} className={cn("w-full table-auto border-collapse text-sm transition-opacity", stale && "opacity-60")}>
      <thead className="max-sm:sr-only">
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id}>
            {group.headers.map((header) => (
              <th
                key={header.id}
                scope="col"
                className={cn(
                  "border-b px-3 py-2 text-start text-xs font-medium whitespace-nowrap text-muted-foreground",
                  header.column.columnDef.meta?.className,
                )}
              >
                {flexRender(header.column.columnDef.header, header.getContext())}
              </th>
            ))}
          </tr>
        ))}
      </thead>
      <tbody ref={body}>
        {rows.map((row) => (
          <tr
            key={row.id}
            data-id={row.id}
            data-ticket={row.original.number}
            onClick={(event) => {
              // A click beside the link opens the ticket too, unless somebody selects text.
              if ((event.target as HTMLElement).closest("a") || window.getSelection()?.toString()) return;
              void navigate(`${base}/${row.id}`);
            }}
            className={cn(
              "cursor-default hover:bg-sunken dark:hover:bg-raised",
              row.id === current && "bg-accent/60",
              arrived.has(row.id) && "arrived",
            )}
          >
            {row.getVisibleCells().map((cell) => (
              <td key={cell.id} className={cn("border-b px-3 py-2 align-middle max-sm:py-3", cell.column.columnDef.meta?.className)}>
                {flexRender(cell.column.columnDef.cell, cell.getContext())}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
