// Canned replies: one is written, its mistakes told, looked at on a ticket, inserted in three ways, undone, and counted once it is sent.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { call, createTicket } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shot, shutDown, signedIn, waitFor } from "./lib/browser.mjs";

after(shutDown);

const word = () => `x${randomUUID().slice(0, 8)}`;

/** A canned reply that is there already. */
function canned(shortcut, fr, ar = null) {
  return call("agent", "POST", "/canned-replies", { title: `Titre ${shortcut}`, shortcut, category: "Accès", group_id: null, texts: { fr, en: null, ar }, retired: false });
}

test("a canned reply is written, its mistakes are told with their line, and it shows what it says on a ticket", { timeout: 300_000 }, async () => {
  const shortcut = word();
  const ticket = await createTicket("client", { subject: `Serveur ${shortcut}`, body: "Bonjour" });
  const { page, problems } = await signedIn("agent", { locale: "fr" });
  await go(page, "/desk/canned-replies");
  await page.getByRole("link", { name: "Nouvelle réponse type" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Nouvelle réponse type" }).waitFor();
  await page.getByLabel("Titre").fill(`Réponse ${shortcut}`);
  await page.getByLabel("Raccourci").fill(shortcut);
  const french = page.getByRole("textbox", { name: "Français" });
  await french.fill("Bonjour,\n{{ ticket.numero }}");
  // Its flaw is told while it is written, and again when it is sent all the same.
  await page.getByText("Ligne 2 : ticket.numero n’est pas une variable.").waitFor();
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByText("Ligne 2 : ticket.numero n’est pas une variable.").nth(1).waitFor();
  assert.match(problems.splice(0).join(), /422/);
  await french.fill("Bonjour {{ requester.name }},\n\nvotre demande {{ ticket.number }} est suivie.");
  await page.getByRole("textbox", { name: "العربية" }).fill("مرحبا {{ requester.name }}، طلبكم {{ ticket.number }} قيد المتابعة.");
  await page.getByText("votre demande 100001 est suivie.").waitFor();
  await page.getByText("Variables et conditions").click();
  await page.getByText("{{ ticket.opened_on }}", { exact: true }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("radio", { name: "Un vrai ticket" }).click();
  await page.getByRole("searchbox", { name: "Ticket" }).fill(`Serveur ${shortcut}`);
  await page.getByRole("radio", { name: new RegExp(String(ticket.number)) }).check();
  await page.getByText(`votre demande ${ticket.number} est suivie.`).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "canned-new");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("heading", { level: 1, name: "Réponses types" }).waitFor();
  await page.getByRole("searchbox", { name: "Rechercher une réponse type" }).fill(shortcut);
  await page.getByRole("link", { name: `Réponse ${shortcut}` }).filter({ visible: true }).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "canned-list");
  assert.deepEqual(problems, []);
});

test("a slash, a button and the palette insert it at the caret, Ctrl+Z takes it back, and sending counts it once", { timeout: 300_000 }, async () => {
  const shortcut = word();
  const reply = await canned(shortcut, `Bonjour {{ requester.name }},\n\nligne ${shortcut}`);
  const ticket = await createTicket("client", { subject: `Panne ${shortcut}`, body: "Bonjour" });
  const { page, problems } = await signedIn("agent", { locale: "fr" });
  await go(page, `/desk/tickets/${ticket.id}`);
  const box = page.getByRole("textbox", { name: "Réponse", exact: true });
  await box.fill("Avant  après");
  // Between the two blanks.
  for (let n = 0; n < 6; n += 1) await box.press("ArrowLeft");
  await box.pressSequentially(`/${shortcut.slice(0, 5)}`);
  const option = page.getByRole("option", { name: new RegExp(shortcut) });
  await option.waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "canned-slash");
  await box.press("Enter");
  const whole = new RegExp(`^Avant Bonjour [^{]+,\\n\\nligne ${shortcut} après$`);
  assert.match(await box.inputValue(), whole);
  await box.press("Control+z");
  assert.equal(await box.inputValue(), `Avant /${shortcut.slice(0, 5)} après`);
  await box.fill("");

  await page.getByRole("button", { name: "Réponses types" }).click();
  const dialog = page.getByRole("dialog", { name: "Réponses types" });
  await dialog.getByPlaceholder("Chercher par titre, raccourci ou texte").fill(shortcut);
  await dialog.getByRole("option", { name: new RegExp(shortcut) }).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "canned-picker");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await waitFor(page, (text) => document.activeElement?.value?.includes(text), `ligne ${shortcut}`);
  await box.fill("");
  // Again by the palette: it goes where the caret is.
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").fill("Insérer une réponse type");
  await page.getByRole("option", { name: /Insérer une réponse type/ }).click();
  await dialog.getByRole("option", { name: new RegExp(shortcut) }).click();
  await waitFor(page, (text) => document.activeElement?.value?.includes(text), `ligne ${shortcut}`);
  await page.getByRole("button", { name: "Envoyer" }).click();
  await page.getByText("Réponse envoyée").first().waitFor();
  const found = await call("agent", "GET", `/canned-replies/${reply.id}`);
  assert.equal(found.reply.uses, 1);
  assert.equal(found.used_by.length, 1);
  assert.deepEqual(problems, []);
});

test("on a phone in Arabic the reply speaks the language that is chosen; a retired one is deleted", { timeout: 300_000 }, async () => {
  const shortcut = word();
  const reply = await canned(shortcut, "Bonjour", `مرحبا، السطر ${shortcut}`);
  const ticket = await createTicket("client", { subject: `Panne ${shortcut}`, body: "Bonjour" });
  const { page, problems } = await signedIn("agent", { locale: "ar", viewport: PHONE });
  await go(page, `/desk/tickets/${ticket.id}`);
  await page.getByRole("button", { name: "الردود الجاهزة" }).click();
  const dialog = page.getByRole("dialog", { name: "الردود الجاهزة" });
  await dialog.getByRole("combobox", { name: "اللغة" }).selectOption("ar");
  await dialog.getByText(`مرحبا، السطر ${shortcut}`).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "canned-picker-phone-ar");
  await dialog.getByRole("option", { name: new RegExp(shortcut) }).click();
  await waitFor(page, (text) => document.activeElement?.value?.includes(text), `السطر ${shortcut}`);
  await shot(page, "canned-inserted-phone-ar");

  await go(page, `/desk/canned-replies/${reply.id}`);
  await page.getByLabel("مسحوب").check();
  assert.deepEqual(await violations(page), []);
  await shot(page, "canned-phone-ar");
  await page.getByRole("button", { name: "حفظ" }).click();
  await page.getByRole("heading", { level: 1, name: "الردود الجاهزة" }).waitFor();
  await go(page, `/desk/canned-replies/${reply.id}`);
  await page.getByRole("button", { name: "حذف", exact: true }).click();
  await page.getByRole("alertdialog").or(page.getByRole("dialog")).getByRole("button", { name: "حذف", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "الردود الجاهزة" }).waitFor();
  assert.deepEqual(
    problems.filter((text) => !(text.includes("404") && text.includes(reply.id))),
    [],
  );
});
