import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { describe, expect, it, vi } from "vitest";
import { FilterBar } from "@/components/list/filter-bar";
import { FilterWords } from "@/features/exports/components/parts";
import { filterOf, filterOfList } from "@/features/exports/data/exports";
import { useMoreFilters } from "@/features/tickets/components/use-more-filters";
import { exportPath } from "@/features/tickets/data/export";
import { filterQuery, isRequester, TICKET_FILTER } from "@/features/tickets/data/filters";
import { useMoreFacets } from "@/features/tickets/data/use-more-facets";
import { readFilter, useUrlFilter, writeFilter } from "@/lib/url-filter";
import { signedIn } from "./fixtures";

const CUSTOMER = "01930000-0000-7000-8000-000000000001";
const ORDER = "01930000-0000-7000-8000-00000000000a";
const ASKED = `group=g1&customer=${CUSTOMER}&requester=sara%40example.dz&source=mail&mentioned=me&order=${ORDER}&service=${CUSTOMER}&invoice=${CUSTOMER}&created_from=2026-03-01&created_to=2026-03-31&updated_from=2026-04-01&updated_to=2026-04-02`;
const read = (query: string) => readFilter(TICKET_FILTER, new URLSearchParams(query));

describe("the filter of tickets in an address", () => {
  it("keeps every part", () => {
    expect(writeFilter(TICKET_FILTER, read(ASKED))).toBe(ASKED);
    expect(read(ASKED)).toMatchObject({ customer: CUSTOMER, requester: "sara@example.dz", source: "mail", created_to: "2026-03-31" });
  });

  it("leaves out what says nothing", () => {
    expect(writeFilter(TICKET_FILTER, read("source=fax&mentioned=you&order=17&service=me&invoice=none&requester=sara&created_from=2026-02-30&updated_to=soon"))).toBe("");
  });

  it("takes whole addresses, ids and oneself for who asked", () => {
    expect(["me", CUSTOMER, "o@o.dz", "O.x+y@sub.Example.dz"].filter((text) => !isRequester(text))).toEqual([]);
    expect(["", "sara", "@x.dz", "a@", "a b@x.dz", "a@x..dz", "a@b@c.dz", "<a@x.dz>"].filter(isRequester)).toEqual([]);
  });

  it("is asked of the server with the zone of its days, and without one where there are none", () => {
    expect(filterQuery(read(ASKED))).toMatchObject({ group: "g1", customer: CUSTOMER, requester: "sara@example.dz", mentioned: "me", order: ORDER, service: CUSTOMER, invoice: CUSTOMER, updated_from: "2026-04-01", zone: "Africa/Algiers" });
    expect(filterQuery(read("group=g1")).zone).toBeUndefined();
  });

  it("leaves spam out unless somebody looks among what is over, for words, or for it", () => {
    const asks = ["", "assignee=me", "state=closed", "state=open", "q=vpn", "spam=yes", "spam=all", "spam=yes&state=closed", "spam=no"];
    expect(asks.map((query) => filterQuery(read(query)).spam)).toEqual(["no", "no", undefined, undefined, undefined, "yes", "all", "yes", "no"]);
  });

  it("goes with a file and with a scheduled one, and comes back from there", () => {
    const path = new URLSearchParams(exportPath(read(ASKED), "fr").split("?")[1]);
    expect(Object.fromEntries(path)).toMatchObject({ customer: CUSTOMER, created_to: "2026-03-31", zone: "Africa/Algiers", locale: "fr" });
    const kept = filterOfList(read(ASKED));
    expect(kept).toMatchObject({ source: "mail", order: ORDER, zone: "Africa/Algiers" });
    expect(filterOf(kept)).toEqual({ ...read(ASKED), aside: "all" });
  });
});

function Bar() {
  const list = useUrlFilter(TICKET_FILTER);
  const facets = useMoreFacets(list.filter);
  const more = useMoreFilters(list, true);
  return (
    <>
      <FilterBar list={list} facets={facets}>
        {more.button}
      </FilterBar>
      {more.panel}
      <output>
        <FilterWords filter={list.filter} />
      </output>
    </>
  );
}

function show(query = "") {
  const user = signedIn("tickets.view", "customers.view");
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return Response.json({ access_token: "a", expires_in: 600, user });
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/api/v1/groups") return Response.json({ items: [{ id: "g1", name: "Network" }] });
    if (pathname === "/api/v1/customers") return Response.json({ items: searchParams.get("q") === "atlas" ? [{ id: CUSTOMER, name: "SARL Atlas", number: 10001 }] : [], next_cursor: null });
    if (pathname === `/api/v1/customers/${CUSTOMER}`) return Response.json({ id: CUSTOMER, name: "SARL Atlas" });
    return Response.json({ items: [], next_cursor: null });
  });
  const router = createMemoryRouter([{ path: "*", element: <Bar /> }], { initialEntries: [`/?${query}`] });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { search: () => new URLSearchParams(router.state.location.search) };
}

const opens = () => userEvent.click(screen.getByRole("button", { name: "More filters" }));
const chip = (name: string) => screen.findByRole("button", { name: `Remove filter: ${name}` });

describe("what is asked below the bar", () => {
  it("is said in words, and taken back one by one", async () => {
    const { search } = show(ASKED);
    for (const name of ["Group: Network", "Customer: SARL Atlas", "Requester: sara@example.dz", "By mail", "Mentions me", `Order: ${ORDER}`, `Invoice: ${CUSTOMER}`, "Opened until 31 Mar 2026", "Last changed from 1 Apr 2026"]) {
      expect(await chip(name)).toBeVisible();
      expect(within(screen.getByRole("status")).getByText(name)).toBeVisible();
    }
    await userEvent.click(await chip("Customer: SARL Atlas"));
    await waitFor(() => expect(search().get("customer")).toBeNull());
    expect(search().get("group")).toBe("g1");
  });

  it("is chosen, typed and looked for", async () => {
    const { search } = show();
    await opens();
    await userEvent.selectOptions(await screen.findByLabelText("Group"), await screen.findByRole("option", { name: "Network" }));
    await waitFor(() => expect(search().get("group")).toBe("g1"));
    await userEvent.type(screen.getByRole("searchbox", { name: "Customer" }), "atlas");
    await userEvent.click(await screen.findByRole("button", { name: /SARL Atlas/ }));
    await waitFor(() => expect(search().get("customer")).toBe(CUSTOMER));
    await userEvent.click(screen.getByRole("checkbox", { name: "Mentions me" }));
    await waitFor(() => expect(search().get("mentioned")).toBe("me"));
    const requester = screen.getByRole("searchbox", { name: "Requester" });
    await userEvent.type(requester, "sara{Enter}");
    expect(await screen.findByText("This is no whole mail address.")).toBeVisible();
    expect(search().get("requester")).toBeNull();
    await userEvent.type(requester, "@example.dz{Enter}");
    await waitFor(() => expect(search().get("requester")).toBe("sara@example.dz"));
    expect(requester).not.toHaveAttribute("aria-invalid");
  });

  it("has periods that do not end before they begin, and shows what was opened in one as it was opened", async () => {
    const { search } = show("created_to=2026-03-31");
    await opens();
    const from = await screen.findByLabelText("Opened from");
    await userEvent.type(from, "2026-04-10");
    await waitFor(() => expect([search().get("created_from"), search().get("created_to")]).toEqual(["2026-04-10", "2026-04-10"]));
    expect(search().get("sort")).toBeNull();
    await userEvent.clear(from);
    await waitFor(() => expect(search().get("created_from")).toBeNull());
    await userEvent.clear(screen.getByLabelText("Opened until"));
    await waitFor(() => expect(search().get("created_to")).toBeNull());
    await userEvent.type(screen.getByLabelText("Opened until"), "2026-05-01");
    await waitFor(() => expect(search().get("created_to")).toBe("2026-05-01"));
    expect(search().get("sort")).toBe("-created_at");
  });
});
