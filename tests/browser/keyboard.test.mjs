// The whole product without a mouse.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { call, createTicket, seed } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, openPalette, shot, shutDown, signedIn, visitor, waitFor } from "./lib/browser.mjs";
import { baseUrl, people } from "./lib/env.mjs";

before(() => seed());
after(shutDown);

/** Presses Tab until the button of this name has the focus. */
async function tabTo(page, name) {
  for (let stop = 0; stop < 80; stop += 1) {
    await page.keyboard.press("Tab");
    if ((await page.evaluate(() => document.activeElement?.textContent?.trim())) === name) return;
  }
  throw new Error(`the Tab key does not lead to ${name}`);
}

test("the palette opens from anywhere, even while typing, and finds pages and tickets", async () => {
  const { page, context } = await signedIn("admin", { locale: "en" });
  await page.getByRole("searchbox").first().focus();
  const box = await openPalette(page);
  await page.getByRole("combobox", { name: /Search or run/ }).waitFor();
  assert.equal(await box.evaluate((element) => element === document.activeElement), true);
  await shot(page, "palette-en-light");
  assert.deepEqual(await violations(page), []);
  await page.keyboard.type("Serveur");
  await page.getByRole("option", { name: /Serveur inaccessible/ }).first().waitFor();
  await box.fill("queues");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/admin\/queues$/);
  await context.close();
});

test("single keys and sequences navigate, and stay off while typing", { timeout: 300_000 }, async () => {
  const { page, context } = await signedIn("admin", { locale: "en" });
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.type("gq");
  await page.waitForURL(/\/admin\/queues$/);
  await page.keyboard.type("gt");
  await page.waitForURL(/\/desk\/tickets$/);
  await page.getByRole("link", { name: /Serveur inaccessible/ }).first().waitFor();
  // The page listens a moment after it is seen.
  const search = page.getByRole("searchbox");
  const focused = () => search.evaluate((box) => box === document.activeElement);
  const end = Date.now() + 10_000;
  do await page.keyboard.press("/");
  while (!(await focused()) && Date.now() < end);
  assert.equal(await focused(), true);
  await page.keyboard.type("gq");
  assert.equal(await search.inputValue(), "gq");
  assert.match(page.url(), /\/desk\/tickets/);
  await context.close();
});

test("a list is walked and opened with j, k and Enter; u leads back", async () => {
  // Tickets of its own: those of other tests move the rows of the whole list.
  const mark = randomUUID().slice(0, 8);
  for (const n of [1, 2, 3]) await createTicket("client", { subject: `Row ${mark} ${n}`, body: "Hello" });
  const { page, context } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets?q=${mark}&sort=-created_at`);
  await page.locator("tbody tr").nth(2).waitFor();
  const second = await page.locator("tbody tr").nth(1).getAttribute("data-id");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await waitFor(page, (id) => document.activeElement?.closest("tr")?.getAttribute("data-id") === id, second);
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`/desk/tickets/${second}$`));
  await page.getByRole("article").first().waitFor();
  await page.keyboard.press("n");
  await waitFor(page, () => document.activeElement?.tagName === "TEXTAREA");
  await page.keyboard.press("Escape");
  await page.keyboard.press("u");
  await page.waitForURL(/\/desk\/tickets$/);
  await context.close();
});

test("tickets are linked, merged and split from the palette", { timeout: 300_000 }, async () => {
  const mark = randomUUID().slice(0, 8);
  const [kept, other] = [await createTicket("agent", { subject: `Kept ${mark}`, body: "One." }), await createTicket("agent", { subject: `Other ${mark}`, body: "Two." })];
  await call("agent", "POST", `/tickets/${other.id}/messages`, { kind: "note", body: "Three." });
  const { page, context, problems } = await signedIn("admin", { locale: "en" });
  await go(page, `/desk/tickets/${other.id}`);
  await page.getByRole("article").nth(1).waitFor();
  const choose = async (text, name) => {
    await (await openPalette(page)).fill(text);
    await page.getByRole("option", { name, exact: true }).and(page.locator("[aria-selected=true]")).waitFor();
    await page.keyboard.press("Enter");
  };
  // One Escape, whatever message has come meanwhile. Only a hint over the dialog takes one of its own.
  const leave = async (name) => {
    const dialog = page.getByRole("dialog", { name });
    await dialog.locator(":focus").waitFor();
    const hint = (await page.getByRole("tooltip").count()) > 0;
    await page.keyboard.press("Escape");
    if (hint && (await dialog.waitFor({ state: "detached", timeout: 3_000 }).then(() => false, () => true))) await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  };
  await choose("Link another", "Link another ticket");
  await page.getByRole("dialog", { name: "Link another ticket" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await leave("Link another ticket");
  await choose("Make a new ticket of", "Make a new ticket of some messages");
  await page.getByRole("dialog", { name: "Make a new ticket of some messages" }).waitFor();
  await leave("Make a new ticket of some messages");
  await choose("Merge ticket", `Merge ticket #${other.number} into another one`);
  const dialog = page.getByRole("dialog", { name: `Merge ticket #${other.number} into another one` });
  await dialog.getByRole("searchbox").fill(`Kept ${mark}`);
  await dialog.getByRole("radio", { name: new RegExp(`Kept ${mark}`) }).check();
  await dialog.getByRole("button", { name: "Merge", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: new RegExp(`Kept ${mark}`) }).waitFor();
  assert.equal(new URL(page.url()).pathname, `/desk/tickets/${kept.id}`);
  // What is no longer possible is no longer offered.
  await go(page, `/desk/tickets/${other.id}`);
  await page.getByText("This ticket is a part of another one").waitFor();
  await openPalette(page);
  await page.getByRole("option", { name: "Link another ticket", exact: true }).waitFor();
  assert.equal(await page.getByRole("option", { name: /^Merge ticket/ }).count(), 0);
  assert.deepEqual(problems, []);
  await context.close();
});

test("signing in, opening a ticket, taking it, a note, an answer and a state: without a mouse", async () => {
  const mark = randomUUID().slice(0, 8);
  const ticket = await createTicket("client", { subject: `Au clavier ${mark}`, body: "Bonjour" });
  const { page, context } = await visitor();
  await page.goto(`${baseUrl}/login`);
  await page.locator("input[type=email]:focus").waitFor();
  await page.keyboard.type(people.agent.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(people.agent.password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Tickets" }).waitFor();

  await openPalette(page);
  await page.keyboard.type(mark);
  await page.getByRole("option", { name: new RegExp(mark) }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(ticket.id));
  await page.getByRole("article").first().waitFor();

  await tabTo(page, "Me l’attribuer");
  await page.keyboard.press("Enter");
  await page.getByText(/l’a attribué à Karim Agent/).waitFor();

  await page.keyboard.press("n");
  await page.locator("textarea:focus").waitFor();
  await page.keyboard.type("Rien que pour nous.");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("article").filter({ hasText: "Rien que pour nous." }).waitFor();

  await page.keyboard.press("Escape");
  await page.keyboard.press("r");
  await page.getByRole("form", { name: "Réponse" }).locator("textarea:focus").waitFor();
  await page.keyboard.type("Bonjour, c’est fait.");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("article").filter({ hasText: "c’est fait." }).waitFor();
  await page.locator("aside").getByText("Répondu", { exact: true }).first().waitFor();

  await page.keyboard.press("Escape");
  await tabTo(page, "Changer l’état");
  await page.keyboard.press("Enter");
  await page.getByRole("menu").waitFor();
  const reached = page.locator("[data-to]:focus");
  await reached.waitFor();
  for (let at = await reached.getAttribute("data-to"); at !== "resolved"; at = await reached.getAttribute("data-to")) {
    await page.keyboard.press("ArrowDown");
    await waitFor(page, (before) => document.activeElement?.getAttribute("data-to") !== before, at);
  }
  await page.keyboard.press("Enter");
  await page.locator("aside").getByText("Résolu", { exact: true }).first().waitFor();
  await context.close();
});

test("every stop of the tab key can be seen, and the first skips to the content", async () => {
  const { page, context } = await signedIn("agent", { locale: "en" });
  await go(page, "/desk/tickets");
  await page.keyboard.press("Tab");
  assert.match((await page.evaluate(() => document.activeElement?.textContent)) ?? "", /Skip to content/);
  for (let stop = 0; stop < 25; stop += 1) {
    const seen = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return "body";
      const style = getComputedStyle(element);
      const visible = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
      return visible ? "ok" : element.outerHTML.slice(0, 120);
    });
    assert.ok(["ok", "body"].includes(seen), seen);
    await page.keyboard.press("Tab");
  }
  await context.close();
});

test("a dialog keeps the focus and gives it back", async () => {
  const { page, context } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/mailboxes");
  // Other tests make and delete mailboxes of their own meanwhile.
  await page.getByRole("row").filter({ hasText: "support@cloudmanager.test" }).getByRole("link").first().click();
  const opener = page.getByRole("button", { name: "Delete" });
  await opener.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  // The safe answer comes first.
  await waitFor(page, () => document.activeElement?.textContent === "Cancel");
  for (let stop = 0; stop < 6; stop += 1) {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.closest("[role=dialog]") !== null), true);
  }
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await waitFor(page, () => document.activeElement?.textContent === "Delete");
  await context.close();
});

test("the palette offers what the page can do and what was opened lately", async () => {
  const ticket = await createTicket("client", { subject: `From the palette ${Date.now()}`, body: "Hello" });
  const { page, context } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${ticket.id}`);
  const choose = async (text, name) => {
    await (await openPalette(page)).fill(text);
    await page.getByRole("option", { name }).and(page.locator("[aria-selected=true]")).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  };
  await choose("Assign to me", "Assign to me");
  // Not by its role, which nothing behind a dialog has.
  await page.locator("button", { hasText: "Assign to me" }).waitFor({ state: "detached" });
  await choose("Note", /note/i);
  await waitFor(page, () => document.activeElement?.tagName === "TEXTAREA");
  await go(page, "/desk/mails");
  await openPalette(page);
  await page.getByRole("option", { name: ticket.subject }).first().click();
  await page.waitForURL(new RegExp(`/desk/tickets/${ticket.id}$`));
  await context.close();
});
