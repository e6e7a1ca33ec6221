// The main story over real servers, as it is lived in Algiers: a mail in an IMAP mailbox becomes a ticket before an agent's
// eyes, is acknowledged and answered by SMTP, the customer's reply comes back into the same ticket, and the customer reads
// it all in the portal and goes on there, in Arabic. Nobody reloads a page.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { call, imapMailbox } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, live, shot, shutDown, signedIn, waitFor } from "./lib/browser.mjs";
import { account } from "./lib/database.mjs";
import { header, post, receive } from "./lib/mail.mjs";

const HELP = "aide@cloudmanager.test";
const YASMINE = { name: "Yasmine Benali", address: "yasmine@client.test" };
/** A picture of 4 × 4 points. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAEElEQVR4nGP4z8AARwzEcQCukw/x0F8jngAAAABJRU5ErkJggg==",
  "base64",
);
const LOG = "2026-11-21 03:14 kvm-07: I/O error, dev sda\n".repeat(400);
/** Mail passes through two servers and two jobs on a machine that may be busy with other tests. */
const MAIL = { timeout: 90_000 };

let customer;
before(async () => {
  await imapMailbox({ name: "Support Alger", address: HELP, user: "support@cloudmanager.test" });
  customer = account("client", YASMINE.name, YASMINE.address);
});
after(shutDown);

/** Marks the page, so that a reload would be noticed. */
const mark = (page) => page.evaluate(() => void (window.neverReloaded = true));
const marked = (page) => page.evaluate(() => window.neverReloaded === true);

async function sha256(stream) {
  const hash = createHash("sha256");
  for await (const part of stream) hash.update(part);
  return hash.digest("hex");
}

test("from the customer's mail to the portal, one ticket", { timeout: 400_000 }, async () => {
  const [{ page, context, problems }, other] = await Promise.all([signedIn("agent"), signedIn("admin")]);
  for (const visit of [page, other.page]) {
    await go(visit, "/desk/tickets?state=open");
    await live(visit);
    await mark(visit);
  }

  const subject = `Serveur injoignable ${Date.now()}`;
  const first = await post({
    from: YASMINE,
    to: HELP,
    subject,
    text: "Bonjour,\n\nnotre serveur ne répond plus depuis 3 h 14.\n\nYasmine",
    attachments: [
      { filename: "journal.txt", content: LOG },
      { filename: "écran.png", content: PICTURE },
    ],
  });

  // It appears by itself in the lists that stand open, in both browsers.
  const row = page.getByRole("link", { name: subject });
  await row.waitFor(MAIL);
  await other.page.getByRole("link", { name: subject }).waitFor(MAIL);
  await shot(page, "story-1-arrived");

  const acknowledgement = await receive(YASMINE.address, "the acknowledgement", (mail) => header(mail, "auto-submitted") === "auto-replied");
  assert.equal(acknowledgement.from.address, HELP);
  assert.equal(acknowledgement.inReplyTo, first);
  assert.equal(acknowledgement.to[0].address, YASMINE.address);
  assert.match(acknowledgement.text, /Bonjour/, "in the language of the mailbox");
  assert.match(header(acknowledgement, "received"), /with esmtpsa.*TLS/s, "it came over TLS and with a password");
  assert.equal(header(acknowledgement, "return-path"), "<>", "a bounce of it must not come back");

  await row.click();
  const message = page.getByRole("article").filter({ hasText: "3 h 14" });
  await message.getByText("écran.png").first().waitFor();
  const ticket = new URL(page.url()).pathname.split("/").pop();
  const downloading = page.waitForEvent("download");
  await message.getByRole("button", { name: "Télécharger journal.txt" }).click();
  assert.equal(await sha256(await (await downloading).createReadStream()), createHash("sha256").update(LOG).digest("hex"));
  await message.getByRole("button", { name: /^écran\.png/ }).click();
  const preview = page.getByRole("dialog").getByRole("img");
  await preview.waitFor();
  await waitFor(page, (image) => image.complete && image.naturalWidth === 4, await preview.elementHandle());
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });

  // A note for colleagues first: no customer may ever see it.
  await page.getByRole("radio", { name: "Note" }).click();
  await page.getByRole("form", { name: "Note privée" }).getByRole("textbox").fill("Encore kvm-07, à remplacer.");
  await page.getByRole("button", { name: "Enregistrer la note" }).click();
  await page.getByRole("article").filter({ hasText: "Encore kvm-07" }).waitFor();

  await page.getByRole("radio", { name: "Réponse" }).click();
  const composer = page.getByRole("form", { name: "Réponse" });
  await composer.getByRole("textbox").fill("Bonjour Yasmine,\n\nle disque est remplacé. Est-ce que tout fonctionne ?");
  await page.locator("input[type=file]").setInputFiles({ name: "rapport.txt", mimeType: "text/plain", buffer: Buffer.from("disque remplacé\n") });
  await page.locator("[data-upload=done]").waitFor();
  await composer.getByRole("textbox").press("Control+Enter");
  const answer = page.getByRole("article").filter({ hasText: "le disque est remplacé" });
  await answer.waitFor();
  // That it went out is seen without a reload as well.
  await answer.locator("[data-delivery=sent]").filter({ hasText: YASMINE.address }).waitFor(MAIL);
  await shot(page, "story-2-answered");

  const received = await receive(YASMINE.address, "the answer", (mail) => mail.text?.includes("le disque est remplacé"));
  assert.equal(received.from.address, HELP);
  assert.ok(received.subject.includes(subject));
  assert.equal(header(received, "auto-submitted"), "", "a person wrote it");
  assert.match(received.messageId, /@cloudmanager\.test>$/);
  assert.ok(received.references.includes(first), "mail programs show it in the same conversation");
  assert.equal(received.attachments[0].filename, "rapport.txt");
  assert.equal(Buffer.from(received.attachments[0].content).toString(), "disque remplacé\n");
  const replyTo = received.replyTo[0].address;
  assert.match(replyTo, /^reply\+.*@cloudmanager\.test$/);

  await post({
    from: YASMINE,
    to: replyTo,
    subject: `Re: ${received.subject}`,
    inReplyTo: received.messageId,
    references: [received.references, received.messageId].filter(Boolean).join(" "),
    text: `Oui, merci beaucoup !\n\nLe sam. 21 nov. 2026 à 10:02, Support Alger <${HELP}> a écrit :\n${received.text.replaceAll(/^/gm, "> ")}`,
  });

  // It lands in the ticket that stands open, and the ticket is staff's again.
  const reply = page.getByRole("article").filter({ hasText: "Oui, merci beaucoup !" });
  await reply.waitFor(MAIL);
  await reply.getByRole("button", { name: "Afficher le texte cité" }).waitFor();
  assert.equal(await reply.getByText("le disque est remplacé").isVisible(), false, "what is quoted is folded");
  await page.locator("aside").getByText("Ouvert", { exact: true }).first().waitFor();
  await shot(page, "story-3-reply");

  // Why it landed here can be read.
  await other.page.getByRole("link", { name: subject }).click();
  await other.page.getByRole("article").filter({ hasText: "Oui, merci" }).getByRole("link", { name: "Voir le parcours de cet e-mail" }).click();
  await other.page.getByText("Jeton dans l’adresse").waitFor();
  await other.page.getByText("l’expéditeur participe au ticket : ajouté").waitFor();
  assert.deepEqual(await violations(other.page), []);
  await shot(other.page, "story-4-why");

  const portal = await signedIn(customer);
  await portal.page.getByRole("link", { name: subject }).click();
  await portal.page.getByRole("article").filter({ hasText: "le disque est remplacé" }).getByText("rapport.txt").waitFor();
  await portal.page.getByRole("article").filter({ hasText: "Oui, merci beaucoup !" }).waitFor();
  assert.equal(await portal.page.getByText("Encore kvm-07").count(), 0, "notes are for staff");
  await live(portal.page);
  await portal.page.getByRole("button", { name: "Langue" }).click();
  await portal.page.getByRole("menuitemradio", { name: "العربية" }).click();
  await portal.page.locator("html[dir=rtl][lang=ar]").waitFor();
  const arabic = portal.page.getByRole("form", { name: "رد" });
  await arabic.getByRole("textbox").fill("كل شيء يعمل الآن، شكرا جزيلا.");
  assert.equal(await arabic.getByRole("textbox").evaluate((box) => getComputedStyle(box).direction), "rtl");
  await arabic.getByRole("button", { name: "إرسال" }).click();
  await portal.page.getByRole("article").filter({ hasText: "شكرا جزيلا" }).waitFor();
  assert.deepEqual(await violations(portal.page), []);
  await shot(portal.page, "story-5-portal-ar");
  assert.deepEqual(portal.problems, []);
  await portal.context.close();

  await page.getByRole("article").filter({ hasText: "شكرا جزيلا" }).waitFor();
  assert.deepEqual([await marked(page), await marked(other.page)], [true, true], "no page was reloaded");
  assert.deepEqual([...problems, ...other.problems], []);

  const { items } = await call("agent", "GET", `/tickets?q=${encodeURIComponent(subject)}`);
  assert.deepEqual(items.map((item) => item.id), [ticket], "there is one ticket");
  // What has its place in the product is marked as read at its source.
  await receive("support@cloudmanager.test", "the reply, and it is read", (mail) => mail.text?.includes("Oui, merci") && mail.flags.has("\\Seen"));
  await context.close();
  await other.context.close();
});
