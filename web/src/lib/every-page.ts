import type { Page } from "@/api/types";

/** A list of more pages than this is not one to choose from. */
const MOST = 25;

/** All that a list holds, page after page: for what is chosen from. */
export async function everyPage<T>(read: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  for (let n = 0; n < MOST; n += 1) {
    const page = await read(cursor);
    all.push(...page.items);
    cursor = page.next_cursor ?? undefined;
    if (!cursor) break;
  }
  return all;
}
