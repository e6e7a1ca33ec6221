// Files of messages and documents of customers, looked at in place: pictures, PDF files and texts, and of the others why not.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { call, createTicket, eventually, seed } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { PHONE, go, shot, shutDown, signedIn, waitFor } from "./lib/browser.mjs";
import { company, pdf, picture } from "./lib/customers.mjs";

before(() => seed());
after(shutDown);

/** A customer's ticket whose second message has these files, by their names. */
async function ticketWith(subject, files) {
  const ticket = await createTicket("client", { subject: `${subject} ${randomUUID().slice(0, 8)}`, body: "Please look." });
  const attachment_ids = [];
  for (const [name, bytes] of Object.entries(files)) {
    const { id } = await call("client", "POST", `/uploads?filename=${encodeURIComponent(name)}`, bytes, { "content-type": "application/octet-stream" });
    attachment_ids.push(id);
  }
  await call("client", "POST", `/tickets/${ticket.id}/messages`, { kind: "reply", body: "With files", attachment_ids });
  return ticket;
}

/** The file that is on screen. */
const dialog = (page, name) => page.getByRole("dialog", { name });
const chip = (page, name) => page.getByRole("list", { name: "Attachments" }).getByRole("button", { name: new RegExp(`^${name}`) });
const wide = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test("an agent looks through a message's files with the keys", { timeout: 240_000 }, async () => {
  const long = `09:00 started\n${"<script>alert(1)</script> line\n".repeat(10_000)}the end`;
  const ticket = await ticketWith("Files", {
    "screen.png": picture(1200, 800),
    "contract.pdf": pdf("Contract"),
    "server.log": Buffer.from(long),
    "logs.zip": Buffer.concat([Buffer.from("504b0304", "hex"), Buffer.alloc(60)]),
  });
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${ticket.id}`);
  await chip(page, "screen.png").focus();
  await page.keyboard.press("Enter");
  const image = dialog(page, "screen.png").getByRole("img", { name: "screen.png" });
  await image.waitFor();
  await waitFor(page, () => document.querySelector("[role=dialog] img")?.naturalWidth === 1200);
  const before = await image.evaluate((shown) => shown.clientWidth);
  await dialog(page, "screen.png").getByRole("button", { name: "Larger" }).click();
  await waitFor(page, (width) => document.querySelector("[role=dialog] img").clientWidth > width, before);
  await shot(page, "preview-picture-en-light");
  assert.deepEqual(await violations(page, "[role=dialog]"), []);
  await dialog(page, "screen.png").getByRole("button", { name: "The whole picture" }).click();

  await page.keyboard.press("ArrowRight");
  const paper = dialog(page, "contract.pdf");
  await paper.locator("canvas[data-drawn=true]").waitFor();
  await paper.getByText("File 2 of 4").waitFor();
  await shot(page, "preview-pdf-en-light");
  assert.deepEqual(await violations(page, "[role=dialog]"), []);

  await page.keyboard.press("ArrowRight");
  const text = dialog(page, "server.log").getByRole("group", { name: "Content of server.log" });
  await text.waitFor();
  await dialog(page, "server.log").getByText(/^Only the first .* are shown/).waitFor();
  const said = await text.textContent();
  assert.ok(said.startsWith("09:00 started\n<script>alert(1)</script> line\n"), "it is text, whatever is in it");
  assert.equal(said.includes("the end"), false);
  await shot(page, "preview-text-en-light");
  assert.deepEqual(await violations(page, "[role=dialog]"), []);

  await page.keyboard.press("ArrowRight");
  const zip = dialog(page, "logs.zip");
  await zip.getByText("This kind of file cannot be shown here").waitFor();
  const waiting = page.waitForEvent("download");
  await zip.getByRole("button", { name: "Download" }).click();
  assert.equal((await waiting).suggestedFilename(), "logs.zip");

  await page.keyboard.press("Escape");
  await zip.waitFor({ state: "detached" });
  await waitFor(page, () => document.activeElement?.textContent?.startsWith("screen.png"));
  // Saved without being looked at.
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download contract.pdf" }).click();
  assert.equal((await saved).suggestedFilename(), "contract.pdf");
  assert.deepEqual(problems, []);
  await context.close();
});

test("a customer does the same on a phone, from right to left", async () => {
  const ticket = await ticketWith("Phone files", { "قائمة.txt": Buffer.from("سطر أول\nsecond line\n"), "photo.png": picture() });
  const { page, context, problems } = await signedIn("client", { locale: "ar", viewport: PHONE });
  await go(page, `/client/tickets/${ticket.id}`);
  await page.getByRole("button", { name: /^قائمة\.txt/ }).click();
  await dialog(page, "قائمة.txt").getByText("سطر أول").waitFor();
  assert.equal(await wide(page), 0);
  await shot(page, "preview-text-ar-phone");
  assert.deepEqual(await violations(page, "[role=dialog]"), []);
  await page.keyboard.press("ArrowLeft");
  await dialog(page, "photo.png").getByRole("img").waitFor();
  assert.deepEqual(await violations(page, "[role=dialog]"), []);
  await dialog(page, "photo.png").getByRole("button", { name: "الملف السابق" }).click();
  await dialog(page, "قائمة.txt").waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("a file that is not served says why", async () => {
  const mark = randomUUID().slice(0, 8);
  const mail = [
    `From: Rachid <rachid.${mark}@example.dz>`,
    "To: support@cloudmanager.test",
    `Subject: Try this ${mark}`,
    `Message-ID: <${randomUUID()}@browser.test>`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="cut"',
    "",
    "--cut",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "Run this program.",
    "--cut",
    'Content-Type: application/octet-stream; name="fix.exe"',
    'Content-Disposition: attachment; filename="fix.exe"',
    "Content-Transfer-Encoding: base64",
    "",
    Buffer.concat([Buffer.from("MZ"), Buffer.alloc(200)]).toString("base64"),
    "--cut--",
    "",
  ].join("\r\n");
  const { id } = await call("admin", "POST", "/mail/inbound?mailbox=support@cloudmanager.test", mail, { "content-type": "message/rfc822" });
  const { ticket_id } = await eventually("the mail to be processed", async () => {
    const found = await call("admin", "GET", `/mails/${id}`);
    return found.state === "received" ? null : found;
  });
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${ticket_id}`);
  await chip(page, "fix.exe").click();
  const refused = dialog(page, "fix.exe");
  await refused.getByText("This kind of file is not served").waitFor();
  assert.equal(await refused.getByRole("button", { name: /Download/ }).count(), 0);
  assert.deepEqual(await violations(page, "[role=dialog]"), []);
  assert.deepEqual(problems, []);
  await context.close();
});

test("documents of a customer open in place for staff, and for the member they are shown to", { timeout: 240_000 }, async () => {
  const own = await company("client", `Papers ${randomUUID().slice(0, 8)}`);
  const bytes = { "content-type": "application/octet-stream" };
  await call("agent", "POST", `/customers/${own.id}/documents?filename=contract.pdf&category=contract&shared=true`, pdf("Contract"), bytes);
  await call("agent", "POST", `/customers/${own.id}/documents?filename=card.png&category=identity&shared=true`, picture(640, 400), bytes);
  const looks = async () => (await call("admin", "GET", `/audit?action=customer.document_read&subject_id=${own.id}`)).items.length;

  const desk = await signedIn("agent", { locale: "en" });
  await go(desk.page, `/desk/customers/${own.id}?tab=documents`);
  for (const time of [1, 2]) {
    await desk.page.getByRole("button", { name: "View card.png" }).click();
    await dialog(desk.page, "card.png").getByRole("img", { name: "card.png" }).waitFor();
    assert.equal(await looks(), time, "each look is on record");
    if (time === 1) assert.deepEqual(await violations(desk.page, "[role=dialog]"), []);
    await desk.page.keyboard.press("Escape");
    await dialog(desk.page, "card.png").waitFor({ state: "detached" });
  }
  assert.deepEqual(desk.problems, []);
  await desk.context.close();

  const client = await signedIn("client", { locale: "fr", viewport: PHONE });
  await go(client.page, `/client/account/${own.id}?tab=documents`);
  await client.page.getByRole("button", { name: "Afficher contract.pdf" }).click();
  await dialog(client.page, "contract.pdf").locator("canvas").first().waitFor();
  await shot(client.page, "document-preview-fr-phone");
  assert.equal(await wide(client.page), 0);
  await client.page.keyboard.press("Escape");
  assert.deepEqual(client.problems, []);
  await client.context.close();
});
