// Spam: a rule keeps a mail aside and the mail's page says why; what is none after all is let in, with its sender; a ticket is closed as
// spam and opened again.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { call, sendMail } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shot, shutDown, signedIn } from "./lib/browser.mjs";

after(shutDown);

test("a rule keeps a mail aside with its reason, and the mail and its sender are let in after all", { timeout: 300_000 }, async () => {
  const mark = randomUUID().slice(0, 8);
  const domain = `shop-${mark}.example`;
  const sender = `offers@mail.${domain}`;
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/spam-rules?q=${mark}`);
  await page.getByRole("button", { name: "New rule" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Looks at").selectOption("domain");
  await dialog.getByLabel("Looks for").fill("cloudmanager.test");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("Our own addresses are in this domain").waitFor();
  assert.deepEqual(await violations(page), []);
  await dialog.getByLabel("Looks for").fill(domain);
  await dialog.getByLabel("Note").fill("Sells watches");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  const row = page.getByRole("row").filter({ hasText: domain });
  await row.getByText("Keep aside").filter({ visible: true }).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "spam-rules");

  const mail = await sendMail({ from: `Offers <${sender}>`, subject: `Watches ${mark}`, body: "Buy one now." });
  assert.deepEqual([mail.state, mail.reason, mail.ticket_id ?? null], ["quarantined", "spam", null]);
  // Other tests have mails that came at other times.
  await go(page, "/desk/mails?state=quarantined&reason=spam");
  await page.getByRole("row").filter({ hasText: `Watches ${mark}` }).getByText("taken for spam").filter({ visible: true }).first().waitFor();
  await page.getByRole("link", { name: `Watches ${mark}` }).click();
  await page.getByText(`a rule keeps it aside (domain: ${domain})`).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "mail-spam");
  await page.getByRole("button", { name: "Not spam" }).click();
  await dialog.getByRole("checkbox", { name: `Let mail from ${sender} in from now on` }).check();
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "Not spam" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Open the ticket" }).click();
  await page.getByRole("article").filter({ hasText: "Buy one now." }).waitFor();

  const next = await sendMail({ from: sender, subject: `More watches ${mark}`, body: "Buy two." });
  assert.equal(next.state, "processed");
  await go(page, `/desk/mails/${next.id}`);
  await page.getByText(`a rule lets it in (sender: ${sender})`).waitFor();
  await page.getByText(`a more exact rule goes before this one (domain: ${domain})`).waitFor();

  await go(page, `/desk/spam-rules?q=${mark}&verdict=block`);
  await page.getByRole("button", { name: `Actions for ${domain}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await row.waitFor({ state: "detached" });
  const { items } = await call("agent", "GET", `/spam-rules?q=${mark}`);
  assert.deepEqual(items.map(({ verdict, value, hits }) => [verdict, value, hits]), [["allow", sender, 1]]);
  // One entry was refused, which the browser notes.
  assert.deepEqual(problems.filter((text) => !/422/.test(text)), []);
  await context.close();
});

test("a ticket is closed as spam with its sender kept aside, and both are taken back", { timeout: 300_000 }, async () => {
  const mark = randomUUID().slice(0, 8);
  const sender = `eve.${mark}@shop.example`;
  const first = await sendMail({ from: sender, subject: `Pills ${mark}`, body: "Cheap." });
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${first.ticket_id}`);
  await page.getByRole("button", { name: "Change state" }).click();
  await page.getByRole("menuitem", { name: "Close as spam" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("checkbox", { name: `Keep mail from ${sender} aside from now on` }).check();
  assert.deepEqual(await violations(page), []);
  await shot(page, "ticket-spam");
  await dialog.getByRole("button", { name: "Close as spam" }).click();
  await dialog.waitFor({ state: "detached" });
  const back = page.getByRole("button", { name: "Not spam" });
  await back.waitFor();
  assert.deepEqual(await violations(page), []);
  const kept = await sendMail({ from: sender, subject: `More pills ${mark}`, body: "Cheaper." });
  assert.deepEqual([kept.state, kept.reason], ["quarantined", "spam"]);
  // The desk's list shows it where spam is asked for, with its mark.
  const asked = `requester=${encodeURIComponent(sender)}`;
  assert.deepEqual((await call("agent", "GET", `/tickets?spam=no&${asked}`)).items, []);
  await go(page, `/desk/tickets?spam=yes&${asked}`);
  await page.getByRole("row").filter({ hasText: `Pills ${mark}` }).getByText("Spam", { exact: true }).filter({ visible: true }).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "tickets-spam");
  await go(page, `/desk/tickets/${first.ticket_id}`);

  await back.click();
  await back.waitFor({ state: "detached" });
  const after = await sendMail({ from: sender, subject: `Sorry ${mark}`, body: "That was my son." });
  assert.equal(after.state, "processed");
  assert.deepEqual(problems, []);
  await context.close();
});

test("on a phone in Arabic the reasons and the rules are readable", { timeout: 300_000 }, async () => {
  const mark = randomUUID().slice(0, 8);
  const sender = `eve.${mark}@shop.example`;
  await call("agent", "POST", "/spam-rules", { verdict: "block", field: "address", value: sender, note: "", enabled: true });
  const mail = await sendMail({ from: sender, subject: `Pills ${mark}`, body: "Cheap." });
  const { page, context, problems } = await signedIn("agent", { locale: "ar", viewport: PHONE });
  await go(page, `/desk/mails/${mail.id}`);
  await page.getByText("قاعدة تعزله").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "mail-spam-ar-phone");
  await go(page, `/desk/spam-rules?q=${mark}`);
  await page.getByText("الرسائل: ").filter({ visible: true }).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "spam-rules-ar-phone");
  assert.deepEqual(problems, []);
  await context.close();
});
