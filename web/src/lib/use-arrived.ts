import { useMemo, useState } from "react";

const NONE: ReadonlySet<string> = new Set();

/**
 * Ids of rows that were not in the list when it was first shown, and are newer than all that were. `key` names the
 * question that the list answers; `ready` says that its answer is there.
 */
export function useArrived<T>(rows: T[], idOf: (row: T) => string, bornAt: (row: T) => string, key: string, ready: boolean): ReadonlySet<string> {
  const [seen, setSeen] = useState<{ key: string; since: string } | null>(null);
  // Compared while rendering, so that a new row is marked in the same paint in which it appears.
  if (ready && seen?.key !== key) {
    setSeen({ key, since: rows.reduce((latest, row) => (bornAt(row) > latest ? bornAt(row) : latest), "") });
  }
  return useMemo(
    () => (seen?.key === key && ready ? new Set(rows.filter((row) => bornAt(row) > seen.since).map(idOf)) : NONE),
    // The two functions tell the same of the same row.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [rows, seen, key, ready],
  );
}
