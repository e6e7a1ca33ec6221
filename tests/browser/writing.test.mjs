// Writing with the tools of the composer: formatted, looked at, sent, and seen as meant in the ticket and in the mail.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { call, createTicket } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, live, PHONE, shot, shutDown, signedIn, waitFor } from "./lib/browser.mjs";
import { OTHERS, receive } from "./lib/mail.mjs";

after(shutDown);

/** Selects words of the field that has the focus. */
const select = (box, words) =>
  box.evaluate((field, wanted) => {
    const from = field.value.indexOf(wanted);
    field.focus();
    field.setSelectionRange(from, from + wanted.length);
  }, words);

test("bold words and a list are written with the tools, looked at, sent, seen by the customer and mailed as text and HTML", { timeout: 300_000 }, async () => {
  const word = `fixed${randomUUID().slice(0, 8)}`;
  const ticket = await createTicket("client", { subject: `Formatted ${word}`, body: "Please help." });
  // Somebody who reads the answers by mail alone.
  const reader = `lecteur.${word}@example.dz`;
  await call("agent", "POST", `/tickets/${ticket.id}/watchers`, { email: reader });
  const portal = await signedIn("client", { locale: "en" });
  await go(portal.page, `/client/tickets/${ticket.id}`);
  await live(portal.page);

  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${ticket.id}`);
  const composer = page.getByRole("form", { name: "Reply" });
  const box = composer.getByRole("textbox");
  await box.fill(`It is ${word} now.`);
  await composer.getByRole("toolbar", { name: "Formatting" }).waitFor();
  await select(box, word);
  await composer.getByRole("button", { name: "Bold" }).click();
  assert.equal(await box.inputValue(), `It is **${word}** now.`);
  // As if typed: taken back and done again by the browser's own keys, then by that of the tool.
  await box.press("Control+z");
  await waitFor(page, (text) => document.activeElement?.value === text, `It is ${word} now.`);
  await select(box, word);
  await box.press("Control+b");
  assert.equal(await box.inputValue(), `It is **${word}** now.`);
  // With words selected the key makes a link; without, it opens the palette as everywhere.
  await select(box, "now");
  await box.press("Control+k");
  await page.keyboard.type("https://a.example/status");
  assert.equal(await box.inputValue(), `It is **${word}** [now](https://a.example/status).`);
  assert.equal(await page.getByRole("dialog").count(), 0);
  await box.press("Control+End");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await composer.getByRole("button", { name: "Bulleted list" }).click();
  await page.keyboard.type("disk");
  await page.keyboard.press("Enter");
  await page.keyboard.type("<b>backup</b>");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Thank you.");
  assert.equal(await box.inputValue(), `It is **${word}** [now](https://a.example/status).\n\n- disk\n- <b>backup</b>\n\nThank you.`);

  await composer.getByRole("tab", { name: "Preview" }).click();
  const preview = composer.frameLocator("iframe");
  assert.equal(await preview.locator("strong").textContent(), word);
  assert.equal(await preview.locator("li").count(), 2);
  await preview.getByText("<b>backup</b>").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "writing-preview");
  const looked = await composer.locator("iframe").getAttribute("srcdoc");
  await composer.getByRole("tab", { name: "Write" }).click();
  await box.press("Control+Enter");
  await page.getByText("Reply sent").first().waitFor();

  const answer = page.locator("article", { has: page.locator("iframe") }).last();
  await answer.frameLocator("iframe").locator("strong", { hasText: word }).waitFor();
  assert.equal(await answer.locator("iframe").getAttribute("srcdoc"), looked, "what was looked at is what is shown");
  assert.deepEqual(problems, []);
  const seen = portal.page.frameLocator("article iframe");
  await seen.locator("strong", { hasText: word }).waitFor();
  assert.deepEqual(await violations(portal.page), []);
  assert.deepEqual(portal.problems, []);

  const mail = await receive(OTHERS, "the answer", (each) => each.to?.[0]?.address === reader && each.text?.includes(word));
  assert.ok(mail.text.startsWith(`It is ${word} now (https://a.example/status).`), mail.text);
  assert.ok(mail.html.includes(`<strong>${word}</strong>`) && mail.html.includes("&lt;b&gt;backup&lt;/b&gt;"), mail.html);
  await portal.context.close();
  await context.close();
});

test("what has nothing formatted in it stays plain, and an Arabic answer is written and looked at on a phone", { timeout: 300_000 }, async () => {
  const ticket = await createTicket("client", { subject: `Plain ${Date.now()}`, body: "Bonjour" });
  const { page, context, problems } = await signedIn("agent", { locale: "ar", viewport: PHONE });
  await go(page, `/desk/tickets/${ticket.id}`);
  const composer = page.getByRole("form", { name: "رد" });
  const box = composer.getByRole("textbox");
  await box.fill("مرحبًا بكم");
  await composer.getByRole("toolbar", { name: "التنسيق" }).waitFor();
  await composer.getByRole("tab", { name: "معاينة" }).click();
  await composer.getByRole("tabpanel").getByText("مرحبًا بكم").waitFor();
  assert.equal(await composer.locator("iframe").count(), 0);
  await page.keyboard.press("ArrowRight");
  await select(box, "بكم");
  await composer.getByRole("button", { name: "غامق" }).click();
  assert.equal(await box.inputValue(), "مرحبًا **بكم**");
  assert.deepEqual(await violations(page), []);
  await shot(page, "writing-phone");
  await composer.getByRole("tab", { name: "معاينة" }).click();
  const preview = composer.frameLocator("iframe");
  assert.equal(await preview.locator("strong").textContent(), "بكم");
  assert.equal(await preview.locator("p").getAttribute("dir"), "auto");
  assert.deepEqual(problems, []);
  const sent = await call("agent", "POST", `/tickets/${ticket.id}/messages`, { kind: "note", body: "plain words", format: "markdown" });
  assert.equal(sent.body_html, null);
  await context.close();
});

test("a customer formats what he opens a ticket with, looks at it, and staff see it as he meant it", { timeout: 300_000 }, async () => {
  const word = `down${randomUUID().slice(0, 8)}`;
  const { page, context, problems } = await signedIn("client", { locale: "en" });
  await go(page, "/client/tickets/new");
  await page.getByLabel("Subject").fill(`Formatted ${word}`);
  const box = page.getByLabel("Message");
  await box.fill(`It is ${word}.`);
  await page.getByRole("toolbar", { name: "Formatting" }).waitFor();
  await select(box, word);
  await page.getByRole("button", { name: "Bold" }).click();
  assert.equal(await box.inputValue(), `It is **${word}**.`);
  await page.getByRole("tab", { name: "Preview" }).click();
  assert.equal(await page.frameLocator("iframe").locator("strong").textContent(), word);
  assert.deepEqual(await violations(page), []);
  await page.getByRole("tab", { name: "Write" }).click();
  await page.getByRole("button", { name: "Open the ticket" }).click();
  await page.waitForURL(/client\/tickets\/[0-9a-f-]{36}/);
  await page.frameLocator("article iframe").locator("strong", { hasText: word }).waitFor();
  assert.deepEqual(problems, []);

  const id = page.url().split("/").at(-1);
  const desk = await signedIn("agent", { locale: "en" });
  await go(desk.page, `/desk/tickets/${id}`);
  await desk.page.frameLocator("article iframe").locator("strong", { hasText: word }).waitFor();
  assert.deepEqual(desk.problems, []);
  await desk.context.close();
  await context.close();
});
