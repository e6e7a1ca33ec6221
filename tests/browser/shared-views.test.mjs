// A view that is shown to colleagues: seen at once, kept as one's own, opened with, and gone when it is not shown any more.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { call } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, live, PHONE, shot, shutDown, signedIn, signIn, visitor } from "./lib/browser.mjs";
import { account } from "./lib/database.mjs";
import { text } from "./lib/texts.mjs";

after(shutDown);

test("a view is shown to all staff, kept by a colleague as his own, and opens his list", { timeout: 240_000 }, async () => {
  const name = `Urgent ${randomUUID().slice(0, 8)}`;
  // Somebody of his own: with what his list opens is nobody else's affair.
  const person = account("agent", "Lynda Vues");
  const [admin, agent] = await Promise.all([signedIn("admin", { locale: "en" }), visitor({ locale: "en" })]);
  await signIn(agent.page, person);
  await go(agent.page, "/desk/tickets");
  await live(agent.page);
  await go(admin.page, "/desk/tickets?priority=urgent");
  await admin.page.getByRole("button", { name: "Save view" }).click();
  const dialog = admin.page.getByRole("dialog");
  await dialog.getByLabel("Name of the view").fill(name);
  await dialog.getByRole("button", { name: "Save" }).click();
  await admin.page.getByRole("link", { name }).waitFor();
  await admin.page.getByRole("button", { name: "More about views" }).click();
  await admin.page.getByRole("menuitem", { name: "Edit or share view" }).click();
  await dialog.getByLabel("Who sees it").selectOption({ label: "All staff who see this list" });
  assert.deepEqual(await violations(admin.page), []);
  await shot(admin.page, "views-share");
  await dialog.getByRole("button", { name: "Save" }).click();
  await admin.page.getByText(`View saved: ${name}`).first().waitFor();

  // It is there without a reload, and says whose it is.
  const link = agent.page.getByRole("link", { name });
  await link.click();
  // The menu is that of the view once the list shows it.
  await link.and(agent.page.locator("[aria-current=page]")).waitFor();
  assert.match(await link.textContent(), /shown by/);
  assert.equal(await agent.page.getByRole("button", { name: `Delete view ${name}` }).count(), 0);
  await agent.page.getByRole("button", { name: "More about views" }).click();
  await agent.page.getByRole("menuitem", { name: "Keep as a view of my own" }).click();
  await agent.page.getByText(`Kept as a view of your own: ${name}`).first().waitFor();
  await agent.page.getByRole("button", { name: "More about views" }).click();
  await agent.page.getByRole("menuitem", { name: "Arrange views" }).click();
  const order = agent.page.getByRole("dialog");
  await order.getByRole("radio", { name }).first().check();
  assert.deepEqual(await violations(agent.page), []);
  await shot(agent.page, "views-arrange");
  await order.getByRole("button", { name: "Save" }).click();
  await agent.page.getByText("Views arranged").first().waitFor();
  await agent.context.close();

  // The list opens with it on his telephone, and all rows are a press away.
  const phone = await visitor({ locale: "ar", viewport: PHONE });
  await signIn(phone.page, person);
  await go(phone.page, "/desk/tickets");
  await phone.page.waitForURL(/priority=urgent/);
  assert.deepEqual(await violations(phone.page), []);
  await shot(phone.page, "views-opening-ar-phone");

  // What is not shown any more is gone for others; what he kept stays.
  const views = await call("admin", "GET", "/saved-views?list=tickets");
  await call("admin", "DELETE", `/saved-views/${views.find((view) => view.name === name).id}`);
  await go(phone.page, "/desk/tickets?priority=urgent");
  await phone.page.getByRole("button", { name: text("ar", "list.deleteView", { name }) }).waitFor();
  assert.equal(await phone.page.getByRole("link", { name }).count(), 1);
  assert.deepEqual([...admin.problems, ...agent.problems, ...phone.problems], []);
  await phone.context.close();
  await admin.context.close();
});
