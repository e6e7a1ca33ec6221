// What people did: each his own, and anybody's for those who may read the trail.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, settled, shot, shutDown, signedIn } from "./lib/browser.mjs";
import { account } from "./lib/database.mjs";

after(shutDown);

test("a customer reads what he did, narrows it, and finds nothing of others", { timeout: 300_000 }, async () => {
  const { context, page, problems } = await signedIn(account("client", "Nadia Active"), { locale: "en" });
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "My activity" }).click();
  await page.waitForURL(/\/account\/activity$/);
  const rows = page.getByRole("table", { name: "My activity" }).locator("tbody tr");
  await rows.first().waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "own-activity");
  const actions = page.getByLabel("What", { exact: true });
  // A customer is not offered what only staff can have done.
  assert.equal(await actions.locator("option", { hasText: "Queue paused" }).count(), 0);
  await page.getByLabel("To", { exact: true }).fill("2020-01-01");
  await page.getByText("Nothing matches").waitFor();
  await page.getByRole("button", { name: "Clear filters" }).first().click();
  await rows.first().waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("it reads from right to left on a telephone", { timeout: 300_000 }, async () => {
  const { context, page, problems } = await signedIn(account("agent", "Samir Active"), { locale: "ar", viewport: PHONE });
  await go(page, "/account/activity");
  await page.getByRole("heading", { level: 1, name: "نشاطي" }).waitFor();
  await page.getByRole("table", { name: "نشاطي" }).locator("tbody tr").first().waitFor();
  await settled(page);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
  await context.close();
});

test("an administrator goes from a person to what he did, and to his tries to sign in", { timeout: 300_000 }, async () => {
  const person = account("client", "Followed Client");
  const own = await signedIn(person, { locale: "en" });
  await own.context.close();
  const { context, page, problems } = await signedIn("admin", { locale: "en" });
  await go(page, `/admin/users?q=${encodeURIComponent(person.email)}`);
  await page.getByRole("link", { name: person.name }).click();
  await page.getByRole("link", { name: "What they did" }).click();
  await page.waitForURL(/\/admin\/audit\?actor=/);
  const rows = page.getByRole("table", { name: "Audit trail" }).locator("tbody tr");
  await rows.filter({ hasText: person.name }).first().waitFor();
  assert.equal(await rows.filter({ hasNotText: person.name }).count(), 0);
  await page.goBack();
  await page.getByRole("link", { name: "Login journal" }).filter({ visible: true }).last().click();
  await page.waitForURL(/\/admin\/logins\?q=/);
  await page.getByRole("table", { name: "Login journal" }).locator("tbody tr").filter({ hasText: person.email }).first().waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});
