// Copies of one's data: asked for, watched while they are made, opened; the same in the hands of staff.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, settled, shot, shutDown, signedIn } from "./lib/browser.mjs";
import { account } from "./lib/database.mjs";

after(shutDown);

const DATA = "/account/data";

test("somebody asks for a copy of his data, sees it being made and opens it", { timeout: 300_000 }, async () => {
  const person = account("client", "Nadia Client");
  const { page, problems } = await signedIn(person, { locale: "fr" });
  await page.getByRole("button", { name: /^Compte de/ }).click();
  await page.getByRole("menuitem", { name: "Mes données" }).click();
  await page.getByRole("heading", { name: "Copie des données" }).waitFor();
  await page.getByText("Aucune copie demandée").waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Demander une copie" }).click();
  // The page is told by the server when it is ready.
  const open = page.getByRole("button", { name: "Ouvrir" });
  await open.waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "own-data-fr");
  const [file] = await Promise.all([page.waitForEvent("download"), open.click()]);
  assert.match(file.suggestedFilename(), /^personal-data-\d{4}-\d\d-\d\d\.zip$/);
  const bytes = readFileSync(await file.path());
  assert.equal(bytes.subarray(0, 2).toString(), "PK");
  assert.ok(bytes.includes("data/account.json") && bytes.includes("index.html"));
  assert.deepEqual(problems, []);
});

test("the page reads from right to left on a telephone", { timeout: 300_000 }, async () => {
  const { page, problems } = await signedIn(account("client", "Samir Client"), { locale: "ar", viewport: PHONE });
  await go(page, DATA);
  await page.getByRole("heading", { name: "نسخة من البيانات" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
  await page.getByRole("button", { name: "طلب نسخة" }).click();
  await page.getByRole("button", { name: "فتح" }).waitFor();
  await settled(page);
  assert.deepEqual(await violations(page), []);
  await shot(page, "own-data-ar-phone");
  assert.deepEqual(problems, []);
});
