// What needs a person's judgement: mail in quarantine, a stranger's reply to somebody's ticket. And that every decision of the
// product's own can be read with its reasons.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { call, sendMail } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, live, PHONE, shot, shutDown, signedIn } from "./lib/browser.mjs";
import { correspondence, forge, strangersReply } from "./lib/correspondence.mjs";

after(shutDown);

/** The server explains itself in codes; readers see none of them. */
async function explainsItself(page, id) {
  const { threading, evidence } = await call("agent", "GET", `/mails/${id}`);
  const codes = [...threading.reasons.flatMap((reason) => [reason.evidence.code, reason.outcome.code]), ...evidence.map(({ meaning }) => meaning)];
  const phrases = codes.filter((code) => code.includes("_"));
  assert.ok(phrases.length > 2);
  const text = await page.locator("main").innerText();
  assert.deepEqual(phrases.filter((phrase) => text.includes(phrase)), []);
}

test("a forged reply is quarantined with its reasons, and released into a ticket of its own", async () => {
  const talk = await correspondence();
  const { page, context, problems } = await signedIn("agent");
  await go(page, "/desk/mails?state=quarantined");
  await live(page);
  const mail = await forge(talk);
  assert.equal(mail.state, "quarantined");
  // It turns up by itself in the list that stands open.
  const row = page.getByRole("row").filter({ hasText: talk.subject });
  await row.getByText("se présente comme un participant, sans preuve").locator("visible=true").waitFor();
  await row.getByRole("link").click();
  await page.getByText("DMARC échoué").first().waitFor();
  await page.getByText("Jeton dans l’adresse").waitFor();
  await page.getByText("l’expéditeur participe au ticket : quarantaine").waitFor();
  await explainsItself(page, mail.id);
  assert.deepEqual(await violations(page), []);
  await shot(page, "quarantined-fr");

  const before = await call("agent", "GET", `/tickets/${talk.ticketId}`);
  await page.getByRole("button", { name: "Libérer" }).click();
  const choice = page.getByRole("dialog");
  await choice.getByText("Un nouveau ticket").waitFor();
  assert.deepEqual(await violations(page), []);
  await choice.getByRole("button", { name: "Libérer" }).click();
  await choice.waitFor({ state: "detached" });
  await page.locator("main").getByText("Traité", { exact: true }).first().waitFor();
  await page.getByRole("link", { name: "Ouvrir le ticket" }).click();
  await page.getByRole("article").filter({ hasText: "root password" }).waitFor();
  assert.ok(!page.url().endsWith(talk.ticketId), "a forger's text does not land in the customer's ticket by itself");
  const now = await call("agent", "GET", `/tickets/${talk.ticketId}`);
  assert.equal(now.version, before.version, "his ticket is as it was");
  assert.deepEqual(problems, []);
  await context.close();
});

test("a quarantined mail is dropped for a reason, which stays readable", async () => {
  const mail = await forge(await correspondence());
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/mails/${mail.id}`);
  await page.getByRole("button", { name: "Drop" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Drop" }).click();
  await dialog.getByText("Fill this in.").waitFor();
  assert.deepEqual(await violations(page), []);
  await dialog.getByLabel("Reason").fill("A phisher, seen twice today");
  await dialog.getByRole("button", { name: "Drop" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.locator("main").getByText("Dropped", { exact: true }).first().waitFor();
  assert.equal(await page.getByRole("button", { name: "Release" }).count(), 0);
  await page.getByRole("button", { name: "Download original" }).waitFor();
  const stored = await call("agent", "GET", `/mails/${mail.id}`);
  assert.equal(stored.state, "dropped");
  assert.equal(stored.reason, "dropped_by_staff");
  await page.getByText("A phisher, seen twice today").waitFor();
  assert.equal(stored.message_id, null, "nothing of it stands in a ticket");

  // A mistake can be undone.
  await page.getByRole("button", { name: "Process again" }).click();
  await page.locator("main").getByText("Quarantined", { exact: true }).first().waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("a stranger's reply waits for judgement, unseen by the customer, and is accepted", async () => {
  const { ticketId, mailId } = await strangersReply("I am the neighbour, it is down here too.");
  const { page, context, problems } = await signedIn("agent");
  await go(page, `/desk/tickets/${ticketId}`);
  const held = page.getByRole("article").filter({ hasText: "I am the neighbour" });
  await held.getByText("Retenu : l’expéditeur ne participe pas à ce ticket").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "held-fr");
  const before = await call("agent", "GET", `/tickets/${ticketId}`);
  await held.getByRole("button", { name: "Accepter dans le ticket" }).click();
  await held.getByText("Retenu").waitFor({ state: "detached" });
  await page.getByText("a accepté une réponse retenue").waitFor();
  await held.getByRole("link", { name: "Voir le parcours de cet e-mail" }).click();
  await page.getByText("l’expéditeur est inconnu : retenu pour un agent").waitFor();
  await explainsItself(page, mailId);
  const after = await call("agent", "GET", `/tickets/${ticketId}`);
  assert.ok(after.participants.length > before.participants.length || after.message_count >= before.message_count);
  assert.deepEqual(problems, []);
  await context.close();
});

test("a stranger's reply becomes a ticket of its own, or is junk", async () => {
  const split = await strangersReply("My own server is slow.");
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${split.ticketId}`);
  await page.getByRole("article").filter({ hasText: "My own server is slow." }).getByRole("button", { name: "Make a new ticket" }).click();
  await page.getByText("moved a held reply to a new ticket").waitFor();
  const { items } = await call("agent", "GET", `/tickets?q=${encodeURIComponent(split.stranger)}`);
  assert.equal(items.length, 1);
  assert.notEqual(items[0].id, split.ticketId);

  const spam = await strangersReply("Buy cheap pills.");
  await go(page, `/desk/tickets/${spam.ticketId}`);
  await page.getByRole("article").filter({ hasText: "Buy cheap pills." }).getByRole("button", { name: "It is spam" }).click();
  await page.getByText("marked a held reply as spam").waitFor();
  await page.getByRole("button", { name: "It is spam" }).waitFor({ state: "detached" });
  assert.deepEqual(problems, []);
  await context.close();
});

test("a mail's journey tells its class, its way and its effects", async () => {
  const mark = randomUUID().slice(0, 8);
  const mail = await sendMail({
    from: `annonces.${mark}@example.dz`,
    subject: `Promotion ${mark}`,
    body: "Offre spéciale",
    headers: ["Auto-Submitted: auto-replied", "List-Id: <annonces.example.dz>"],
  });
  const { page, context } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/mails/${mail.id}`);
  await page.getByText("sent by a machine (RFC 3834)").waitFor();
  await page.getByText("Auto-Submitted: auto-replied").waitFor();
  await page.getByText("new ticket", { exact: true }).waitFor();
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download original" }).click();
  assert.match((await waiting).suggestedFilename(), /\.eml$/);
  await page.getByRole("tab", { name: "Content" }).click();
  await page.getByText("Offre spéciale").waitFor();
  assert.deepEqual(await violations(page), []);
  await context.close();
});

test("a sender who may be mistaken for somebody else is shown as one, on the mail and in the ticket", async () => {
  const mark = randomUUID().slice(0, 8);
  const mail = await sendMail({ from: `"direction@cloudmanager.test" <d.${mark}@example.dz>`, subject: `Virement ${mark}`, body: "Faites un virement aujourd'hui." });
  const { page, context, problems } = await signedIn("admin", { locale: "fr" });
  await go(page, `/desk/mails/${mail.id}`);
  await page.getByText("Cet expéditeur peut être pris pour un autre").waitFor();
  await page.getByText("Le nom montre une autre adresse que celle d’où vient l’e-mail.").waitFor();
  await page.getByText(`d.${mark}@example.dz`).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "mail-confusable-fr");
  await go(page, `/desk/tickets/${mail.ticket_id}`);
  await page.getByRole("article").getByText("Cet expéditeur peut être pris pour un autre").waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
  await context.close();
});

test("a file that came with a mail is looked at on the mail's page, and in Arabic from a telephone", { timeout: 300_000 }, async () => {
  const mail = await sendMail({ from: `Nadia <nadia.${randomUUID().slice(0, 8)}@example.dz>`, subject: "With a log", body: "See the file.", file: { name: "server.log", text: "09:00 started <b>bold</b>" } });
  const { page, context, problems } = await signedIn("agent", { locale: "ar", viewport: PHONE });
  await go(page, `/desk/mails/${mail.id}`);
  await page.getByRole("tab", { name: "المحتوى" }).click();
  await page.getByRole("button", { name: /^server\.log/ }).click();
  const dialog = page.getByRole("dialog", { name: "server.log" });
  await dialog.getByText("09:00 started <b>bold</b>").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "mail-file-ar-phone");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
  await context.close();
});
