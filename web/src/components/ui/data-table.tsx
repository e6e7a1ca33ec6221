import { flexRender, type Row, type Table } from "@tanstack/react-table";
import { ArrowDown, ArrowUp, ArrowUpDown } from "lucide-react";
import { memo, useRef, useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { cn } from "@/lib/cn";
import { openMenu } from "@/lib/open-control";
import { useShortcuts } from "@/lib/use-shortcuts";
import { useUi, type Density } from "@/stores/ui";
import { SelectCell, SelectHead } from "./select-cell";
import { useBesideKeys, type Beside } from "./use-beside-keys";
import type { Selection } from "./use-selection";
import { useFocusRow, useVirtualRows } from "./use-virtual-rows";

interface DataTableProps<T> {
  table: Table<T>;
  label: string;
  /** Where a row leads: a press beside its links, or Enter on the chosen row, goes there. */
  href?: (row: T) => string;
  /** The order the server was asked for, and a way to ask for another. */
  sort?: string;
  onSort?: (sort: string) => void;
  /** Rows that came in while the list was open. */
  arrived?: ReadonlySet<string>;
  /** What is shown belongs to an earlier question; the answer to the present one is on its way. */
  stale?: boolean;
  /** What a row shows below itself while it is open (`row.toggleExpanded`); for lists short enough to be drawn whole. */
  detail?: (row: T) => ReactNode;
  /** It stands inside something else: it has neither keys nor a head that stays in sight. */
  nested?: boolean;
  /** Rows can be marked; `name` is what a row is called. */
  selection?: Selection & { name: (row: T) => string };
  /** Keys that open the menu of the chosen row whose button says `data-rowkey`, besides `j`, `k` and Enter. */
  rowKeys?: readonly string[];
  /** Rows are shown beside the list: the arrow keys lead through it too, and Enter into what is shown. */
  beside?: Beside<T>;
}

/**
 * A list as a table: the head stays in sight, thousands of rows scroll smoothly because only those on screen are drawn,
 * `j` and `k` choose a row. On a phone the head is for screen readers only, and columns leave by their classes.
 */
export function DataTable<T>({ table, label, href, sort, onSort, arrived, stale, detail, nested, selection, rowKeys, beside }: DataTableProps<T>) {
  const navigate = useNavigate();
  const density = useUi((state) => state.density);
  const rows = table.getRowModel().rows;
  const [current, setCurrent] = useState<string | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  // What is shown was chosen by other means than the keys: the focus stays where it is.
  if (beside && current !== null && current !== beside.current) setCurrent(null);
  const at = beside ? beside.current : current;
  const index = rows.findIndex((row) => row.id === at);
  const virtual = useVirtualRows(body, rows.length, density);
  useFocusRow(body, current);

  function move(step: number) {
    const to = Math.max(0, Math.min(rows.length - 1, index < 0 ? 0 : index + step));
    const next = rows[to];
    if (!next) return;
    virtual.show(to);
    setCurrent(next.id);
    beside?.onMove(next.original);
  }
  const onRowKey = useBesideKeys(beside !== undefined, move, (id) => {
    const row = rows.find((each) => each.id === id);
    if (row) beside?.onEnter(row.original);
  });
  const chosen = rows[index];
  const keys: Record<string, () => void> = { j: () => move(1), k: () => move(-1) };
  if (beside) keys.Enter = () => chosen && beside.onEnter(chosen.original);
  else if (href) keys.Enter = () => chosen && void navigate(href(chosen.original));
  if (selection) keys.x = () => chosen && selection.toggle(chosen.id, false);
  for (const key of rowKeys ?? []) keys[key] = () => chosen && openMenu(body.current?.querySelector(`[data-id="${chosen.id}"] [data-rowkey="${key}"]`));
  useShortcuts(keys, !nested);

  const columns = table.getVisibleLeafColumns().length + (selection ? 1 : 0);
  return (
    <table
      aria-label={label}
      aria-busy={stale || undefined}
      aria-rowcount={virtual.on ? rows.length + 1 : undefined}
      className={cn("w-full table-fixed border-collapse text-sm transition-opacity", stale && "opacity-60")}
    >
      {/* A head that is for screen readers only gives the columns of a phone no width. */}
      {selection && (
        <colgroup>
          <col className="w-11" />
        </colgroup>
      )}
      <thead className="max-sm:sr-only">
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id}>
            {selection && (
              <th scope="col" className="sticky top-12 z-10 bg-surface ps-4 shadow-[inset_0_-1px_0_var(--border)]">
                <SelectHead selection={selection} />
              </th>
            )}
            {group.headers.map((header) => (
              <th
                key={header.id}
                scope="col"
                aria-sort={ariaSort(header.column.columnDef.meta?.sorts, sort)}
                className={cn(
                  !nested && "sticky top-12 z-10 bg-surface",
                  "h-9 px-3 text-start text-xs font-medium whitespace-nowrap text-muted-foreground shadow-[inset_0_-1px_0_var(--border)]",
                  header.column.columnDef.meta?.className,
                )}
              >
                <Head sorts={header.column.columnDef.meta?.sorts} sort={sort} onSort={onSort}>
                  {flexRender(header.column.columnDef.header, header.getContext())}
                </Head>
              </th>
            ))}
          </tr>
        ))}
      </thead>
      <tbody ref={body} onKeyDown={onRowKey}>
        {virtual.before > 0 && <Gap height={virtual.before} columns={columns} />}
        {virtual.range.map((place) => {
          const row = rows[place];
          return row ? (
            <BodyRow
              key={row.id}
              row={row}
              at={virtual.on ? place : undefined}
              measure={virtual.measure}
              to={href?.(row.original)}
              density={density}
              current={row.id === at}
              shown={beside && row.id === beside.shown}
              arrived={arrived?.has(row.id) ?? false}
              selected={selection?.ids.has(row.id)}
              onSelect={selection?.toggle}
              name={selection?.name(row.original)}
              columns={table.options.columns}
              visible={table.getState().columnVisibility}
              detail={row.getIsExpanded() ? detail : undefined}
            />
          ) : null;
        })}
        {virtual.after > 0 && <Gap height={virtual.after} columns={columns} />}
      </tbody>
    </table>
  );
}

function ariaSort(sorts: readonly string[] | undefined, sort: string | undefined) {
  if (!sorts) return undefined;
  if (!sort || !sorts.includes(sort)) return "none";
  return sort.startsWith("-") ? "descending" : "ascending";
}

function Head({ sorts, sort, onSort, children }: { sorts?: readonly string[]; sort?: string; onSort?: (sort: string) => void; children: ReactNode }) {
  if (!sorts || sorts.length === 0 || !onSort) return <span className="block truncate">{children}</span>;
  const at = sort === undefined ? -1 : sorts.indexOf(sort);
  const Icon = at < 0 ? ArrowUpDown : sort?.startsWith("-") ? ArrowDown : ArrowUp;
  return (
    <button
      type="button"
      onClick={() => onSort(sorts[(at + 1) % sorts.length]!)}
      className={cn("group -mx-1.5 inline-flex h-7 max-w-full items-center gap-1 rounded px-1.5 hover:bg-foreground/5 hover:text-foreground", at >= 0 && "text-foreground")}
    >
      <span className="truncate">{children}</span>
      <Icon aria-hidden className={cn("size-3.5 shrink-0", at < 0 && "opacity-0 group-hover:opacity-60 group-focus-visible:opacity-60")} />
    </button>
  );
}

function Gap({ height, columns }: { height: number; columns: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={columns} style={{ height, padding: 0 }} />
    </tr>
  );
}

interface BodyRowProps<T> {
  row: Row<T>;
  at?: number;
  measure: (element: Element | null) => void;
  to?: string;
  density: Density;
  current: boolean;
  /** Given in a list whose rows are shown beside it. */
  shown?: boolean;
  arrived: boolean;
  /** Only to draw the row again when columns come, go or speak another language. */
  columns: unknown;
  visible: unknown;
  /** Given when rows can be marked. */
  selected?: boolean;
  onSelect?: Selection["toggle"];
  name?: string;
  /** Given while the row is open. */
  detail?: (row: T) => ReactNode;
}

function PlainRow<T>({ row, at, measure, to, density, current, shown, arrived, selected, onSelect, name, detail }: BodyRowProps<T>) {
  const navigate = useNavigate();
  const cells = row.getVisibleCells();
  const line = (
    <tr
      ref={at === undefined ? undefined : measure}
      data-index={at}
      data-id={row.id}
      aria-rowindex={at === undefined ? undefined : at + 2}
      data-current={current || undefined}
      aria-current={shown || undefined}
      onClick={(event) => {
        const target = event.target as HTMLElement;
        // A press beside the link opens the row too, unless it is meant for a control, comes from a menu drawn elsewhere, or
        // somebody selects text.
        if (!to || !event.currentTarget.contains(target) || target.closest("a,button,label,input,[data-select]") || window.getSelection()?.toString()) return;
        if (event.ctrlKey || event.metaKey) window.open(to, "_blank");
        else {
          // The arrow keys go on from here.
          if (shown !== undefined) event.currentTarget.querySelector("a")?.focus({ preventScroll: true });
          void navigate(to, { preventScrollReset: shown !== undefined });
        }
      }}
      className={cn("group/row border-b last:border-b-0 hover:bg-sunken dark:hover:bg-raised", to && "cursor-default", (current || selected || shown) && "bg-accent/60", arrived && "arrived")}
    >
      {onSelect && (
        <td data-select className={cn("ps-4 align-middle max-sm:py-3 max-sm:align-top", density === "compact" ? "py-1" : "py-2")}>
          <SelectCell id={row.id} label={name ?? row.id} checked={selected ?? false} onToggle={onSelect} />
        </td>
      )}
      {cells.map((cell) => (
        <td
          key={cell.id}
          className={cn("px-3 align-middle max-sm:py-3", density === "compact" ? "py-1" : "py-2", cell.column.columnDef.meta?.className)}
        >
          {flexRender(cell.column.columnDef.cell, cell.getContext())}
        </td>
      ))}
    </tr>
  );
  if (!detail) return line;
  return (
    <>
      {line}
      <tr className="border-b bg-sunken/60 last:border-b-0">
        <td colSpan={cells.length + (onSelect ? 1 : 0)}>{detail(row.original)}</td>
      </tr>
    </>
  );
}

const BodyRow = memo(PlainRow, (before, after) => {
  // TanStack makes new row objects whenever the data changes; the record itself says whether there is anything to draw.
  const { row: was, ...rest } = before;
  const { row: is, ...next } = after;
  return was.original === is.original && (Object.keys(next) as (keyof typeof next)[]).every((key) => rest[key] === next[key]);
}) as typeof PlainRow;
