// Everybody who is signed in, on one page of the administration: found, and sent out within a second.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shot, shutDown, signedIn } from "./lib/browser.mjs";
import { people } from "./lib/env.mjs";

after(shutDown);

test("an administrator ends somebody's session, who is signed out of his page", { timeout: 180_000 }, async () => {
  const agent = await signedIn("agent", { locale: "en" });
  const admin = await signedIn("admin", { locale: "en" });
  await go(admin.page, "/admin/sessions");
  await admin.page.getByRole("searchbox").fill(people.agent.email);
  await admin.page.waitForURL(/q=agent/);
  const rows = admin.page.getByRole("table", { name: "Sessions" }).locator("tbody tr");
  await rows.filter({ hasText: people.agent.email }).first().waitFor();
  assert.deepEqual(await violations(admin.page), []);
  await shot(admin.page, "sessions-all");
  // The newest is the one that was just opened.
  await rows.first().getByRole("button", { name: /^End/ }).click();
  await admin.page.getByText("Session ended").first().waitFor();
  await agent.page.getByRole("dialog").or(agent.page.getByRole("heading", { name: /sign in/i })).first().waitFor();
  const phone = await signedIn("admin", { locale: "ar", viewport: PHONE });
  await go(phone.page, "/admin/sessions");
  await phone.page.getByRole("table").locator("tbody tr").first().waitFor();
  assert.deepEqual(await violations(phone.page), []);
  await shot(phone.page, "sessions-phone-ar");
  assert.deepEqual(phone.problems, []);
});
