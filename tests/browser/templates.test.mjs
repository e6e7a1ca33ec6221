// What mails and text messages say: written anew, looked at beforehand, sent to a customer, compared, put back.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { call, createTicket, sendMail } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, holds, PHONE, shot, shutDown, signedIn, waitFor } from "./lib/browser.mjs";
import { OTHERS, receive } from "./lib/mail.mjs";

after(shutDown);

/** Somebody writes, and gets this acknowledgement. */
async function acknowledged() {
  const mark = randomUUID().slice(0, 8);
  const address = `amine.${mark}@example.dz`;
  await sendMail({ from: `Amine <${address}>`, subject: `Serveur ${mark}`, body: "Bonjour, mon serveur ne répond plus depuis ce matin." });
  return receive(OTHERS, "the acknowledgement", (mail) => mail.to?.[0]?.address === address);
}

test("an acknowledgement is written anew, a customer reads it, and the default comes back", { timeout: 300_000 }, async () => {
  // Other tests read acknowledgements as well: one line more does them no harm.
  const line = `Nos heures d’ouverture <${randomUUID().slice(0, 8)}>`;
  const { page, problems } = await signedIn("admin", { locale: "fr" });
  await go(page, "/admin/templates");
  await page.getByRole("heading", { level: 1, name: "Modèles de messages" }).waitFor();
  await page.getByRole("searchbox", { name: "Rechercher un message" }).fill("accusé");
  await page.getByRole("link", { name: "Accusé de réception d’un e-mail" }).filter({ visible: true }).click();
  await page.getByRole("heading", { level: 1, name: "Accusé de réception d’un e-mail" }).waitFor();
  const form = page.getByRole("form", { name: "Texte, Français" });
  const body = form.getByRole("textbox", { name: "Texte", exact: true });
  const usual = await body.inputValue();
  assert.match(usual, /\{\{ ticket\.url \}\}/);

  // Without its link it is of no use, and that is said before and after it is sent.
  await body.fill("Bonjour");
  await page.getByText("« ticket.url » doit figurer dans le texte").first().waitFor();
  await form.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByText("« ticket.url » doit figurer dans le texte").nth(1).waitFor();
  assert.match(problems.splice(0).join(), /422/);

  await body.fill(`${usual}\n\n${line}`);
  const frame = page.frameLocator("iframe[title='Aperçu, Français']");
  await frame.getByText(line).waitFor();
  await frame.getByRole("link", { name: "https://cloud.example.dz/t/0190" }).waitFor();
  await page.getByRole("radio", { name: "Texte seul" }).filter({ visible: true }).click();
  await page.getByText("Votre demande porte le numéro 100001").filter({ visible: true }).waitFor();
  await form.getByText("Variables et conditions").click();
  await form.getByText("Numéro du ticket").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "template-editor");
  await form.getByLabel("Pourquoi cette modification").fill("Heures d’ouverture");
  await form.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByText("Texte enregistré").first().waitFor();
  await page.getByText("Version 1", { exact: true }).first().waitFor();

  const mail = await acknowledged();
  assert.ok(mail.text.includes(line), mail.text);
  assert.ok(mail.html.includes(line.replace("<", "&lt;").replace(">", "&gt;")), mail.html);
  assert.match(mail.subject, /^\[#\S+\] Votre demande n° \d+$/);

  await form.getByRole("button", { name: "M’envoyer un essai" }).click();
  await page.getByText(/Essai envoyé à/).first().waitFor();
  await form.getByRole("button", { name: "Revenir au texte par défaut" }).click();
  const asked = page.getByRole("dialog", { name: "Revenir au texte par défaut ?" });
  assert.deepEqual(await violations(page), []);
  await asked.getByRole("button", { name: "Revenir au texte par défaut" }).click();
  await page.getByText("Le texte par défaut est de nouveau en vigueur").first().waitFor();
  await holds(body, usual);
  assert.equal((await acknowledged()).text.includes(line), false);

  await page.getByRole("button", { name: "Comparer la version 1" }).click();
  const dialog = page.getByRole("dialog", { name: "Version 1" });
  await dialog.getByText(`+ ${line}`).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "template-compare");
  await dialog.getByRole("button", { name: "Annuler" }).click();
  assert.deepEqual(problems, []);
});

test("on a phone in Arabic a text message is counted in segments, and what is typed stays while another language is looked at", { timeout: 300_000 }, async () => {
  const { page, problems } = await signedIn("admin", { locale: "ar", viewport: PHONE });
  await go(page, "/admin/templates/notice_sms?locale=fr");
  await page.getByRole("heading", { level: 1, name: "إشعار برسالة نصية" }).waitFor();
  const form = page.getByRole("form", { name: /Français/ });
  await form.getByRole("textbox", { name: "النص", exact: true }).fill("CloudManager: {{ notice.line }}");
  await page.getByText(/^جزء واحد · أبجدية GSM/).filter({ visible: true }).waitFor();
  await page.getByRole("tab", { name: "العربية" }).click();
  await page.getByText(/^جزء.* · /).filter({ visible: true }).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "template-phone-ar");
  await page.getByRole("tab", { name: "Français" }).click();
  await holds(form.getByRole("textbox", { name: "النص", exact: true }), "CloudManager: {{ notice.line }}");
  assert.deepEqual(problems, []);
});

test("a template is added, tried, spoken by a rule and inserted by whoever answers", { timeout: 300_000 }, async () => {
  const mark = randomUUID().slice(0, 8);
  const ticket = await createTicket("client", { subject: `Modèle ${mark}`, body: "Bonjour" });
  const { page, context, problems } = await signedIn("admin", { locale: "fr" });
  await go(page, "/admin/custom-templates");
  await page.getByRole("link", { name: "Nouveau modèle" }).first().click();
  const form = page.getByRole("form", { name: "Modèle" });
  await form.getByLabel(/^Nom/).fill(`Suivi ${mark}`);
  await form.getByRole("textbox", { name: "Texte", exact: true }).fill("Votre demande {{ ticket.number }} est suivie.");
  await page.frameLocator("iframe[title='Aperçu, Français']").getByText("Votre demande 100001 est suivie.").waitFor();
  assert.deepEqual(await violations(page), []);
  await form.getByRole("button", { name: "M’envoyer un essai" }).click();
  await page.getByText(/Essai envoyé à/).first().waitFor();
  await form.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByText("Modèle enregistré").first().waitFor();
  await page.getByRole("heading", { level: 1, name: `Suivi ${mark}` }).waitFor();

  // It says something else, and then the same again.
  const text = form.getByRole("textbox", { name: "Texte", exact: true });
  await text.fill("Nous suivons votre demande {{ ticket.number }}.");
  await form.getByLabel("Pourquoi cette modification").fill("Plus court");
  await form.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByText("Plus court").waitFor();
  await page.getByRole("button", { name: "Comparer la version 1" }).click();
  const compared = page.getByRole("dialog", { name: "Version 1" });
  await compared.getByText("Votre demande {{ ticket.number }} est suivie.").waitFor();
  assert.deepEqual(await violations(page), []);
  await compared.getByRole("button", { name: "Reprendre cette version" }).click();
  await page.getByText("Reprise de la version 1").waitFor();
  await waitFor(page, (said) => [...document.querySelectorAll("textarea")].some(({ value }) => value === said), "Votre demande {{ ticket.number }} est suivie.");

  // A rule speaks in it, and so it stays.
  await go(page, "/admin/automation/new");
  await page.getByRole("textbox", { name: "Nom" }).fill(`Règle ${mark}`);
  await page.getByRole("combobox", { name: "Action" }).selectOption("reply");
  await page.getByRole("combobox", { name: "Modèle" }).selectOption({ label: `Suivi ${mark}` });
  assert.deepEqual(await violations(page), []);
  const all = await call("admin", "GET", "/custom-templates");
  const { id, version } = all.items.find(({ name }) => name === `Suivi ${mark}`);
  const spec = { trigger: { when: "event", on: "rated" }, condition: { test: "priority", any: ["low"] }, actions: [{ do: "reply", template_id: id }], limit: 1 };
  await call("admin", "POST", "/automation-rules", { name: `Règle ${mark}`, enabled: false, spec });
  await assert.rejects(call("admin", "DELETE", `/custom-templates/${id}`, undefined, { "if-match": `"${version}"` }), /template_used|409/);

  await go(page, `/desk/tickets/${ticket.id}`);
  await page.getByRole("button", { name: "Réponses types" }).click();
  const picker = page.getByRole("dialog", { name: "Réponses types et modèles" });
  await picker.getByPlaceholder("Chercher par titre, raccourci ou texte").fill(`suivi ${mark}`);
  const option = picker.getByRole("option", { name: new RegExp(`Suivi ${mark}`) });
  await option.getByText(`Votre demande ${ticket.number} est suivie.`).waitFor();
  assert.deepEqual(await violations(page), []);
  await option.click();
  await waitFor(page, (text) => document.activeElement?.value?.includes(text), `Votre demande ${ticket.number} est suivie.`);
  assert.deepEqual(problems, []);
  await context.close();
});
