import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { describe, expect, it } from "vitest";
import { SearchField } from "@/components/search-field";
import { many, search, type UrlFilter, useUrlFilter } from "@/lib/url-filter";

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
