// What leaves the desk, and what comes back to it: the list as a spreadsheet, a ticket as PDF, and reminders that are set, told, moved and ended.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { call, createTicket } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { escalate } from "./lib/database.mjs";
import { people } from "./lib/env.mjs";
import { go, PHONE, shot, shutDown, signedIn } from "./lib/browser.mjs";

after(shutDown);

const word = () => `x${randomUUID().slice(0, 8)}`;

async function saved(page, name, item) {
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name, exact: true }).click();
  if (item) await page.getByRole("menuitem", { name: item }).click();
  const download = await waiting;
  assert.equal(download.suggestedFilename(), "tickets.csv");
  return readFile(await download.path(), "utf8");
}

test("the list is saved as it is narrowed, in the reader's language; a customer saves his own", { timeout: 300_000 }, async () => {
  const mark = word();
  await createTicket("client", { subject: `=Serveur ${mark}`, body: "Bonjour" });
  const { page, problems } = await signedIn("agent", { locale: "fr" });
  await go(page, `/desk/tickets?q=${mark}`);
  await page.getByRole("link", { name: new RegExp(mark) }).filter({ visible: true }).first().waitFor();
  const text = await saved(page, "Exporter", "Exporter en CSV");
  const lines = text.trimEnd().split("\r\n");
  assert.equal(lines.length, 2);
  assert.match(lines[0], /^\ufeffNuméro,Objet,État,/);
  assert.match(lines[1], new RegExp(`,'=Serveur ${mark},Ouvert,`));
  assert.match(lines[1], /T\d\d:\d\d:\d\d\+01:00/);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);

  const own = await signedIn("client", { locale: "ar" });
  await go(own.page, `/client/tickets?q=${mark}`);
  await own.page.getByRole("link", { name: new RegExp(mark) }).filter({ visible: true }).first().waitFor();
  const theirs = await saved(own.page, "تصدير CSV");
  assert.match(theirs, /^\ufeffالرقم,الموضوع,الحالة,/);
  assert.ok(!theirs.includes("الوسوم"));
  assert.deepEqual(await violations(own.page), []);
  await shot(own.page, "export-client-ar");
  assert.deepEqual(own.problems, []);
});

/** What a page saves as the PDF of a ticket, chosen from its menu or by its button. */
async function printed(page, ticket, ...names) {
  const waiting = page.waitForEvent("download", { timeout: 120_000 });
  await page.getByRole("button", { name: names[0] }).click();
  if (names[1]) await page.getByRole("menuitem", { name: names[1] }).click();
  const download = await waiting;
  assert.equal(download.suggestedFilename(), `ticket-${ticket.number}.pdf`);
  const bytes = await readFile(await download.path());
  assert.equal(bytes.subarray(0, 5).toString(), "%PDF-");
  assert.ok(bytes.includes("%%EOF"));
  return bytes;
}

test("a ticket is saved as PDF, with notes when staff want them; its customer saves his own in Arabic", { timeout: 400_000 }, async () => {
  const mark = word();
  const ticket = await createTicket("client", { subject: `الخادم ${mark}`, body: "Bonjour,\nle serveur ne répond plus." });
  await call("agent", "POST", `/tickets/${ticket.id}/messages`, { kind: "note", body: `entre nous ${mark} `.repeat(40) });
  const { page, problems } = await signedIn("agent", { locale: "fr" });
  await go(page, `/desk/tickets/${ticket.id}`);
  await page.getByRole("button", { name: "Télécharger en PDF" }).click();
  await page.getByRole("menuitem", { name: "Avec les notes privées" }).waitFor();
  assert.deepEqual(await violations(page, "[role=menu]"), []);
  await shot(page, "print-menu");
  await page.keyboard.press("Escape");
  const plain = await printed(page, ticket, "Télécharger en PDF", "Tel que le client le voit");
  await page.getByText("Le PDF est enregistré").first().waitFor();
  const noted = await printed(page, ticket, "Télécharger en PDF", "Avec les notes privées");
  assert.notDeepEqual(noted, plain, "notes make another document");
  // The same ticket is the same file.
  assert.deepEqual(await printed(page, ticket, "Télécharger en PDF", "Tel que le client le voit"), plain);
  assert.deepEqual(problems, []);

  const own = await signedIn("client", { locale: "ar" });
  await go(own.page, `/client/tickets/${ticket.id}`);
  await printed(own.page, ticket, "تنزيل بصيغة PDF");
  await own.page.getByText("حُفظ ملف PDF").first().waitFor();
  await own.page.setViewportSize(PHONE);
  assert.deepEqual(await violations(own.page), []);
  await shot(own.page, "print-client-ar");
  assert.deepEqual(own.problems, []);
});

test("a reminder is set on a ticket, told when it is due, moved and ended; the list shows it", { timeout: 300_000 }, async () => {
  const mark = word();
  const ticket = await createTicket("client", { subject: `Rappel ${mark}`, body: "Bonjour" });
  const { page, problems } = await signedIn("agent", { locale: "fr" });
  await go(page, `/desk/tickets/${ticket.id}`);
  const panel = page.getByLabel("Mes rappels");
  await panel.getByRole("button", { name: "Me rappeler ce ticket" }).click();
  const dialog = page.getByRole("dialog", { name: "Me rappeler ce ticket" });
  await dialog.getByLabel("Rappel le").fill("2020-01-01T08:00");
  await dialog.getByLabel("Note (facultative)").fill(`demander ${mark}`);
  await dialog.getByRole("button", { name: "Programmer le rappel" }).click();
  await dialog.getByText("Choisissez une date à venir").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "reminder-dialog");
  await dialog.getByLabel("Rappel le").fill("2030-01-01T08:00");
  await dialog.getByRole("button", { name: "Programmer le rappel" }).click();
  await panel.getByText(`demander ${mark}`).waitFor();

  // Another one is due in a moment: it is told wherever its owner is, and counted.
  await go(page, "/desk/reminders");
  await page.getByRole("link", { name: `Rappel ${mark}` }).filter({ visible: true }).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await call("agent", "POST", `/tickets/${ticket.id}/reminders`, { at: new Date(Date.now() + 3000).toISOString(), note: `bientôt ${mark}` });
  await page.getByText(`Rappel : ticket n° ${ticket.number}`).first().waitFor({ timeout: 120_000 });
  await page.getByText("Échu").filter({ visible: true }).first().waitFor();
  await shot(page, "reminders");

  await page.getByRole("button", { name: `Terminer le rappel : bientôt ${mark}` }).filter({ visible: true }).first().click();
  await page.getByText(`bientôt ${mark}`).first().waitFor({ state: "detached" });
  await page.getByRole("button", { name: `Déplacer le rappel : demander ${mark}` }).filter({ visible: true }).first().click();
  const moving = page.getByRole("dialog", { name: "Déplacer le rappel" });
  assert.equal(await moving.getByLabel("Rappel le").inputValue(), "2030-01-01T08:00");
  await moving.getByLabel("Rappel le").fill("2029-06-01T09:30");
  await moving.getByRole("button", { name: "Déplacer", exact: true }).click();
  await moving.waitFor({ state: "detached" });
  await page.getByText(/2029/).filter({ visible: true }).first().waitFor();
  await page.setViewportSize(PHONE);
  await page.getByRole("link", { name: `Rappel ${mark}` }).filter({ visible: true }).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "reminders-phone");
  assert.deepEqual(problems, []);
});

test("an escalated ticket is found, says who was told, and is acknowledged", { timeout: 300_000 }, async () => {
  const mark = word();
  const ticket = await createTicket("client", { subject: `Escalade ${mark}`, body: "Bonjour" });
  escalate(ticket.id, people.admin.email);
  const { page, problems } = await signedIn("agent", { locale: "fr" });
  await go(page, `/desk/tickets?escalated=open&q=${mark}`);
  await page.getByRole("link", { name: `Escalade ${mark}` }).filter({ visible: true }).first().click();
  const panel = page.getByLabel("Escalades", { exact: true });
  await panel.getByText("Niveau 2 (résolution)").waitFor();
  await panel.getByText("Prévenus : ").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "escalation");
  await panel.getByRole("button", { name: "J’en prends note" }).click();
  await panel.getByText("Pris en compte", { exact: true }).waitFor();
  await page.getByText("a pris note de l’escalade").first().waitFor();
  await go(page, `/desk/tickets?escalated=open&q=${mark}`);
  await page.getByRole("link", { name: `Escalade ${mark}` }).first().waitFor({ state: "detached" });
  assert.deepEqual(problems, []);
});
