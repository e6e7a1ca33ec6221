// Notifications: news of an assigned ticket arrives by itself, one chooses how one is told, and groups of staff are kept.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { call, createTicket } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, live, PHONE, shutDown, signedIn } from "./lib/browser.mjs";

after(shutDown);

async function assignToAgent(subject) {
  const ticket = await createTicket("client", { subject, body: "Rien ne va plus." });
  const me = await call("agent", "GET", "/me");
  const { version } = await call("admin", "GET", `/tickets/${ticket.id}`);
  await call("admin", "POST", `/tickets/${ticket.id}/assignee`, { assignee_id: me.id }, { "if-match": `"${version}"` });
  return await call("admin", "GET", `/tickets/${ticket.id}`);
}

test("whoever is given a ticket learns of it without a reload, and reads it", { timeout: 300_000 }, async () => {
  const { page, context, problems } = await signedIn("agent", { locale: "fr" });
  await go(page, "/notifications");
  await live(page);
  const { number } = await assignToAgent(`Panne ${Date.now()}`);
  const news = page.getByRole("link", { name: new RegExp(`Ticket ${number} : il vous est affecté`) });
  await news.waitFor();
  await page.getByRole("link", { name: /Notifications : .* non lues/ }).waitFor();
  assert.deepEqual(await violations(page), []);
  await news.click();
  await page.waitForURL(/\/desk\/tickets\/[0-9a-f-]{36}$/);
  await go(page, "/notifications?show=all");
  await page.getByRole("button", { name: new RegExp(`Marquer comme non lu\\s: Ticket ${number}`) }).waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("one chooses how one is told; security mails stay", { timeout: 300_000 }, async () => {
  const { page, context, problems } = await signedIn("agent", { locale: "ar", viewport: PHONE });
  await go(page, "/account/notifications");
  await page.getByText("إنه يحمي حسابك ولا يمكن إيقافه").waitFor();
  const mail = page.getByLabel("البريد: قاعدة أتمتة تنبهك");
  await mail.selectOption({ label: "في الملخص" });
  await page.getByRole("checkbox", { name: /لا ترسلوا لي شيئا/ }).setChecked(true);
  await page.getByLabel("من", { exact: true }).fill("21:30");
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "حفظ" }).click();
  await page.getByText("ضُبطت إشعاراتك").first().waitFor();
  await page.reload();
  await page.getByText("يصل الملخص التالي").waitFor();
  assert.equal(await mail.inputValue(), "digest");
  assert.equal(await page.getByLabel("من", { exact: true }).inputValue(), "21:30");
  assert.deepEqual(problems, []);
  // As it was, for whoever comes next.
  const { version, zone } = await call("agent", "GET", "/me/notifications");
  await call("agent", "PUT", "/me/notifications", { zone, quiet: null, digest_weekday: null, digest_hour: 8, choices: [] }, { "if-match": `"${version}"` });
  await context.close();
});

test("an administrator sets whom an event tells, sees who that is, and puts it back", { timeout: 300_000 }, async () => {
  const { number } = await assignToAgent(`Qui sait ${Date.now()}`);
  const { page, context, problems } = await signedIn("admin", { locale: "fr" });
  await go(page, "/admin/notification-triggers");
  await page.getByRole("heading", { level: 1, name: "Déclencheurs de notification" }).waitFor();
  await page.getByRole("link", { name: "Un client n’est pas satisfait" }).filter({ visible: true }).click();
  const form = page.getByRole("form", { name: "Déclencheur" });
  await form.getByRole("checkbox", { name: "Le groupe du ticket" }).setChecked(true);
  await form.getByRole("combobox", { name: "E-mail" }).selectOption({ label: "Dans le récapitulatif" });
  await form.getByRole("checkbox", { name: /^Obligatoire.*E-mail/ }).setChecked(true);
  await page.getByLabel("Numéro de ticket").fill(String(number));
  const readers = page.getByRole("list", { name: "Qui serait averti" });
  await readers.getByRole("listitem").filter({ hasText: "Karim Agent" }).getByText(/E-mail · /).waitFor();
  assert.deepEqual(await violations(page), []);
  await form.getByLabel("Pourquoi cette modification").fill("Essai");
  await form.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByText("Enregistré. C’est en vigueur dès maintenant.").first().waitFor();
  await page.getByText("Version 1", { exact: true }).waitFor();
  const settings = await call("agent", "GET", "/me/notifications");
  assert.deepEqual(settings.rules.find((rule) => rule.topic === "bad_rating" && rule.channel === "mail").choices, ["digest"]);
  await form.getByRole("button", { name: "Revenir au réglage d’origine" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revenir au réglage d’origine" }).click();
  await page.getByText("Le réglage d’origine est de nouveau en vigueur.").first().waitFor();
  assert.equal(await form.getByRole("checkbox", { name: "Le groupe du ticket" }).isChecked(), false);
  assert.deepEqual(problems, []);
  await context.close();
});

test("an administrator gives events of a name a trigger of their own", { timeout: 300_000 }, async () => {
  const name = `backup.${Date.now()}`;
  const { page, context, problems } = await signedIn("admin", { locale: "fr" });
  await go(page, "/admin/notification-triggers");
  await page.getByRole("button", { name: "Pour un événement précis" }).click();
  const dialog = page.getByRole("dialog", { name: "Pour un événement précis" });
  await dialog.getByRole("textbox", { name: /^Nom de l’événement/ }).fill(name);
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "Continuer" }).click();
  await page.getByRole("heading", { level: 1, name: `Un programme signale ${name}` }).waitFor();
  const form = page.getByRole("form", { name: "Déclencheur" });
  await form.getByRole("checkbox", { name: "Le groupe du ticket" }).setChecked(true);
  assert.deepEqual(await violations(page), []);
  await form.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByText("Enregistré. C’est en vigueur dès maintenant.").first().waitFor();
  await page.getByText("Version 1", { exact: true }).waitFor();
  await go(page, "/admin/notification-triggers");
  await page.getByRole("link", { name: `Un programme signale ${name}` }).filter({ visible: true }).waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("a link that is none of ours says so, and groups of staff are kept", { timeout: 300_000 }, async () => {
  const mark = Date.now();
  const { page, context, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/desk/notification-groups");
  await page.getByRole("button", { name: "New group" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: /^Name/ }).fill(`Night ${mark}`);
  await dialog.getByRole("checkbox", { name: "Karim Agent" }).click();
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "Save" }).click();
  const row = page.getByRole("row", { name: new RegExp(`Night ${mark}`) });
  await row.getByText("Karim Agent").waitFor();
  await row.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("alertdialog").or(page.getByRole("dialog")).getByRole("button", { name: "Delete" }).click();
  await row.waitFor({ state: "detached" });
  assert.deepEqual(problems, []);
  // What the server refuses is no fault of the page, but the browser's console tells of it.
  await go(page, "/unsubscribe#token=x");
  await page.getByText("This link is not valid").waitFor();
  assert.deepEqual(await violations(page), []);
  await context.close();
});
