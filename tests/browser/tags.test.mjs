// Tags: coloured, seen on list and ticket, filtered by, merged into another one, deleted.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { call, createTicket } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shot, shutDown, signedIn } from "./lib/browser.mjs";

after(shutDown);

/** A ticket with these tags. */
async function tagged(subject, tags) {
  const { id } = await createTicket("client", { subject, body: "Bonjour" });
  const { version } = await call("agent", "GET", `/tickets/${id}`);
  await call("agent", "PATCH", `/tickets/${id}`, { tags }, { "if-match": `"${version}"` });
  return id;
}

test("a tag gets a colour, is seen and filtered by, and its tickets move to another one", { timeout: 300_000 }, async () => {
  const mark = randomUUID().slice(0, 6);
  const [wrong, right] = [`pane ${mark}`, `panne ${mark}`];
  const id = await tagged(`Serveur ${mark}`, [wrong]);
  await tagged(`Disque ${mark}`, [right]);
  const { page, problems } = await signedIn("agent", { locale: "fr" });
  await go(page, `/desk/tags?q=${mark}`);
  const actions = (name) => page.getByRole("button", { name: `Actions pour ${name}` });
  await actions(right).click();
  await page.getByRole("menuitem", { name: "Modifier" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Couleur").selectOption("red");
  assert.deepEqual(await violations(page), []);
  await shot(page, "tag-edit");
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByText("Étiquette enregistrée").first().waitFor();
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(await violations(page), []);
  await shot(page, "tags");

  await page.getByRole("link", { name: right }).click();
  await page.getByRole("link", { name: `Disque ${mark}` }).filter({ visible: true }).first().waitFor();
  assert.equal(await page.getByRole("link", { name: `Serveur ${mark}` }).count(), 0);
  assert.deepEqual(await violations(page), []);
  await shot(page, "tickets-by-tag");

  await go(page, `/desk/tags?q=${mark}`);
  await actions(wrong).click();
  await page.getByRole("menuitem", { name: "Fusionner dans une autre étiquette" }).click();
  await dialog.getByLabel("L’étiquette qui reste").selectOption({ label: right });
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "Fusionner dans une autre étiquette" }).click();
  // While the dialog stands, what is behind it is not there for anybody.
  await dialog.waitFor({ state: "detached" });
  await actions(wrong).waitFor({ state: "detached" });
  await go(page, `/desk/tickets/${id}`);
  await page.getByRole("list", { name: "Étiquettes" }).getByText(right).waitFor();
  assert.deepEqual(problems, []);
});

test("on a phone in Arabic a tag is added and deleted again", { timeout: 300_000 }, async () => {
  const word = `وسم ${randomUUID().slice(0, 6)}`;
  const { page, problems } = await signedIn("agent", { locale: "ar", viewport: PHONE, theme: "dark" });
  await go(page, "/desk/tags");
  await page.getByRole("button", { name: "وسم جديد" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("الوسم").fill(word);
  await dialog.getByLabel("اللون").selectOption("purple");
  await dialog.getByRole("button", { name: "حفظ" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("searchbox").fill(word);
  // The row is there before the list is narrowed, and its menu goes when it is.
  await page.getByRole("button", { name: "مسح التصفية" }).waitFor();
  await page.getByRole("button", { name: `إجراءات ${word}` }).click();
  await shot(page, "tags-phone-ar");
  await page.getByRole("menuitem", { name: "حذف" }).click();
  await page.getByRole("button", { name: "حذف", exact: true }).click();
  await page.getByRole("button", { name: `إجراءات ${word}` }).waitFor({ state: "detached" });
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
});
