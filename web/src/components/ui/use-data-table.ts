import { getCoreRowModel, useReactTable, type ColumnDef, type Table, type VisibilityState } from "@tanstack/react-table";
import { useEffect, useState } from "react";
import { readStored, writeStored } from "@/lib/storage";

declare module "@tanstack/react-table" {
  interface ColumnMeta<TData, TValue> {
    /** Classes of head and cells: a width, and from which screen width on the column is there (`hidden md:table-cell w-24`). */
    className?: string;
    /** Name of the column in the column menu; a column without one cannot be hidden. */
    name?: string;
    /** Orders the list can have by this column, as the server names them: the first press on the head chooses the first. */
    sorts?: readonly string[];
    unused?: [TData, TValue];
  }
}

interface DataTableOptions<T> {
  /** Under this name the chosen columns are remembered on this device. */
  name: string;
  rows: T[];
  columns: ColumnDef<T, never>[];
  rowId: (row: T) => string;
  /** Columns that are not shown until somebody asks for them. */
  hidden?: readonly string[];
}

/** The model of a [`DataTable`]; apart from it so that a column menu elsewhere on the page can have it too. */
export function useDataTable<T>({ name, rows, columns, rowId, hidden = [] }: DataTableOptions<T>): Table<T> {
  const key = `cm.columns.${name}`;
  const [columnVisibility, setVisibility] = useState<VisibilityState>(() => {
    try {
      return JSON.parse(readStored(key) ?? "") as VisibilityState;
    } catch {
      return Object.fromEntries(hidden.map((id) => [id, false]));
    }
  });
  useEffect(() => writeStored(key, JSON.stringify(columnVisibility)), [key, columnVisibility]);
  return useReactTable({
    data: rows,
    columns,
    state: { columnVisibility },
    onColumnVisibilityChange: setVisibility,
    // New data comes all the time; what somebody has opened stays open.
    autoResetExpanded: false,
    getCoreRowModel: getCoreRowModel(),
    getRowId: rowId,
  });
}
