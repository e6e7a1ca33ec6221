// The list of tickets, mailed again and again: made from the list's menu, run at once, paused, resumed, changed and deleted.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { createTicket } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shot, shutDown, signedIn } from "./lib/browser.mjs";
import { account } from "./lib/database.mjs";

after(shutDown);

const word = () => `x${randomUUID().slice(0, 8)}`;

test("a list is scheduled from its menu, mailed at once, and its file is there for whoever gets it", { timeout: 400_000 }, async () => {
  const mark = word();
  const me = account("agent", `Lina ${mark}`);
  // Somebody of the same name: who gets the tickets is told by his address.
  account("agent", me.name);
  await createTicket("client", { subject: `Serveur ${mark}`, body: "Bonjour" });
  const { page, problems } = await signedIn(me, { locale: "fr" });
  await go(page, `/desk/tickets?q=${mark}`);
  await page.getByRole("link", { name: new RegExp(mark) }).filter({ visible: true }).first().waitFor();
  await page.getByRole("button", { name: "Exporter", exact: true }).click();
  await page.getByRole("menuitem", { name: "Exports programmés" }).waitFor();
  assert.deepEqual(await violations(page, "[role=menu]"), []);
  await page.getByRole("menuitem", { name: /Envoyer régulièrement/ }).click();

  const form = page.getByRole("form", { name: "Exports programmés" });
  await form.getByText(mark, { exact: true }).waitFor();
  await form.getByRole("button", { name: "Enregistrer" }).click();
  await form.getByText("Champ obligatoire.").first().waitFor();
  assert.deepEqual(await violations(page), [], "with what is missing told");
  await form.getByLabel("Nom").fill(`Hebdo ${mark}`);
  await form.getByLabel("Fréquence").selectOption({ label: "Chaque mois" });
  await form.getByLabel("Jour du mois").selectOption("31");
  await form.getByLabel("Heure").fill("07:30");
  await form.getByRole("checkbox", { name: `${me.name} (${me.email})`, exact: true }).check();
  await shot(page, "scheduled-export-new");
  await form.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("heading", { name: `Hebdo ${mark}` }).waitFor();
  await page.getByText("Il n’a pas encore été préparé").waitFor();

  await page.getByRole("button", { name: "Exécuter maintenant" }).click();
  await page.getByText("Envoyé", { exact: true }).filter({ visible: true }).first().waitFor({ timeout: 120_000 });
  assert.deepEqual(await violations(page), []);
  await shot(page, "scheduled-export");
  await page.locator("main").getByRole("link", { name: /20\d\d/ }).filter({ visible: true }).first().click();
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Télécharger" }).click();
  const download = await waiting;
  assert.match(download.suggestedFilename(), /^tickets-20\d\d-\d\d-\d\d\.csv$/);
  const text = await readFile(await download.path(), "utf8");
  assert.match(text, /^\ufeffNuméro,Objet,État,/);
  assert.equal(text.trimEnd().split("\r\n").length, 2);
  assert.ok(text.includes(`Serveur ${mark}`));
  assert.deepEqual(await violations(page), []);

  // On a phone, in the list: paused, resumed, deleted.
  await page.setViewportSize(PHONE);
  await go(page, "/desk/ticket-exports");
  await page.getByText("Le 31 de chaque mois à").filter({ visible: true }).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("link", { name: `Hebdo ${mark}` }).filter({ visible: true }).first().click();
  await page.getByRole("button", { name: "Suspendre" }).click();
  await page.getByText("Vous l’avez suspendu.").waitFor();
  await page.getByRole("button", { name: "Reprendre" }).click();
  await page.getByText("Vous l’avez suspendu.").waitFor({ state: "detached" });
  assert.deepEqual(await violations(page), []);
  await shot(page, "scheduled-export-phone");
  await page.getByRole("button", { name: "Supprimer" }).click();
  await page.getByRole("alertdialog").or(page.getByRole("dialog")).getByRole("button", { name: "Supprimer" }).click();
  await page.getByText("L’export est supprimé").first().waitFor();
  await page.getByRole("link", { name: `Hebdo ${mark}` }).first().waitFor({ state: "detached" });
  assert.deepEqual(problems, []);
});
