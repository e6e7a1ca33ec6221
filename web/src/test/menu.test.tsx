import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { toast, Toaster } from "@/components/ui/toast";

it("one Escape closes a menu though a message has come meanwhile, and gives the focus back", async () => {
  render(
    <>
      <Toaster />
      <Menu>
        <MenuTrigger>More</MenuTrigger>
        <MenuContent>
          <MenuItem>Rename</MenuItem>
        </MenuContent>
      </Menu>
    </>,
  );
  await userEvent.click(screen.getByRole("button", { name: "More" }));
  await screen.findByRole("menu");
  act(() => toast({ tone: "success", title: "News" }));
  await screen.findByText("News");
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("menu")).toBeNull();
  expect(screen.getByRole("button", { name: "More" })).toHaveFocus();
});
