import { useId, type ReactNode } from "react";
import { Card, CardTitle } from "@/components/ui/card";

interface TableProps {
  title: string;
  /** How its numbers are computed. */
  text: ReactNode;
  head: string[];
  /** Each row with its name first. */
  rows: { key: string; cells: ReactNode[] }[];
  empty: string;
  /** Where more rows come from, at their end. */
  more?: ReactNode;
}

/** Numbers as a table that a phone scrolls sideways, with what they mean under its name. */
export function NumberTable({ title, text, head, rows, empty, more }: TableProps) {
  const name = useId();
  return (
    <Card aria-labelledby={name} role="region" className="grid grid-cols-[minmax(0,1fr)]">
      <header className="grid gap-1 border-b px-4 py-3">
        <CardTitle id={name}>{title}</CardTitle>
        <p className="text-xs text-muted-foreground">{text}</p>
      </header>
      {rows.length === 0 ? (
        <p className="p-4 text-sm text-muted-foreground">{empty}</p>
      ) : (
        <div className="max-h-[32rem] overflow-auto focus-visible:outline-2 focus-visible:outline-ring" tabIndex={0} role="group" aria-labelledby={name}>
          <table className="w-full text-sm">
            <thead className="sticky top-0 bg-surface">
              <tr className="border-b text-xs text-muted-foreground">
                {head.map((each) => (
                  <th key={each} scope="col" className="px-4 py-2 text-start font-medium">
                    {each}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y">
              {rows.map(({ key, cells: [first, ...rest] }) => (
                <tr key={key}>
                  <th scope="row" className="px-4 py-2 text-start font-medium whitespace-nowrap">
                    {first}
                  </th>
                  {rest.map((cell, n) => (
                    <td key={head[n + 1]} className="tabular px-4 py-2 whitespace-nowrap">
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {more && <div className="sticky start-0 p-2 empty:hidden">{more}</div>}
        </div>
      )}
    </Card>
  );
}
