// Working in a list: a row is changed where it stands, taken back, or put right again when the server refuses.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { call, createTicket, eventually, seed } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shot, shutDown, signedIn } from "./lib/browser.mjs";
import { company } from "./lib/customers.mjs";
import { text } from "./lib/texts.mjs";

before(() => seed());
after(shutDown);

async function listWith(ticket, locale = "en") {
  const visit = await signedIn("agent", { locale });
  await go(visit.page, `/desk/tickets?q=${encodeURIComponent(ticket.subject)}`);
  return { ...visit, row: visit.page.locator(`tr[data-id="${ticket.id}"]`) };
}

test("a ticket leads to the others about the same order", async () => {
  const [order, mark] = [randomUUID(), randomUUID().slice(0, 8)];
  const [first, second] = [
    await createTicket("agent", { subject: `Late ${mark}`, body: "Hello", related: { order_id: order } }),
    await createTicket("agent", { subject: `Broken ${mark}`, body: "Hello", related: { order_id: order } }),
  ];
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${first.id}`);
  await page.getByRole("link", { name: "Other tickets about this order" }).filter({ visible: true }).first().click();
  await page.waitForURL(new RegExp(`/desk/tickets\\?order=${order}`));
  await page.getByRole("button", { name: `Remove filter: Order: ${order}` }).waitFor();
  for (const { id } of [first, second]) await page.locator(`tr[data-id="${id}"]`).waitFor();
  assert.equal(await page.locator("tr[data-id]").count(), 2);
  assert.deepEqual(await violations(page, "main"), []);
  assert.deepEqual(problems, []);
  await context.close();
});

test("a priority is changed in the list at once, and taken back with Ctrl+Z", async () => {
  const ticket = await createTicket("client", { subject: `Inline ${Date.now()}`, body: "Hello" });
  const { page, context, row } = await listWith(ticket);
  let letGo;
  const held = new Promise((ready) => (letGo = ready));
  await page.route(`**/api/v1/tickets/${ticket.id}`, async (route) => {
    if (route.request().method() === "PATCH") await held;
    await route.continue();
  });
  await page.keyboard.press("j");
  await page.keyboard.press("p");
  await page.getByRole("menuitemradio", { name: "Urgent" }).waitFor();
  await shot(page, "inline-priority-en-light");
  assert.deepEqual(await violations(page, "[role=menu]"), []);
  await page.getByRole("menuitemradio", { name: "Urgent" }).click();
  await row.getByRole("button", { name: /Urgent/ }).waitFor();
  // Shown before the server has answered, which it may do now.
  letGo();
  await page.getByText(`Priority: Urgent · #${ticket.number}`).first().waitFor();
  assert.equal((await call("agent", "GET", `/tickets/${ticket.id}`)).priority, "urgent");
  const answered = page.waitForResponse((response) => response.request().method() === "PATCH" && response.ok());
  await page.keyboard.press("Control+z");
  await row.getByRole("button", { name: /Medium/ }).waitFor();
  await answered;
  assert.equal((await call("agent", "GET", `/tickets/${ticket.id}`)).priority, "medium");
  await context.close();
});

test("a change that the server refuses is put back with an explanation", async () => {
  const ticket = await createTicket("client", { subject: `Refused ${Date.now()}`, body: "Hello" });
  const { page, context, row } = await listWith(ticket);
  await page.route(`**/api/v1/tickets/${ticket.id}/assignee`, (route) =>
    route.fulfill({ status: 500, contentType: "application/problem+json", body: '{"code":"internal","status":500,"request_id":"req-43"}' }),
  );
  await row.getByRole("button", { name: /Assignee/ }).click();
  await page.getByRole("menuitemradio", { name: / me$/ }).click();
  await page.getByText("req-43", { exact: true }).waitFor();
  await row.getByRole("button", { name: /Unassigned|Nobody/ }).waitFor();
  await context.close();
});

test("a state is changed in the list by what the server allows", async () => {
  const ticket = await createTicket("client", { subject: `Moved ${Date.now()}`, body: "Hello" });
  const { page, context, row } = await listWith(ticket);
  await row.getByRole("button", { name: /Open/ }).click();
  await page.locator("[data-to=on_hold]").click();
  await page.getByRole("dialog").getByLabel("Reason").selectOption("vendor");
  await page.getByRole("button", { name: "Confirm" }).click();
  await row.getByRole("button", { name: /On hold/ }).waitFor();
  await context.close();
});

test("a form with unsaved changes asks before it is left", async () => {
  const { page, context } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/mailboxes/new");
  await page.getByLabel("Name", { exact: false }).first().fill("Half a mailbox");
  await page.getByRole("link", { name: "Queues" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  assert.deepEqual(await violations(page), []);
  assert.match(page.url(), /\/admin\/mailboxes\/new$/);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Queues" }).click();
  await dialog.getByRole("button").last().click();
  await page.waitForURL(/\/admin\/queues$/);
  await context.close();
});

test("a word of a message is found, also mistyped, and the list says how it was understood", { timeout: 300_000 }, async () => {
  // Letters alone: a word with digits in it is a name, which nobody mistypes.
  const word = `zorgal${[...String(Date.now())].map((digit) => "bcdfghjklm"[digit]).join("")}`;
  const ticket = await createTicket("client", { subject: "Search", body: `Le disque ${word} est plein.` });
  const mistyped = `${word.slice(0, 8)}x${word.slice(9)}`;
  await eventually("the search to know the message", async () => {
    const { items } = await call("agent", "GET", `/tickets?q=${word}`);
    return items.length === 1;
  });
  for (const who of ["agent", "client"]) {
    const { page, context } = await signedIn(who, { locale: "fr" });
    await go(page, `${who === "agent" ? "/desk" : "/client"}/tickets?q=${mistyped}`);
    await page.getByText(text("fr", "ticket.corrected", { given: mistyped, used: word })).waitFor();
    await page.locator(`[data-id="${ticket.id}"]`).filter({ visible: true }).first().waitFor();
    assert.deepEqual(await violations(page, "main"), []);
    await context.close();
  }
});

test("tickets are narrowed to a customer, to who asked, to how they came and to days, in words that are taken back one by one", { timeout: 180_000 }, async () => {
  const mark = randomUUID().slice(0, 8);
  await company("client", "SPA Filtres");
  const ticket = await createTicket("client", { subject: `Narrow ${mark}`, body: "Hello" });
  const asker = `asker.${mark}@example.dz`;
  const phoned = await createTicket("agent", { subject: `Phoned ${mark}`, body: "Hello", requester: { email: asker, name: "Nadia" } });
  const { customer_id: customer } = await call("agent", "GET", `/tickets/${ticket.id}`);
  const { name, number } = await call("agent", "GET", `/customers/${customer}`);
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  const row = ({ id }) => page.locator(`tr[data-id="${id}"]`);
  const chip = (words) => page.getByRole("button", { name: `Remove filter: ${words}`, exact: true });
  await go(page, `/desk/tickets?q=${mark}`);
  await row(ticket).waitFor();
  await row(phoned).waitFor();

  await page.getByRole("button", { name: "More filters" }).click();
  const panel = page.getByRole("region", { name: "More filters" });
  await panel.getByRole("searchbox", { name: "Customer" }).fill(String(number));
  await panel.getByRole("button", { name: new RegExp(String(number)) }).waitFor();
  assert.deepEqual(await violations(page, "main"), []);
  await shot(page, "ticket-filters-en-light");
  await panel.getByRole("button", { name: new RegExp(String(number)) }).click();
  await chip(`Customer: ${name}`).waitFor();
  await row(phoned).waitFor({ state: "detached" });
  await row(ticket).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("customer"), customer);
  await chip(`Customer: ${name}`).click();
  await row(phoned).waitFor();

  const requester = panel.getByRole("searchbox", { name: "Requester" });
  await requester.fill("asker");
  await requester.press("Enter");
  await panel.getByText("This is no whole mail address.").waitFor();
  await requester.fill(asker);
  await requester.press("Enter");
  await chip(`Requester: ${asker}`).waitFor();
  await row(ticket).waitFor({ state: "detached" });
  await panel.getByLabel("How it came").selectOption({ label: "Opened by an agent" });
  await chip("Opened by an agent").waitFor();
  const today = new Date(Date.now() + 3_600_000).toISOString().slice(0, 10);
  await panel.getByLabel("Opened from").fill(today);
  await page.getByRole("button", { name: /^Remove filter: Opened from / }).waitFor();
  await row(phoned).waitFor();
  // A link shows the same rows, in the same words.
  await page.reload();
  await chip(`Requester: ${asker}`).waitFor();
  await row(phoned).waitFor();
  assert.deepEqual(await violations(page, "main"), []);
  const address = new URL(page.url());
  assert.deepEqual(
    ["requester", "source", "created_from", "sort"].map((part) => address.searchParams.get(part)),
    [asker, "agent", today, "-created_at"],
  );

  await go(page, `/desk/customers/${customer}`);
  await page.getByRole("link", { name: "Show tickets" }).click();
  await page.waitForURL(/\/desk\/tickets\?customer=/);
  await chip(`Customer: ${name}`).waitFor();
  assert.deepEqual(problems, []);
  await context.close();

  const phone = await signedIn("agent", { locale: "ar", viewport: PHONE });
  await go(phone.page, `${address.pathname}${address.search}`);
  await phone.page.getByRole("button", { name: text("ar", "ticketFilter.more") }).click();
  await phone.page.getByRole("region", { name: text("ar", "ticketFilter.more") }).waitFor();
  assert.deepEqual(await violations(phone.page), []);
  await shot(phone.page, "ticket-filters-ar-phone");
  assert.deepEqual(phone.problems, []);
  await phone.context.close();
});
