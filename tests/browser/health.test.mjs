// How the installation does: what works, what somebody should look at, and what to do about it.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { call } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, settled, shot, shutDown, signedIn } from "./lib/browser.mjs";

after(shutDown);

test("an administrator sees how every part does, and a stopped queue at once among what needs attention", { timeout: 300_000 }, async () => {
  const { context, page, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/health");
  await page.getByRole("heading", { level: 1, name: "System health" }).waitFor();
  const fine = page.getByRole("region", { name: "Works" }).getByRole("listitem");
  const attention = page.getByRole("region", { name: "Needs attention" }).getByRole("listitem");
  for (const part of ["Database", "Database schema", "Redis", "File storage"]) await fine.filter({ hasText: part }).first().waitFor();
  await settled(page);
  assert.deepEqual(await violations(page), []);
  await shot(page, "system-health");

  await call("admin", "POST", "/queues/sync/pause");
  try {
    await attention.filter({ hasText: "Synchronisation" }).filter({ hasText: "An operator stopped this queue." }).waitFor({ timeout: 30_000 });
    await shot(page, "system-health-paused");
  } finally {
    await call("admin", "POST", "/queues/sync/resume");
  }
  await fine.filter({ hasText: "Synchronisation" }).waitFor({ timeout: 30_000 });
  assert.deepEqual(problems, []);
  await context.close();
});

test("it reads from right to left on a telephone", { timeout: 300_000 }, async () => {
  const { context, page, problems } = await signedIn("admin", { locale: "ar", viewport: PHONE });
  await go(page, "/admin/health");
  await page.getByRole("heading", { level: 1, name: "سلامة النظام" }).waitFor();
  await page.getByText("قاعدة البيانات", { exact: true }).first().waitFor();
  await settled(page);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
  await context.close();
});
