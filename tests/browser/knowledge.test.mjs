// The knowledge base: read without signing in, in Arabic and on a phone; written, published, restored; suggested to who writes a ticket
// and to who answers one.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { call, createTicket } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shot, shutDown, signedIn, visitor, waitFor } from "./lib/browser.mjs";

after(shutDown);

/** A word that no other test looks for: letters only, as people type them. */
const word = () => `q${randomUUID().replaceAll(/[^a-f]/g, "").slice(0, 6)}${[..."abcdef"].toSorted(() => Math.random() - 0.5).join("")}x`;

/** An article that is there already, published unless said otherwise. */
async function article(title, { visibility = "public", body = "Texte.", texts = {}, state = "published" } = {}) {
  const sections = await call("admin", "GET", "/knowledge/sections");
  const section_id = sections.items.find(({ slug }) => slug === "support").id;
  const fr = { title, summary: `À propos de ${title}`, body };
  const made = await call("admin", "POST", "/knowledge/articles", { section_id, visibility, texts: { fr, ...texts } });
  if (state === "draft") return made;
  return call("admin", "PUT", `/knowledge/articles/${made.id}/state`, { state }, { "if-match": `"${made.version}"` });
}

test("a visitor searches, reads in Arabic and on a phone, is told when a language is missing, and says whether it helped", { timeout: 300_000 }, async () => {
  const about = word();
  const only = await article(`Disque ${about}`, { body: "## Première étape\n\nOuvrez **tout**.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[Ouvrir un ticket](/help/articles/open-a-ticket)" });
  const { page, problems } = await visitor({ locale: "ar", viewport: PHONE });
  await go(page, "/help");
  await page.getByRole("heading", { level: 1, name: "المساعدة" }).waitFor();
  await page.getByRole("link", { name: /الدعم/ }).first().waitFor();
  // What is for the signed-in is not there.
  assert.equal(await page.getByRole("link", { name: "طلب نسخة من بياناتك" }).count(), 0);
  assert.equal(await page.evaluate(() => document.documentElement.dir), "rtl");
  assert.deepEqual(await violations(page), []);
  assert.equal(await page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth)), 0);
  await shot(page, "help-home-ar-phone");
  // By keys alone: the first stop leads past the head of the page, the search is one of the next.
  await page.keyboard.press("Tab");
  assert.match(await page.evaluate(() => document.activeElement.getAttribute("href")), /#content/);
  const field = page.getByRole("searchbox", { name: "البحث في المساعدة" });
  await field.fill(about);
  await page.getByRole("link", { name: `Disque ${about}` }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("link", { name: `Disque ${about}` }).press("Enter");
  await page.getByRole("heading", { level: 1, name: `Disque ${about}` }).waitFor();
  await page.getByText("هذا المقال غير متاح بعد باللغة العربية؛ وهذا هو باللغة Français.").waitFor();
  await page.getByRole("heading", { level: 2, name: "Première étape" }).waitFor();
  await waitFor(page, (title) => document.title === title, `Disque ${about} · CloudManager`);
  await page.locator(`meta[name=description][content="À propos de Disque ${about}"]`).waitFor({ state: "attached" });
  assert.deepEqual(await violations(page), []);
  assert.equal(await page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth)), 0);
  await shot(page, "help-article-ar-phone");
  await page.getByRole("button", { name: "نعم" }).click();
  await page.getByText("شكرًا لك. يمكنك تغيير إجابتك.").waitFor();
  await page.getByRole("button", { name: "لا", exact: true }).click();
  await page.locator("button[aria-pressed=true]", { hasText: "لا" }).waitFor();
  const { helpful, unhelpful } = await call("admin", "GET", `/knowledge/articles/${only.id}`);
  assert.deepEqual([helpful, unhelpful], [0, 1]);
  // A link within the help stays within the page.
  await page.getByRole("link", { name: "Ouvrir un ticket" }).click();
  await page.getByRole("heading", { level: 1, name: "فتح تذكرة" }).waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
});

test("an editor writes, is told what is missing, publishes, and brings an earlier text back", { timeout: 300_000 }, async () => {
  const about = word();
  const { page, problems } = await signedIn("agent", { locale: "fr" });
  await go(page, "/desk/knowledge");
  await page.getByRole("link", { name: "Nouvel article" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Nouvel article" }).waitFor();
  await page.getByLabel("Rubrique").selectOption({ label: "Support" });
  await page.getByLabel("Titre").fill(`Guide ${about}`);
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByText("Champ obligatoire.").first().waitFor();
  await page.getByLabel("Résumé").fill("Comment faire.");
  await page.getByRole("textbox", { name: "Texte" }).fill("# Début\n\n<script>alert(1)</script> **premier** jet");
  await page.getByRole("radio", { name: "Aperçu" }).click();
  await page.getByRole("heading", { level: 2, name: "Début" }).waitFor();
  await page.getByText("<script>alert(1)</script>").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "knowledge-editor");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("heading", { level: 1, name: `Guide ${about}` }).waitFor();
  await page.getByRole("tab", { name: /English.*manque/ }).waitFor();
  // A picture comes in and is put into the text.
  const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
  await page.locator("input[type=file]").setInputFiles({ name: "schema.png", mimeType: "image/png", buffer: png });
  await page.getByRole("radio", { name: "Écrire" }).click();
  await page.getByRole("button", { name: "Insérer schema.png" }).click();
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("listitem").filter({ hasText: `Guide ${about}` }).nth(1).waitFor();
  await page.getByRole("button", { name: "Publier" }).click();
  await page.getByText("Publié", { exact: true }).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Voir" }).last().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("premier").waitFor();
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "Rétablir" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("listitem").filter({ hasText: `Guide ${about}` }).nth(2).waitFor();
  await page.setViewportSize(PHONE);
  await go(page, `/desk/knowledge?q=${about}&missing=en`);
  await page.getByRole("link", { name: `Guide ${about}` }).filter({ visible: true }).first().waitFor();
  assert.deepEqual(await violations(page), []);
  assert.equal(await page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth)), 0);
  await shot(page, "knowledge-list-phone");
  await go(page, "/desk/knowledge/sections");
  await page.getByRole("button", { name: "Support" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await go(page, `/help/articles/guide-${about}`);
  await page.getByRole("heading", { level: 1, name: `Guide ${about}` }).waitFor();
  assert.deepEqual(problems, []);
});

test("who writes a ticket reads an article over it and keeps his draft, or needs no ticket any more", { timeout: 300_000 }, async () => {
  const about = word();
  const spared = await article(`Souris ${about}`, { body: "Débranchez la souris." });
  const { page, problems } = await signedIn("client", { locale: "fr" });
  await go(page, "/client/tickets/new");
  await page.getByLabel("Objet").fill(`Ma souris ${about} est morte`);
  const offered = page.getByRole("region", { name: "Ces articles peuvent aider" });
  await offered.getByRole("button", { name: `Souris ${about}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Débranchez la souris.").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "ticket-suggestion");
  await dialog.getByRole("button", { name: "Continuer mon ticket" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.equal(await page.getByLabel("Objet").inputValue(), `Ma souris ${about} est morte`);
  assert.deepEqual(await violations(page), []);
  await offered.getByRole("button", { name: `Souris ${about}` }).click();
  await dialog.getByRole("button", { name: "Cela règle mon problème" }).click();
  await page.getByRole("heading", { level: 1, name: "Mes tickets" }).waitFor();
  assert.equal((await call("admin", "GET", `/knowledge/articles/${spared.id}`)).solved, 1);
  await go(page, "/client/tickets/new");
  assert.equal(await page.getByLabel("Objet").inputValue(), "");
  assert.deepEqual(problems, []);
});

test("who answers a ticket is offered its articles, and the customer gets only what he may read", { timeout: 300_000 }, async () => {
  const about = word();
  await article(`Clavier ${about}`);
  await article(`Interne ${about}`, { visibility: "staff" });
  const ticket = await createTicket("client", { subject: `Clavier interne ${about}`, body: "Bonjour" });
  const { page, problems } = await signedIn("agent", { locale: "fr" });
  await go(page, `/desk/tickets/${ticket.id}`);
  const panel = page.getByRole("region", { name: "Articles de l’aide" });
  await panel.getByRole("button", { name: `Interne ${about}`, exact: true }).waitFor();
  assert.equal(await panel.getByRole("button", { name: `Insérer le lien vers « Interne ${about} »` }).count(), 0);
  // The composer is fetched after the ticket.
  const text = page.getByRole("textbox", { name: "Réponse", exact: true });
  await text.waitFor();
  await panel.getByRole("button", { name: `Insérer le lien vers « Clavier ${about} »` }).click();
  assert.match(await text.inputValue(), new RegExp(`/help/articles/clavier-${about}`));
  assert.deepEqual(await violations(page), []);
  await shot(page, "ticket-articles");
  await page.getByRole("radio", { name: "Note", exact: true }).click();
  await panel.getByRole("button", { name: `Insérer le lien vers « Interne ${about} »` }).waitFor();
  assert.deepEqual(problems, []);
});
