// Setting up a mailbox: what the form refuses, what the server refuses, what the mail server refuses, and that it is read.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { call } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, live, shot, shutDown, signedIn } from "./lib/browser.mjs";
import { flood } from "./lib/database.mjs";
import { mailServer } from "./lib/env.mjs";

after(shutDown);

const box = (page, name) => page.getByRole("textbox", { name });
const card = (page, address) => page.getByRole("row").filter({ hasText: address });

test("wrong entries are marked where they stand, by the form and by the server", async () => {
  const { page, context, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/mailboxes/new");
  await box(page, /^Address/).fill("no address");
  await box(page, /^Port/).fill("70000");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("A port is a number from 1 to 65535.").waitFor();
  for (const [name, text] of [
    [/^Name/, "Fill this in."],
    [/^Address/, "This is not an e-mail address."],
    [/^Server/, "Fill this in."],
    [/^User name/, "Fill this in."],
  ]) {
    await box(page, name).and(page.locator("[aria-invalid=true]")).waitFor();
    const described = (await box(page, name).getAttribute("aria-describedby")).split(" ");
    const told = await Promise.all(described.map((id) => page.locator(`[id="${id}"]`).textContent()));
    assert.ok(told.includes(text), `${name}: ${told}`);
  }
  assert.equal(await box(page, /^Name/).evaluate((element) => element === document.activeElement), true, "the first wrong field has the focus");
  assert.deepEqual(await violations(page), []);
  await shot(page, "mailbox-errors-en");

  await page.getByLabel("How mail arrives").selectOption("webhook");
  await box(page, /^Name/).fill("Second support");
  await box(page, /^Address/).fill("support@cloudmanager.test");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText("Choose another name or address.").waitFor();
  // The browser itself reports the refusal.
  assert.deepEqual(problems.filter((text) => !/40[09]|422/.test(text)), []);

  const address = `second-${randomUUID().slice(0, 8)}@cloudmanager.test`;
  await box(page, /^Address/).fill(address);
  await page.getByRole("button", { name: "Save" }).click();
  await card(page, address).getByText("On", { exact: true }).locator("visible=true").waitFor();

  // Somebody else changes it while it is being edited.
  await card(page, address).getByRole("link").click();
  await box(page, /^Name/).fill("My name for it");
  const { items } = await call("admin", "GET", "/mailboxes");
  const stored = items.find((item) => item.address === address);
  await call("admin", "PATCH", `/mailboxes/${stored.id}`, { locale: "ar" }, { "if-match": `"${stored.version}"` });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText("Somebody else changed this").waitFor();
  assert.equal(await box(page, /^Name/).inputValue(), "My name for it", "what was typed stays");
  await page.getByLabel("Language of automatic mails").locator("option:checked").getByText("العربية").waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Save" }).click();
  await card(page, address).getByRole("link", { name: "My name for it" }).waitFor();

  await card(page, address).getByRole("link").click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.waitForURL(/\/admin\/mailboxes$/);
  await card(page, address).waitFor({ state: "detached" });
  await context.close();
});

test("a mail server's refusal is told, and a corrected password is used at once", { timeout: 240_000 }, async () => {
  const { page, context, problems } = await signedIn("admin", { locale: "en" });
  const address = `factures-${randomUUID().slice(0, 8)}@cloudmanager.test`;
  await go(page, "/admin/mailboxes");
  await live(page);
  await page.getByRole("link", { name: "New mailbox" }).click();
  await box(page, /^Name/).fill("Factures");
  await box(page, /^Address/).fill(address);
  await box(page, /^Server/).fill("localhost");
  await box(page, /^Port/).fill(String(mailServer.imaps));
  await box(page, /^User name/).fill(address);
  await page.getByLabel(/^Password/).fill("wrong password");
  await page.getByRole("button", { name: "Test the connection" }).click();
  await page.getByText("The server refuses user name or password.").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await card(page, address).getByText("Last error:").locator("visible=true").waitFor();
  await shot(page, "mailbox-refused-en");
  assert.deepEqual(await violations(page), []);

  await card(page, address).getByRole("link").click();
  assert.equal(await page.getByLabel(/^Password/).inputValue(), "", "a secret never comes back");
  await page.getByLabel(/^Password/).fill(mailServer.password);
  await page.getByRole("button", { name: "Save" }).click();
  await card(page, address).locator("time").locator("visible=true").waitFor({ timeout: 90_000 });
  await card(page, address).getByText("Last error:").first().waitFor({ state: "detached" });
  assert.deepEqual(problems, []);
  await context.close();
});

test("automatic mail that was paused goes on at a person's word", async () => {
  const address = `flut-${randomUUID().slice(0, 8)}@cloudmanager.test`;
  const mailbox = await call("admin", "POST", "/mailboxes", { name: "Flut", address, locale: "fr", enabled: false, auto_ack: true });
  flood(mailbox.id);
  const { page, context, problems } = await signedIn("admin", { locale: "fr" });
  await go(page, `/admin/mailboxes/${mailbox.id}`);
  await page.getByText("Les envois automatiques sont suspendus").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "mailbox-paused-fr");
  await page.getByRole("button", { name: "Reprendre les envois automatiques" }).click();
  await page.getByText("Les envois automatiques reprennent", { exact: true }).waitFor();
  await page.getByText("Les envois automatiques sont suspendus").waitFor({ state: "detached" });
  const { automation_paused_at, version } = await call("admin", "GET", `/mailboxes/${mailbox.id}`);
  assert.equal(automation_paused_at, null);
  assert.deepEqual(problems, []);
  await context.close();
  await call("admin", "DELETE", `/mailboxes/${mailbox.id}`, undefined, { "if-match": `"${version}"` });
});
