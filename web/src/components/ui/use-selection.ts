import { useMemo, useRef, useState } from "react";

/** Rows that somebody has marked to do something with them. Only what is on the list counts: a row that left it is not changed unseen. */
export interface Selection {
  ids: ReadonlySet<string>;
  /** Of the rows that are there. */
  all: boolean;
  /** With `range`, everything from the row marked last up to this one becomes as this one. */
  toggle: (id: string, range: boolean) => void;
  toggleAll: () => void;
  clear: () => void;
}

/** The marked rows of a list; another question (`scope`) begins with none. */
export function useSelection<T>(rows: readonly T[], rowId: (row: T) => string, scope: string): Selection {
  const [marked, setMarked] = useState<{ scope: string; ids: ReadonlySet<string> }>({ scope, ids: new Set() });
  const anchor = useRef<string | null>(null);
  return useMemo(() => {
    const shown = rows.map(rowId);
    const ids = new Set(marked.scope === scope ? shown.filter((id) => marked.ids.has(id)) : []);
    const mark = (next: ReadonlySet<string>) => setMarked({ scope, ids: next });
    return {
      ids,
      all: ids.size > 0 && ids.size === shown.length,
      toggle: (id, range) => {
        const [from, to] = [shown.indexOf(range && anchor.current !== null ? anchor.current : id), shown.indexOf(id)];
        const reached = from < 0 ? [id] : shown.slice(Math.min(from, to), Math.max(from, to) + 1);
        const next = new Set(ids);
        for (const each of reached) {
          if (ids.has(id)) next.delete(each);
          else next.add(each);
        }
        anchor.current = id;
        mark(next);
      },
      toggleAll: () => mark(ids.size === shown.length ? new Set() : new Set(shown)),
      clear: () => mark(new Set()),
    };
    // What names a row does not change between two draws.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [rows, marked, scope]);
}
