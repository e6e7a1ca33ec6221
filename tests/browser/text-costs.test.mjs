// What text messages cost: prices with their time, the cap of a month, and the statement with its file.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { call } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shot, shutDown, signedIn } from "./lib/browser.mjs";

after(shutDown);

/** Digits of nobody's numbers. */
const digits = () => `9${String(Date.now()).slice(-6)}`;

test("a price is set, planned, taken back and ended, and a cap is set and lifted", { timeout: 300_000 }, async () => {
  const prefix = digits();
  // Numbers of the demo keep going out while there is a cap.
  await call("admin", "POST", "/sms/prices", { prefix: "213", label: "Algérie", micros: 50_000 });
  const { context, page, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/texts");
  await page.getByRole("link", { name: "Cost and cap" }).click();
  await page.getByRole("tab", { name: "Prices" }).click();
  await page.getByRole("button", { name: "Add a price" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("First digits").fill("0213");
  await dialog.getByLabel("Name").fill("Nowhere");
  await dialog.getByLabel("Price of a segment in").fill("dear");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("Write the first digits of numbers, such as 213 or 2136.").waitFor();
  await dialog.getByText("Write an amount such as 0.052, with up to six decimals.").waitFor();
  assert.deepEqual(await violations(page), []);
  await dialog.getByLabel("First digits").fill(`+${prefix}`);
  await dialog.getByLabel("Price of a segment in").fill("0,052");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  const row = page.getByRole("row").filter({ hasText: `+${prefix}` });
  await row.getByText("$0.052").filter({ visible: true }).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "text-prices");

  // The next one is planned and taken back; then the price ends.
  const actions = page.getByRole("button", { name: `Actions for +${prefix}` });
  await actions.click();
  await page.getByRole("menuitem", { name: "Set the next price" }).click();
  await dialog.getByLabel("Price of a segment in").fill("0.06");
  await dialog.getByLabel("From when on").fill("2199-01-01T00:00");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await row.filter({ hasText: "Planned" }).getByRole("button").click();
  await page.getByRole("menuitem", { name: "Take back" }).click();
  await page.getByRole("button", { name: "Take back" }).click();
  await row.filter({ hasText: "Planned" }).waitFor({ state: "detached" });
  await actions.click();
  await page.getByRole("menuitem", { name: "End the price" }).click();
  await page.getByRole("button", { name: "End the price" }).click();
  await row.waitFor({ state: "detached" });
  await page.getByLabel("Prices of the past").selectOption("all");
  await row.filter({ hasText: "No price of its own" }).waitFor();
  await row.filter({ hasText: "$0.052" }).waitFor();

  await page.getByRole("tab", { name: "Cap" }).click();
  await page.getByRole("button", { name: "Change the cap" }).click();
  await dialog.getByLabel("Cap of a month").fill("1234567.5");
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("$1,234,567.50").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "text-cap");
  await page.getByRole("button", { name: "Change the cap" }).click();
  await dialog.getByLabel("Cap of a month").fill("");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("No cap").first().waitFor();

  await page.getByRole("tab", { name: "Statement" }).click();
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export as CSV" }).click();
  assert.equal((await file).suggestedFilename(), "text-messages.csv");
  await page.setViewportSize(PHONE);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
  await context.close();
});
