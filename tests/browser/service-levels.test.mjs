// Whoever answers for service levels: promises a time, puts policies in order by keyboard, and deletes one.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { call, createTicket } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, shutDown, signedIn, waitFor } from "./lib/browser.mjs";

after(shutDown);

test("a promise of twenty minutes stays one, the order is changed by keyboard, and what is deleted is gone", { timeout: 300_000 }, async () => {
  const mark = Date.now();
  const [gold, silver] = [`Gold ${mark}`, `Silver ${mark}`];
  const { page, context, problems } = await signedIn("admin", { locale: "en" });
  for (const name of [gold, silver]) {
    await go(page, "/admin/sla/policies/new");
    await page.getByRole("textbox", { name: /^Name/ }).fill(name);
    // The tickets of other tests keep the promises they know.
    await page.getByLabel("Takes new tickets").uncheck();
    const urgent = page.getByRole("group", { name: "Urgent" });
    await urgent.getByLabel("first response").fill("0:20");
    await urgent.getByLabel("resolution").fill("soon");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/between a minute \(0:01\) and a year/).waitFor();
    await urgent.getByLabel("resolution").fill("8");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name }).waitFor();
  }
  const stored = async (name) => (await call("admin", "GET", "/sla/policies")).items.find((policy) => policy.name === name);
  const promised = async () => (await stored(gold)).promises.targets.urgent;
  assert.deepEqual(await promised(), { first_response: 1200, next_response: null, resolution: 28_800 });

  // Another field is saved; the promise stays to the second.
  await page.getByRole("link", { name: gold }).click();
  await page.getByLabel("Warnings").fill("50");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: gold }).waitFor();
  assert.deepEqual((await stored(gold)).promises.warnings, [50]);
  assert.equal((await promised()).first_response, 1200);

  const rows = page.getByRole("table", { name: "Policies" }).locator("tbody tr");
  const above = async (first, second) => {
    await waitFor(
      page,
      ([upper, lower]) => {
        const shown = [...document.querySelectorAll("tbody tr")].map((row) => row.textContent ?? "");
        const at = (name) => shown.findIndex((text) => text.includes(name));
        return at(upper) >= 0 && at(upper) < at(lower);
      },
      [first, second],
    );
  };
  // What was made last is asked first.
  await above(silver, gold);
  const up = rows.filter({ hasText: gold }).getByRole("button", { name: `Move ${gold} up` });
  await up.focus();
  await page.keyboard.press("Enter");
  await above(gold, silver);
  assert.equal(await up.evaluate((button) => button === document.activeElement), true, "the focus stays where the next press is");
  assert.deepEqual(await violations(page), []);

  for (const name of [gold, silver]) {
    await page.getByRole("link", { name }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.waitForURL(/\/admin\/sla$/);
    await rows.filter({ hasText: "Standard" }).waitFor();
    await page.getByRole("link", { name }).waitFor({ state: "detached" });
    assert.equal(await stored(name), undefined);
  }
  assert.deepEqual(problems, []);
  await context.close();
});

test("every second of a promise is explained to whoever asks", async () => {
  const ticket = await createTicket("client", { subject: `Promised ${Date.now()}`, body: "When?" });
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${ticket.id}`);
  await page.getByRole("button", { name: /^Why\? first response/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("row").nth(1).waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
  await context.close();
});
