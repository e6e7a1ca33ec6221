// One's data: a copy asked for, watched while it is made, and opened; an erasure asked for, taken back, and carried out by staff.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, settled, shot, shutDown, signedIn } from "./lib/browser.mjs";
import { account } from "./lib/database.mjs";
import { people } from "./lib/env.mjs";

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
  const open = page.getByRole("button", { name: "Ouvrir", exact: true });
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
  await page.getByRole("button", { name: "فتح", exact: true }).waitFor();
  await settled(page);
  assert.deepEqual(await violations(page), []);
  await shot(page, "own-data-ar-phone");
  assert.deepEqual(problems, []);
});

test("somebody asks to be erased and takes it back; staff see what it means and carry it out", { timeout: 300_000 }, async () => {
  const person = account("client", "Wassila Client");
  const { page, problems } = await signedIn(person, { locale: "en" });
  await go(page, DATA);
  await page.getByRole("button", { name: "Ask to be erased" }).click();
  const dialog = page.getByRole("alertdialog").or(page.getByRole("dialog"));
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "Ask to be erased" }).click();
  await page.getByText(/^Erasure asked for/).waitFor();
  await shot(page, "own-erasure");
  await page.getByRole("button", { name: "Take it back" }).click();
  await page.getByRole("button", { name: "Ask to be erased" }).waitFor();
  assert.deepEqual(problems, []);

  const staff = await signedIn(people.admin, { locale: "en" });
  await go(staff.page, `/admin/users?q=${encodeURIComponent(person.email)}`);
  await staff.page.getByRole("link", { name: person.name }).click();
  await staff.page.getByRole("heading", { name: "Will be erased" }).waitFor();
  await settled(staff.page);
  assert.deepEqual(await violations(staff.page), []);
  await staff.page.getByRole("button", { name: "Erase", exact: true }).scrollIntoViewIfNeeded();
  await shot(staff.page, "erase-user");
  await staff.page.getByRole("button", { name: "Erase", exact: true }).click();
  const order = staff.page.getByRole("dialog", { name: `Erase ${person.name}?` });
  await order.getByLabel("Reason").fill("A letter of Monday asks for it");
  assert.deepEqual(await violations(staff.page), []);
  await order.getByRole("button", { name: "Erase", exact: true }).click();
  await order.waitFor({ state: "hidden" });
  await go(staff.page, "/admin/personal-data");
  const row = staff.page.getByRole("row", { name: /A letter of Monday asks for it/ }).first();
  await row.getByText("Erased", { exact: true }).first().waitFor({ state: "attached", timeout: 120_000 });
  assert.equal(await staff.page.getByText(person.name).count(), 0);
  assert.deepEqual(await violations(staff.page), []);
  await row.scrollIntoViewIfNeeded();
  await shot(staff.page, "erasures");
  assert.deepEqual(staff.problems, []);
});
