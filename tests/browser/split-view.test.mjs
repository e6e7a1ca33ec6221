// The agents' list with the chosen ticket beside it.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { createTicket, seed } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, shot, shutDown, signedIn, waitFor } from "./lib/browser.mjs";

before(() => seed());
after(shutDown);

const WIDE = { width: 1600, height: 900 };
const NARROW = { width: 1100, height: 850 };

/** Three tickets, the newest first, and the list that shows them alone. */
async function three(name) {
  const mark = `${name} ${randomUUID().slice(0, 8)}`;
  const tickets = [];
  for (const n of [1, 2, 3]) tickets.unshift(await createTicket("client", { subject: `${mark} no ${n}`, body: `Question ${n}` }));
  return { tickets, list: `/desk/tickets?q=${encodeURIComponent(mark)}&sort=-created_at` };
}

const beside = (page, ticket) => page.locator(`[data-beside="${ticket.id}"]`);
const shows = (page, ticket) => beside(page, ticket).getByRole("heading", { level: 2, name: new RegExp(`#${ticket.number}`) }).waitFor();
const focusedRow = (page, ticket) => waitFor(page, (id) => document.activeElement?.closest("tr")?.getAttribute("data-id") === id, ticket.id);
const rows = (page) => page.locator("tbody tr");

test("tickets are walked through and answered beside the list, with the keys alone", { timeout: 240_000 }, async () => {
  const { tickets, list } = await three("Beside");
  const [first, second] = tickets;
  const { page, context, problems } = await signedIn("agent", { locale: "en", viewport: WIDE });
  await go(page, list);
  await rows(page).nth(2).waitFor();
  await page.getByRole("button", { name: "Split view", pressed: false }).click();
  await page.getByText("No ticket chosen").waitFor();
  assert.deepEqual(await violations(page), []);

  await page.keyboard.press("j");
  await shows(page, first);
  await focusedRow(page, first);
  assert.match(page.url(), new RegExp(`open=${first.id}`));
  await page.keyboard.press("ArrowDown");
  await shows(page, second);
  await beside(page, second).getByText("Question 2").waitFor();
  assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1);
  await shot(page, "split-en-light");
  assert.deepEqual(await violations(page), []);

  await page.keyboard.press("Enter");
  await waitFor(page, () => document.activeElement?.hasAttribute("data-beside"));
  await page.keyboard.press("r");
  await waitFor(page, () => document.activeElement?.tagName === "TEXTAREA");
  await page.keyboard.type("Not sent yet");
  // Out of the text, then out of the ticket.
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await focusedRow(page, second);
  await page.keyboard.press("k");
  await shows(page, first);
  assert.equal(await beside(page, first).getByRole("form", { name: "Reply" }).getByRole("textbox").inputValue(), "");
  await page.keyboard.press("j");
  await shows(page, second);
  const written = beside(page, second).getByRole("form", { name: "Reply" }).getByRole("textbox");
  await waitFor(page, () => document.querySelector("[data-beside] textarea")?.value === "Not sent yet");
  await written.press("Control+Enter");
  await beside(page, second).getByRole("article").filter({ hasText: "Not sent yet" }).waitFor();

  // The choice is in the address, and that there is a ticket beside the list is remembered.
  await page.reload();
  await shows(page, second);
  await page.getByRole("button", { name: "Close the ticket" }).click();
  await page.getByText("No ticket chosen").waitFor();
  await go(page, list);
  await page.getByText("No ticket chosen").waitFor();
  await rows(page).nth(0).click();
  await shows(page, first);
  await page.getByRole("link", { name: "Open as a page" }).click();
  await page.waitForURL(`**/desk/tickets/${first.id}`);
  await page.getByRole("heading", { level: 1, name: new RegExp(`#${first.number}`) }).waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("a file on its way keeps its ticket until its writer lets it go", async () => {
  const { tickets, list } = await three("On its way");
  const [first, second] = tickets;
  const { page, context } = await signedIn("agent", { locale: "en", viewport: WIDE });
  await page.route(/\/api\/v1\/uploads\?/, () => undefined);
  await go(page, `${list}&open=${first.id}`);
  await shows(page, first);
  await page.locator("input[type=file]").setInputFiles({ name: "log.txt", mimeType: "text/plain", buffer: Buffer.from("a log\n") });
  await beside(page, first).getByText("log.txt").waitFor();
  await page.getByRole("link", { name: second.subject }).click();
  const question = page.getByRole("dialog", { name: "Leave without saving?" });
  await question.getByRole("button", { name: "Stay" }).click();
  await question.waitFor({ state: "detached" });
  await beside(page, first).getByText("log.txt").waitFor();
  // What it would take away stays on a narrow screen, too.
  await page.setViewportSize(NARROW);
  await beside(page, first).getByText("log.txt").waitFor();
  await page.setViewportSize(WIDE);
  await page.getByRole("link", { name: second.subject }).click();
  await question.getByRole("button", { name: "Leave" }).click();
  await shows(page, second);
  await context.close();
});

test("where there is no room a row opens its page, and so does a link to a ticket beside the list", async () => {
  const { tickets, list } = await three("No room");
  const [first, second] = tickets;
  const { page, context, problems } = await signedIn("agent", { locale: "en", viewport: NARROW });
  await go(page, list);
  await rows(page).nth(2).waitFor();
  assert.equal(await page.getByRole("button", { name: "Split view" }).count(), 0);
  await rows(page).nth(0).click();
  await page.waitForURL(`**/desk/tickets/${first.id}`);
  await go(page, `${list}&open=${second.id}`);
  await page.waitForURL(`**/desk/tickets/${second.id}`);
  assert.deepEqual(problems, []);
  await context.close();
});

test("it fits and reads from right to left", async () => {
  const { tickets, list } = await three("Right");
  const { page, context, problems } = await signedIn("agent", { locale: "ar", theme: "dark", viewport: { width: 1280, height: 800 } });
  await go(page, `${list}&open=${tickets[0].id}`);
  await shows(page, tickets[0]);
  const sides = await page.evaluate(() => [document.querySelector("tbody").getBoundingClientRect().left, document.querySelector("[data-beside]").getBoundingClientRect().left]);
  assert.ok(sides[0] > sides[1], "the list comes first");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
  await shot(page, "split-ar-dark");
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
  await context.close();
});
