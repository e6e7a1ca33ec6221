// A ticket's page: whose ticket it is, its subject, what changed while somebody wrote, its keys, and the customer's way back.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { call, createTicket } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, painted, PHONE, settled, shot, shutDown, signedIn, waitFor } from "./lib/browser.mjs";
import { company } from "./lib/customers.mjs";
import { account } from "./lib/database.mjs";

after(shutDown);

const mark = () => randomUUID().slice(0, 8);
const wide = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const version = async (id) => (await call("agent", "GET", `/tickets/${id}`)).version;
/** A change of a ticket as it is now. */
const change = async (who, method, id, part, body) => call(who, method, `/tickets/${id}${part}`, body, { "if-match": `"${await version(id)}"` });

test("a ticket names its customer, and why and until when it is on hold", { timeout: 240_000 }, async () => {
  // The demo's client has nearly as many customers as one person may have.
  const client = account("client", "Lina Panneau");
  const own = await company(client, "SARL Panneau");
  const project = await call(client, "POST", `/customers/${own.id}/projects`, { name: `Site ${mark()}`, description: "", colour: null });
  const ticket = await createTicket(client, { subject: `Of a customer ${mark()}`, body: "Hello", project_id: project.id });
  await change("agent", "POST", ticket.id, "/state", { to: "on_hold", reason: "vendor", on_hold_until: "2031-05-04T09:30:00Z" });
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${ticket.id}`);
  const panel = page.getByRole("region", { name: "Customer", exact: true });
  const link = panel.getByRole("link", { name: own.name });
  await link.waitFor();
  for (const words of [own.number, "Company", "Not verified"]) await panel.getByText(words, { exact: true }).waitFor();
  const details = page.getByRole("region", { name: "Details" });
  await details.getByText("waiting for a supplier").waitFor();
  assert.match(await details.locator('time[datetime^="2031-05-04T09:30:00"]').textContent(), /2031/);
  assert.deepEqual(await violations(page), []);
  await shot(page, "ticket-customer");
  await link.click();
  await page.getByRole("heading", { level: 1, name: new RegExp(own.name) }).waitFor();
  assert.equal(new URL(page.url()).pathname, `/desk/customers/${own.id}`);

  // Whoever wrote without being known to us belongs to no customer, which is said.
  const strange = await createTicket("agent", { subject: `Of nobody ${mark()}`, body: "Hello", requester: { email: `nobody.${mark()}@elsewhere.example`, name: "Nobody" } });
  await go(page, `/desk/tickets/${strange.id}`);
  await page.getByText("This ticket belongs to no customer.").waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("a subject is changed, and the history says to what", async () => {
  const before = `Prinetr ${mark()}`;
  const ticket = await createTicket("client", { subject: before, body: "Hello" });
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${ticket.id}`);
  await page.getByRole("button", { name: "Edit the subject" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit the subject" });
  const field = dialog.getByRole("textbox");
  await field.waitFor();
  assert.equal(await field.inputValue(), before);
  await field.fill("  ");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.locator("[aria-invalid=true]").waitFor();
  assert.deepEqual(await violations(page), []);
  const now = `Printer ${mark()}`;
  await field.fill(now);
  await field.press("Enter");
  await page.getByRole("heading", { level: 1, name: new RegExp(now) }).waitFor();
  await page.getByText(new RegExp(`changed the subject to .*${now}`)).waitFor();
  assert.equal((await call("client", "GET", `/tickets/${ticket.id}`)).subject, now);
  assert.deepEqual(problems, []);
  await context.close();
});

test("what happened while somebody wrote is listed before his message goes out", { timeout: 240_000 }, async () => {
  const ticket = await createTicket("client", { subject: `Meanwhile ${mark()}`, body: "Who answers?" });
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${ticket.id}`);
  const form = page.getByRole("form", { name: "Reply" });
  const box = form.getByRole("textbox");
  await box.fill("Have you tried to turn it off?");
  await call("client", "POST", `/tickets/${ticket.id}/messages`, { kind: "reply", body: "It burns by now, please come." });
  await change("admin", "PATCH", ticket.id, "", { priority: "urgent" });
  const news = page.getByRole("article").filter({ hasText: "It burns by now" });
  await news.waitFor();
  await page.getByRole("button", { name: "Send" }).click();
  const dialog = page.getByRole("dialog", { name: "The ticket has changed" });
  const list = dialog.getByRole("list");
  await list.getByText("It burns by now, please come.").waitFor();
  await list.getByText(/changed the priority: Medium → Urgent/).waitFor();
  assert.equal(await list.getByText("Who answers?").count(), 0, "what he has seen is not news");
  await page.locator("[role=dialog] [aria-busy=true]").waitFor({ state: "detached" });
  assert.deepEqual(await violations(page), []);
  await shot(page, "conflict-list");
  await page.setViewportSize(PHONE);
  await painted(page);
  assert.equal(await wide(page), 0);
  await dialog.getByRole("button", { name: "Keep writing" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.equal(await box.inputValue(), "Have you tried to turn it off?");

  // One more thing: asked again, of that alone, and sent over it.
  await call("admin", "POST", `/tickets/${ticket.id}/messages`, { kind: "note", body: "He called as well." });
  await page.getByRole("article").filter({ hasText: "He called as well." }).waitFor();
  await box.fill("We are coming.");
  await page.getByRole("button", { name: "Send" }).click();
  await list.getByText("He called as well.").waitFor();
  assert.equal(await list.getByText(/It burns by now/).count(), 0);
  await dialog.getByRole("button", { name: "Send anyway" }).click();
  await page.getByRole("article").filter({ hasText: "We are coming." }).waitFor();
  await dialog.waitFor({ state: "detached" });
  // A refused message is said on the console by the browser itself.
  assert.deepEqual(problems.filter((line) => !line.includes("409")), []);
  await context.close();
});

test("a ticket is worked by its keys, and along the list that it was opened from", { timeout: 300_000 }, async () => {
  const name = mark();
  for (const n of [1, 2, 3]) await createTicket("client", { subject: `Walked ${name} ${n}`, body: "Hello" });
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets?q=${name}`);
  const rows = page.locator("tbody tr[data-id]");
  await waitFor(page, () => document.querySelectorAll("tbody tr[data-id]").length === 3);
  const ids = await rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-id")));
  const at = (id) => page.waitForURL((url) => url.pathname === `/desk/tickets/${id}`);
  await rows.first().getByRole("link").first().click();
  await at(ids[0]);
  const stands = async (words) => {
    await page.getByText(words, { exact: true }).waitFor();
    await settled(page);
  };
  await stands("1 of 3");
  await page.keyboard.press("j");
  await at(ids[1]);
  await stands("2 of 3");
  await page.keyboard.press("k");
  await at(ids[0]);
  await stands("1 of 3");
  // The page loaded anew goes on where it was.
  await page.reload();
  await stands("1 of 3");
  assert.equal(await page.getByRole("button", { name: "Previous ticket of the list" }).isDisabled(), true);
  assert.deepEqual(await violations(page), []);

  // While somebody types, none of them is a key.
  await page.keyboard.press("r");
  const box = page.getByRole("form", { name: "Reply" }).getByRole("textbox");
  await waitFor(page, () => document.activeElement?.tagName === "TEXTAREA");
  await page.keyboard.type("jkiaseopt");
  assert.equal(await box.inputValue(), "jkiaseopt");
  assert.equal(new URL(page.url()).pathname, `/desk/tickets/${ids[0]}`);
  assert.equal((await call("agent", "GET", `/tickets/${ids[0]}`)).assignee, null);
  await box.fill("");
  await page.keyboard.press("Escape");

  await page.keyboard.press("e");
  await page.getByText("Assign the ticket first.").first().waitFor();
  await page.keyboard.press("i");
  await page.getByText(/assigned it to Karim Agent/).waitFor();
  await page.keyboard.press("p");
  await page.locator("select[data-pagekey=p]:focus").selectOption("urgent");
  await page.getByText(/changed the priority: Medium → Urgent/).waitFor();
  await waitFor(page, () => document.activeElement?.tagName !== "SELECT");
  await page.keyboard.press("t");
  await page.locator("input[data-pagekey=t]:focus").waitFor();
  await page.keyboard.type(`vip${name}`);
  await page.keyboard.press("Enter");
  await page.getByRole("list", { name: "Tags" }).getByText(`vip${name}`).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("s");
  await page.locator("[data-to=in_progress]").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("menu").waitFor({ state: "detached" });
  await page.keyboard.press("e");
  const why = page.getByRole("dialog", { name: "Set to: Resolved" });
  await why.getByLabel("Why is no reply needed?").fill("He called.");
  await page.keyboard.press("Enter");
  await page.getByText(/changed the state: Open → Resolved/).waitFor();
  await why.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Reopen" }).waitFor();
  await page.keyboard.press("o");
  await page.getByText(/changed the state: Resolved → Open/).waitFor();
  await page.keyboard.press("a");
  await page.locator("select[data-pagekey=a]:focus").selectOption({ label: "Amel Admin" });
  await page.getByText(/assigned it to Amel Admin/).waitFor();
  await waitFor(page, () => document.activeElement?.tagName !== "SELECT");

  // The second key of a sequence is not the key of the page.
  await page.keyboard.type("gt");
  await page.waitForURL((url) => url.pathname === "/desk/tickets");
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  for (const words of ["Next ticket of the list", "Assign to me", "Reopen"]) await help.getByText(words, { exact: true }).waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("a customer reopens what is resolved, on his phone", async () => {
  const ticket = await createTicket("client", { subject: `Not solved ${mark()}`, body: "Hello" });
  const { page, context, problems } = await signedIn("client", { locale: "en", viewport: PHONE });
  await go(page, `/client/tickets/${ticket.id}`);
  const reopen = page.getByRole("button", { name: "Reopen" });
  const resolve = page.getByRole("button", { name: "Mark as resolved" });
  await resolve.waitFor();
  assert.equal(await reopen.count(), 0);
  await resolve.click();
  await reopen.waitFor();
  assert.equal(await resolve.count(), 0);
  assert.equal(await wide(page), 0);
  assert.deepEqual(await violations(page), []);
  await shot(page, "reopen-phone");
  await reopen.click();
  await resolve.waitFor();
  assert.equal((await call("client", "GET", `/tickets/${ticket.id}`)).state, "open");
  assert.deepEqual(problems, []);
  await context.close();
});
