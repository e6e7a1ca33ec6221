// A role of one's own: it inherits another, allows something more, is given to somebody and holds at once; none inherits itself.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { call, eventually } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, shutDown, signedIn } from "./lib/browser.mjs";
import { account, giveRole } from "./lib/database.mjs";

after(shutDown);

test("a role inherits another, is given to somebody and holds at once; a circle is refused", { timeout: 300_000 }, async () => {
  const mark = Date.now();
  const name = `Reviewer ${mark}`;
  const person = account("agent", "Yacine Agent");
  const theirs = await signedIn(person, { locale: "en" });
  const audit = theirs.page.getByRole("heading", { level: 1, name: "Audit trail" });
  await go(theirs.page, "/admin/audit");
  await theirs.page.getByRole("heading", { level: 1, name: "Your role does not allow this" }).waitFor();

  const { page, context, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/roles");
  await page.getByRole("link", { name: "New role" }).first().click();
  await page.locator("input[name=name]").fill(name);
  await page.getByRole("group", { name: "Inherits" }).getByRole("checkbox", { name: "Agent", exact: true }).check();
  // What comes from above is on and cannot be taken off here.
  await page.getByRole("checkbox", { name: /\btickets\.view$/ }).and(page.locator(":disabled[aria-checked=true]")).waitFor();
  await page.getByRole("checkbox", { name: /\baudit\.view$/ }).check();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name }).waitFor();
  const stored = async () => (await call("admin", "GET", "/roles")).items.find((role) => role.name === name);
  const role = await stored();
  assert.equal(role.key, `reviewer-${mark}`);
  assert.deepEqual(role.permissions, ["audit.view"]);

  const { items } = await call("admin", "GET", `/users?q=${encodeURIComponent(person.email)}`);
  await go(page, `/admin/users/${items.find((user) => user.email === person.email).id}`);
  await page.getByLabel("Role", { exact: true }).selectOption({ label: name });
  await page.getByText("Saved", { exact: true }).first().waitFor();
  // It takes effect within a second, in the session that is there.
  const sees = (wanted) =>
    eventually(`the audit trail to be ${wanted ? "shown" : "refused"}`, async () => {
      await go(theirs.page, "/admin/audit");
      return ((await audit.count()) > 0) === wanted;
    });
  await sees(true);

  // The page of the role still offers another one when that comes to inherit it: the server has the last word.
  const other = await call("admin", "POST", "/roles", { key: `below-${mark}`, name: `Below ${mark}`, description: "", permissions: [], parents: [] });
  await go(page, `/admin/roles/${role.id}`);
  const below = page.getByRole("group", { name: "Inherits" }).getByRole("checkbox", { name: other.name, exact: true });
  await below.check();
  await call("admin", "PATCH", `/roles/${other.id}`, { parents: [role.id] }, { "if-match": `"${other.version}"` });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").filter({ hasText: "A role cannot inherit itself, not through others either." }).first().waitFor();
  assert.deepEqual(await violations(page), []);
  // The browser's own word about the refusal.
  assert.match(problems.splice(0).join(), /422/);
  await go(page, `/admin/roles/${role.id}`);
  await page.getByRole("checkbox", { name: /\baudit\.view$/ }).uncheck();
  assert.equal(await below.count(), 0, "what would go round is not offered");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Role saved. It takes effect at once.").first().waitFor();
  await sees(false);
  assert.deepEqual((await stored()).permissions, []);

  giveRole(person.email, "corporate");
  for (const id of [other.id, role.id]) {
    const { version } = (await call("admin", "GET", "/roles")).items.find((one) => one.id === id);
    await call("admin", "DELETE", `/roles/${id}`, undefined, { "if-match": `"${version}"` });
  }
  assert.deepEqual(problems, []);
  // Within that second the page may be there before what it asks for.
  assert.deepEqual(theirs.problems.filter((text) => !/\b403\b/.test(text)), []);
  await Promise.all([context.close(), theirs.context.close()]);
});
