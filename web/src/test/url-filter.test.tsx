import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactNode, useState } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { describe, expect, it } from "vitest";
import { SearchField } from "@/components/search-field";
import { many, one, search, type UrlFilter, useUrlFilter } from "@/lib/url-filter";

const SHAPE = { q: search(), state: many(["open", "closed"]) };

describe("a filter in the address", () => {
  it("builds a change on the one before, also while the page still shows neither", async () => {
    let list!: UrlFilter<{ q: string; state: ("open" | "closed")[] }>;
    function List() {
      list = useUrlFilter(SHAPE);
      return null;
    }
    const router = createMemoryRouter([{ path: "*", element: <List /> }]);
    render(<RouterProvider router={router} />);
    await act(async () => {
      list.change({ q: "router" });
      list.change({ state: ["open"] });
    });
    expect(list.filter).toEqual({ q: "router", state: ["open"] });
    // Going back, or a link, is followed.
    await act(() => router.navigate("/?q=server"));
    await act(async () => list.change({ state: ["closed"] }));
    expect(list.filter).toEqual({ q: "server", state: ["closed"] });
    await act(async () => {
      list.clear();
      list.change({ state: ["open"] });
    });
    expect(list.filter).toEqual({ q: "", state: ["open"] });
  });
});

it("a change builds on a link that was followed, also while the page still shows what was before it", async () => {
  let list!: UrlFilter<{ q: string; state: ("open" | "closed")[] }>;
  function List() {
    list = useUrlFilter(SHAPE);
    return null;
  }
  const router = createMemoryRouter([{ path: "*", element: <List /> }]);
  render(<RouterProvider router={router} />);
  const before = list;
  await act(async () => {
    await router.navigate("/?q=server");
    before.change({ state: ["open"] });
  });
  expect(list.filter).toEqual({ q: "server", state: ["open"] });
});

it("a filter that is cleared leaves one where one is", async () => {
  const shape = { q: search(), tab: { ...one(["prices"]), arranges: true } };
  let list!: UrlFilter<{ q: string; tab: "prices" | "" }>;
  function List() {
    list = useUrlFilter(shape);
    return null;
  }
  const router = createMemoryRouter([{ path: "*", element: <List /> }], { initialEntries: ["/?tab=prices&q=a"] });
  render(<RouterProvider router={router} />);
  expect(list.active).toBe(true);
  await act(async () => list.clear());
  expect(router.state.location.search).toBe("?tab=prices");
  expect(list.active).toBe(false);
});

it("a row that is clicked right after a word was typed opens, also when its page takes time to come", async () => {
  function List() {
    const { filter, change } = useUrlFilter(SHAPE);
    return <SearchField label="Search" value={filter.q} onChange={(q) => change({ q })} />;
  }
  let arrive = (_: { Component: () => ReactNode }) => {};
  const router = createMemoryRouter([
    { path: "/", element: <List /> },
    { path: "/row", lazy: () => new Promise<{ Component: () => ReactNode }>((resolve) => (arrive = resolve)) },
  ]);
  render(<RouterProvider router={router} />);
  await userEvent.type(screen.getByRole("searchbox"), "server");
  await act(async () => void router.navigate("/row"));
  await new Promise((done) => setTimeout(done, 400));
  await act(async () => arrive({ Component: () => <h1>The row</h1> }));
  await screen.findByRole("heading", { name: "The row" });
  expect(router.state.location).toMatchObject({ pathname: "/row", search: "" });
});

it("what was typed is looked for after all when the row that was clicked does not open", async () => {
  function List() {
    const { filter, change } = useUrlFilter(SHAPE);
    return <SearchField label="Search" value={filter.q} onChange={(q) => change({ q })} />;
  }
  const router = createMemoryRouter([
    { path: "/", element: <List /> },
    { path: "/row", lazy: () => new Promise<{ Component: () => ReactNode }>(() => undefined) },
  ]);
  render(<RouterProvider router={router} />);
  await userEvent.type(screen.getByRole("searchbox"), "server");
  await act(async () => void router.navigate("/row"));
  await new Promise((done) => setTimeout(done, 400));
  expect(router.state.location.search).toBe("");
  // Its page does not come, and somebody goes back to the list.
  await act(() => router.navigate("/?state=open"));
  await waitFor(() => expect(router.state.location.search).toBe("?q=server&state=open"));
  expect(screen.getByRole("searchbox")).toHaveValue("server");
});

describe("the search field", () => {
  /** An address that follows when it is told to. */
  function Slow() {
    const [asked, setAsked] = useState("");
    const [value, setValue] = useState("");
    return (
      <>
        <SearchField label="Search" value={value} onChange={setAsked} />
        <button onClick={() => setValue(asked)}>follow {asked}</button>
        <button onClick={() => setValue("")}>back</button>
      </>
    );
  }

  it("keeps what is typed while the address still follows, and takes what the address says by other means", async () => {
    render(<Slow />);
    const field = screen.getByRole("searchbox");
    await userEvent.type(field, "ser");
    const follow = await screen.findByRole("button", { name: "follow ser" });
    await userEvent.type(field, "ver");
    await userEvent.click(follow);
    expect(field).toHaveValue("server");
    await userEvent.click(await screen.findByRole("button", { name: "follow server" }));
    await userEvent.click(screen.getByRole("button", { name: "back" }));
    expect(field).toHaveValue("");
  });
});
