// An agent's workspace: many tickets at once, and tickets that belong together.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, createTicket, seed } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { PHONE, go, shot, shutDown, signedIn, waitFor } from "./lib/browser.mjs";

before(() => seed());
after(shutDown);

const mark = () => `${Date.now()}${Math.floor(Math.random() * 1000)}`;
const ticketOf = (id) => call("agent", "GET", `/tickets/${id}`);

test("marked tickets are changed together, and the refused ones say why", async () => {
  const name = `Together ${mark()}`;
  const tickets = [];
  for (const n of [1, 2, 3]) tickets.push(await createTicket("client", { subject: `${name} no ${n}`, body: "Hello" }));
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets?q=${encodeURIComponent(name)}&sort=-created_at`);
  const boxes = page.getByRole("checkbox", { name: new RegExp(`Select ticket .*${name}`) });
  await boxes.nth(2).waitFor();
  await boxes.nth(0).click();
  await boxes.nth(2).click({ modifiers: ["Shift"] });
  const bar = page.getByRole("region", { name: "Change the selected tickets" });
  await bar.getByText("3 tickets selected").waitFor();
  await shot(page, "bulk-bar-en-light");
  assert.deepEqual(await violations(page), []);
  await bar.getByRole("button", { name: "Priority" }).click();
  await page.getByRole("menuitem", { name: "Urgent" }).click();
  const over = page.getByRole("dialog", { name: "The change is done" });
  await over.locator("[data-bulk=changed]").filter({ hasText: "3" }).waitFor();
  const whole = over.locator('a[href^="/desk/bulk-changes/"]');
  const urgent = await whole.getAttribute("href");
  await over.getByRole("button", { name: "Close" }).last().click();
  assert.equal((await ticketOf(tickets[1].id)).priority, "urgent");

  // One of them has nobody who could have resolved it.
  await boxes.nth(0).click();
  await bar.getByText("1 ticket selected").waitFor();
  await bar.getByRole("button", { name: "State" }).click();
  await page.getByRole("menuitem", { name: "Resolved" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Change 1 ticket" }).click();
  await over.getByText("Assign the ticket first.").waitFor();
  await over.locator("[data-bulk=refused]").filter({ hasText: "1" }).waitFor();
  assert.deepEqual(await violations(page, "[role=dialog]"), []);

  // Closed, the result is found again.
  const resolved = await whole.getAttribute("href");
  await over.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("link", { name: "Changes of many tickets" }).click();
  await page.getByRole("heading", { level: 1, name: "Changes of many tickets" }).waitFor();
  // The agent of the demo changes many tickets in other tests as well: these two by their own addresses.
  await page.locator(`a[href="${urgent}"]`).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "bulk-list");
  await page.locator(`a[href="${resolved}"]`).click();
  await page.getByRole("heading", { level: 1, name: "Change of 1 ticket" }).waitFor();
  await page.getByText("State: Resolved").waitFor();
  await page.getByRole("cell", { name: "Assign the ticket first." }).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "bulk-page");
  await page.getByRole("link", { name: new RegExp(name) }).click();
  await page.getByRole("heading", { level: 1, name: new RegExp(name) }).waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("the bar fits a phone that reads from right to left", async () => {
  const name = `Phone ${mark()}`;
  const ticket = await createTicket("client", { subject: name, body: "Hello" });
  const { page, context } = await signedIn("agent", { locale: "ar", viewport: PHONE });
  await go(page, `/desk/tickets?q=${encodeURIComponent(name)}`);
  await page.getByRole("checkbox", { name: new RegExp(name) }).waitFor();
  await page.getByRole("checkbox", { name: "تحديد كل الصفوف المعروضة" }).click();
  const bar = page.getByRole("region", { name: "تعديل التذاكر المحددة" });
  await bar.waitFor();
  await shot(page, "bulk-bar-ar-phone");
  await waitFor(page, () => document.documentElement.scrollWidth === document.documentElement.clientWidth);
  await bar.getByRole("button", { name: "الوسوم" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("وسوم تضاف").fill("Fibre، VIP");
  await dialog.getByRole("button", { name: "تعديل تذكرة واحدة" }).click();
  const over = page.getByRole("dialog", { name: "انتهى التعديل" });
  await over.waitFor();
  assert.deepEqual((await ticketOf(ticket.id)).tags, ["fibre", "vip"]);
  assert.deepEqual(await violations(page, "[role=dialog]"), []);
  await over.getByRole("link", { name: "فتح النتيجة في صفحة مستقلة" }).click();
  await page.getByRole("heading", { level: 1, name: "تعديل تذكرة واحدة" }).waitFor();
  await page.getByRole("link", { name: new RegExp(name) }).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "bulk-page-ar-phone");
  await context.close();
});

test("two tickets of one customer become one, and the closed one leads there", async () => {
  const name = `Merge ${mark()}`;
  const target = await createTicket("client", { subject: `${name} stays`, body: "First question" });
  const source = await createTicket("client", { subject: `${name} goes`, body: "The same question again" });
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${source.id}`);
  const panel = page.locator("aside").getByRole("button", { name: "Merge" });
  await panel.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("searchbox").fill(`${name} stays`);
  await dialog.getByRole("radio", { name: new RegExp(`${name} stays`) }).check();
  await shot(page, "merge-en-light");
  assert.deepEqual(await violations(page, "[role=dialog]"), []);
  await dialog.getByRole("button", { name: "Merge" }).click();
  await page.waitForURL(`**/desk/tickets/${target.id}`);
  const moved = page.getByRole("article").filter({ hasText: "The same question again" });
  await moved.getByRole("link", { name: `from ticket #${source.number}` }).click();
  await page.getByText("This ticket is a part of another one").waitFor();
  await page.getByRole("link", { name: "Go to the ticket where the conversation goes on" }).click();
  await page.waitForURL(`**/desk/tickets/${target.id}`);
  await moved.waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("a message becomes a ticket of its own, and another ticket is linked and unlinked", async () => {
  const name = `Split ${mark()}`;
  const ticket = await createTicket("client", { subject: name, body: "Two things" });
  await call("client", "POST", `/tickets/${ticket.id}/messages`, { kind: "reply", body: "The other thing" });
  const other = await createTicket("client", { subject: `${name} beside`, body: "Hello" });
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${ticket.id}`);
  const side = page.locator("aside");
  await side.getByRole("button", { name: "Link", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("The other ticket is").selectOption("duplicate");
  await dialog.getByRole("searchbox").fill(`${name} beside`);
  await dialog.getByRole("radio", { name: new RegExp(`${name} beside`) }).check();
  await dialog.getByRole("button", { name: "Link", exact: true }).click();
  await side.getByText("a duplicate of this one").waitFor();
  await shot(page, "links-en-light");
  assert.deepEqual(await violations(page), []);
  await side.getByRole("button", { name: `Remove the link to ticket #${other.number}`.replace("#", "") }).click();
  await side.getByText("No linked ticket.").waitFor();

  await side.getByRole("button", { name: "Split" }).click();
  await dialog.getByLabel("Subject").fill(`${name} second`);
  await dialog.getByRole("checkbox", { name: /The other thing/ }).click();
  await dialog.getByRole("button", { name: "Split" }).click();
  await page.getByRole("heading", { name: new RegExp(`${name} second`) }).waitFor();
  await page.getByRole("article").filter({ hasText: "The other thing" }).waitFor();
  await page.locator("aside").getByText("where this one was split from").waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("a ticket is handed over, marked and watched from its side panel", async () => {
  const ticket = await createTicket("client", { subject: `Side ${mark()}`, body: "Hello" });
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${ticket.id}`);
  const side = page.locator("aside");
  await side.getByRole("combobox", { name: "Tags" }).fill("Fibre, VIP");
  await side.getByRole("button", { name: "Add", exact: true }).click();
  await side.getByRole("button", { name: "Remove tag fibre" }).click();
  await side.getByRole("button", { name: "Remove tag fibre" }).waitFor({ state: "detached" });
  await side.getByRole("button", { name: "Remove tag vip" }).waitFor();
  await side.getByRole("textbox", { name: "E-mail address" }).fill("boss@else.dz");
  await side.getByRole("button", { name: "Add a watcher" }).click();
  await side.getByText("boss@else.dz").waitFor();
  await shot(page, "people-en-light");
  assert.deepEqual(await violations(page), []);
  await side.getByRole("button", { name: "Remove boss@else.dz" }).click();
  await side.getByText("Nobody besides the requester.").waitFor();
  assert.deepEqual((await ticketOf(ticket.id)).tags, ["vip"]);
  assert.deepEqual(problems, []);
  await context.close();
});
