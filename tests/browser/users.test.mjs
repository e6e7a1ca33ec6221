// Accounts in the hands of administrators: one is deactivated, found among those that are, and brought back.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { violations } from "./lib/axe.mjs";
import { go, settled, shot, shutDown, signedIn } from "./lib/browser.mjs";
import { account } from "./lib/database.mjs";
import { baseUrl } from "./lib/env.mjs";

after(shutDown);

const login = async ({ email, password }) =>
  (await fetch(`${baseUrl}/api/v1/auth/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email, password }) })).status;

test("an administrator deactivates somebody, who is out until he is brought back", { timeout: 300_000 }, async () => {
  const person = account("client", "Leaving Client");
  const { context, page, problems } = await signedIn("admin", { locale: "en" });
  await go(page, `/admin/users?q=${encodeURIComponent(person.email)}`);
  await page.getByRole("link", { name: person.name }).click();
  await page.getByRole("button", { name: "Deactivate", exact: true }).click();
  const dialog = page.getByRole("alertdialog").or(page.getByRole("dialog"));
  await dialog.getByText("The account is over for good", { exact: false }).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "user-deactivate");
  await dialog.getByRole("button", { name: "Deactivate", exact: true }).click();
  await page.getByRole("button", { name: "Reactivate" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Suspend", exact: true }).count(), 0);
  await settled(page);
  assert.deepEqual(await violations(page), []);
  assert.equal(await login(person), 401);

  await go(page, "/admin/users?status=deactivated");
  await page.getByRole("table", { name: "Users" }).locator("tbody tr").filter({ hasText: person.email }).getByRole("link", { name: person.name }).click();
  await page.getByRole("button", { name: "Reactivate" }).click();
  await page.getByRole("button", { name: "Suspend", exact: true }).waitFor();
  assert.equal(await login(person), 200);
  assert.deepEqual(problems, []);
  await context.close();
});
