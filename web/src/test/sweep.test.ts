import { matchRoutes, type DataRouteObject } from "react-router";
import { expect, it } from "vitest";
import { router } from "@/routes";
// @ts-expect-error -- the browser tests have no types
import { pages } from "../../../tests/browser/lib/pages.mjs";

/** These only lead elsewhere. */
const LEADING_ELSEWHERE = ["/", "/t/:id"];

const leaves = (routes: readonly DataRouteObject[], base = ""): { id: string; path: string }[] =>
  routes.flatMap(({ id, path = "", children }) => {
    const here = path.startsWith("/") ? path : `${base.replace(/\/$/, "")}/${path}`;
    return children ? leaves(children as DataRouteObject[], here) : [{ id, path: here }];
  });

it("every page is in the sweep of the browser tests", () => {
  // Whatever id is asked for is there.
  const any: unknown = new Proxy({}, { get: (_, key) => (key === Symbol.toPrimitive ? () => "an-id" : any) });
  const lists = (pages as (data: unknown) => Record<string, Record<string, string>>)(any);
  const swept = new Set(Object.values(lists).flatMap((list) => Object.values(list).map((address) => matchRoutes(router.routes, address.split("?")[0]!)?.at(-1)?.route.id)));
  const known = leaves(router.routes);
  expect(known.length).toBeGreaterThan(90);
  expect(known.filter(({ id }) => !swept.has(id)).map(({ path }) => path)).toEqual(LEADING_ELSEWHERE);
});
