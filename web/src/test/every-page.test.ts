import { expect, it } from "vitest";
import { everyPage } from "@/lib/every-page";

it("a list to choose from is read to its end", async () => {
  const asked: (string | undefined)[] = [];
  const all = await everyPage(async (cursor) => {
    asked.push(cursor);
    const n = Number(cursor ?? 0);
    return { items: [n], next_cursor: n < 3 ? String(n + 1) : null };
  });
  expect(all).toEqual([0, 1, 2, 3]);
  expect(asked).toEqual([undefined, "1", "2", "3"]);
});
