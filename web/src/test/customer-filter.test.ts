import { describe, expect, it } from "vitest";
import { asked, CUSTOMER_FILTER } from "@/features/customers/data/filters";
import { readFilter, writeFilter } from "@/lib/url-filter";

describe("what the list of customers is narrowed to", () => {
  it("stands in the address, and says nothing where it asks for nothing", () => {
    const query = "q=atlas&tier=premium&manager=me&tag=vip&from=2026-05-01&to=2026-05-31&deleted=true";
    const filter = readFilter(CUSTOMER_FILTER, new URLSearchParams(query));
    expect(filter).toMatchObject({ tier: "premium", manager: "me", tag: "vip", from: "2026-05-01", deleted: "true", sort: "-created_at" });
    expect(writeFilter(CUSTOMER_FILTER, filter)).toBe(query);
    expect(writeFilter(CUSTOMER_FILTER, readFilter(CUSTOMER_FILTER, new URLSearchParams("from=2026-02-30&deleted=maybe")))).toBe("");
  });

  it("is asked of the server by whole days of the reader", () => {
    const filter = readFilter(CUSTOMER_FILTER, new URLSearchParams("status=active&tag=vip&from=2026-05-01&to=2026-05-31&deleted=true&sort=name"));
    expect(asked(filter)).toEqual({
      status: "active",
      tag: "vip",
      deleted: "true",
      sort: "name",
      created_from: new Date(2026, 4, 1).toISOString(),
      created_until: new Date(2026, 5, 1).toISOString(),
    });
  });

  it("leaves the order out where the server has one of its own", () => {
    expect(asked({ sort: "-created_at" })).toEqual({});
    expect(asked({ q: "atlas", sort: "name" })).toEqual({ q: "atlas" });
    expect(asked()).toEqual({});
  });
});
