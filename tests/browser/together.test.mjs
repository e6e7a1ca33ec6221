// What one begins here and goes on with there, and what colleagues see of each other at a ticket: drafts, mentions, presence, what is put aside.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { call, createTicket, eventually } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, live, PHONE, settled, shot, shutDown, signedIn, waitFor } from "./lib/browser.mjs";

after(shutDown);

const mark = () => randomUUID().slice(0, 8);
const wide = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const reply = (page) => page.getByRole("form", { name: "Reply" }).getByRole("textbox");
const saved = (page) => page.getByText("Draft saved", { exact: true });

/** Waits until a field says this. */
async function says(page, box, text) {
  await box.waitFor();
  await waitFor(page, ([field, wanted]) => field.value === wanted, [await box.elementHandle(), text]);
}

/** What the server keeps of the agent's replies to a ticket. */
const kept = async (ticket) => (await call("agent", "GET", `/tickets/${ticket.id}/drafts`)).items.map(({ body }) => body);

test("a reply begun at the desk goes on on the phone, and is lost in neither place", { timeout: 240_000 }, async () => {
  const ticket = await createTicket("client", { subject: `Begun ${mark()}`, body: "Please help." });
  const path = `/desk/tickets/${ticket.id}`;
  const desk = await signedIn("agent", { locale: "en" });
  await go(desk.page, path);
  await reply(desk.page).fill("From the desk");
  await saved(desk.page).waitFor();
  await desk.page.locator("input[type=file]").setInputFiles({ name: "log.txt", mimeType: "text/plain", buffer: Buffer.from("a log\n") });
  await desk.page.locator("[data-upload=done]").waitFor();
  await eventually("the draft with its file", async () => {
    const { items } = await call("agent", "GET", `/tickets/${ticket.id}/drafts`);
    return items[0]?.attachments.length === 1;
  });

  const phone = await signedIn("agent", { locale: "en", viewport: PHONE });
  await go(phone.page, `/desk/tickets?q=${encodeURIComponent(ticket.subject)}`);
  const row = phone.page.getByRole("row").filter({ hasText: ticket.subject });
  await row.getByText("Draft", { exact: true }).filter({ visible: true }).waitFor();
  assert.deepEqual(await violations(phone.page), []);
  await go(phone.page, path);
  await says(phone.page, reply(phone.page), "From the desk");
  await phone.page.locator("[data-upload=done]").filter({ hasText: "log.txt" }).waitFor();
  await reply(phone.page).fill("From the desk and the phone");
  await eventually("the draft of the phone", async () => (await kept(ticket)).includes("From the desk and the phone"));
  assert.equal(await wide(phone.page), 0);
  assert.deepEqual(await violations(phone.page), []);
  await shot(phone.page, "draft-phone");
  // A customer knows nothing of it.
  assert.deepEqual((await call("client", "GET", `/tickets/${ticket.id}/drafts`)).items, []);

  // The page at the desk has not noticed: its writer is asked which of the two he goes on with.
  await reply(desk.page).pressSequentially(", still there");
  const both = desk.page.getByRole("alert").filter({ hasText: "This draft was also changed elsewhere" });
  await both.waitFor();
  assert.deepEqual(await violations(desk.page), []);
  await shot(desk.page, "draft-conflict");
  assert.equal(await reply(desk.page).inputValue(), "From the desk, still there");
  await both.getByRole("button", { name: "Use the other one" }).click();
  await says(desk.page, reply(desk.page), "From the desk and the phone");
  await both.waitFor({ state: "detached" });

  // Sent from here it is begun nowhere any more.
  await reply(desk.page).press("Control+Enter");
  await desk.page.getByRole("article").filter({ hasText: "From the desk and the phone" }).getByText("log.txt").waitFor();
  assert.deepEqual(await kept(ticket), []);
  await phone.page.reload();
  await settled(phone.page);
  await says(phone.page, reply(phone.page), "");
  // That it was refused is told by the browser itself.
  assert.deepEqual([...desk.problems, ...phone.problems].filter((text) => !text.includes("409")), []);
  await desk.context.close();
  await phone.context.close();
});

test("a customer's reply waits for him as well, and his list says so", { timeout: 300_000 }, async () => {
  const ticket = await createTicket("client", { subject: `Commencé ${mark()}`, body: "Bonjour" });
  const one = await signedIn("client", { locale: "fr" });
  await go(one.page, `/client/tickets/${ticket.id}`);
  const box = (page) => page.getByRole("form", { name: "Réponse" }).getByRole("textbox");
  await box(one.page).fill("Le serveur répond");
  await one.page.getByText("Brouillon enregistré", { exact: true }).waitFor();
  const other = await signedIn("client", { locale: "fr", viewport: { width: 320, height: 700 } });
  await go(other.page, `/client/tickets?q=${encodeURIComponent(ticket.subject)}`);
  await other.page.getByRole("row").filter({ hasText: ticket.subject }).getByText("Brouillon", { exact: true }).filter({ visible: true }).waitFor();
  assert.equal(await wide(other.page), 0);
  assert.deepEqual(await violations(other.page), []);
  await go(other.page, `/client/tickets/${ticket.id}`);
  await says(other.page, box(other.page), "Le serveur répond");
  assert.deepEqual([...one.problems, ...other.problems], []);
  await one.context.close();
  await other.context.close();
});

test("a colleague who is mentioned in a note is told at once, and the note shows it", { timeout: 180_000 }, async () => {
  const word = mark();
  const ticket = await createTicket("client", { subject: `Mention ${word}`, body: "Who knows?" });
  const [agent, admin] = await Promise.all([signedIn("agent", { locale: "en" }), signedIn("admin", { locale: "en" })]);
  await go(admin.page, "/admin/users");
  await live(admin.page);
  await go(agent.page, `/desk/tickets/${ticket.id}`);
  await agent.page.keyboard.press("n");
  const note = agent.page.getByRole("form", { name: "Private note" }).getByRole("textbox");
  await note.click();
  await agent.page.keyboard.type(`Ask ${word}, @ame`);
  await agent.page.getByRole("form", { name: "Private note" }).getByRole("option", { name: "Amel Admin" }).waitFor();
  assert.deepEqual(await violations(agent.page), []);
  await agent.page.keyboard.press("Enter");
  await agent.page.keyboard.type("today");
  assert.equal(await note.inputValue(), `Ask ${word}, @Amel Admin today`);
  await agent.page.getByRole("checkbox", { name: "The person mentioned also gets the public answers by mail" }).click();
  await shot(agent.page, "mention-note");
  await agent.page.getByRole("button", { name: "Save note" }).click();
  await agent.page.getByRole("article").filter({ hasText: word }).locator("mark[data-mention]").getByText("@Amel Admin").waitFor();
  await agent.page.locator("aside").getByText("admin@cloudmanager.test", { exact: true }).waitFor();

  await admin.page.getByText("Karim Agent mentioned you in a note", { exact: true }).first().waitFor();
  await admin.page.getByRole("button", { name: "See the note" }).first().click();
  await admin.page.waitForURL(new RegExp(`/desk/tickets/${ticket.id}`));
  await admin.page.getByRole("article").filter({ hasText: word }).locator("mark[data-mention]").waitFor();
  // Among formatted words it stands out as well, to whom it names more than to others.
  const { id } = await call("admin", "GET", "/me");
  await call("agent", "POST", `/tickets/${ticket.id}/messages`, { kind: "note", body: `**Again** for @Amel Admin ${word}`, format: "markdown", mentions: [id] });
  await admin.page.frameLocator("article iframe").locator("mark[data-mention][data-me]").getByText("@Amel Admin").waitFor();
  assert.deepEqual(await violations(admin.page), []);
  await go(admin.page, "/notifications");
  // In the language of his account, which the browser of this test does not show.
  await admin.page.getByRole("link", { name: new RegExp(`Karim Agent.*Mention ${word}`) }).first().waitFor();
  assert.equal(JSON.stringify(await call("client", "GET", `/tickets/${ticket.id}/timeline`)).includes("Amel"), false);
  assert.deepEqual([...agent.problems, ...admin.problems], []);
  await agent.context.close();
  await admin.context.close();
});

test("colleagues at one ticket see who looks and who writes, and customers see nobody", { timeout: 240_000 }, async () => {
  const ticket = await createTicket("client", { subject: `Together ${mark()}`, body: "Hello" });
  const [agent, admin, client] = await Promise.all([
    signedIn("agent", { locale: "en" }),
    signedIn("admin", { locale: "ar", viewport: { width: 320, height: 700 } }),
    signedIn("client", { locale: "en" }),
  ]);
  await go(client.page, `/client/tickets/${ticket.id}`);
  await go(admin.page, `/desk/tickets/${ticket.id}`);
  await live(admin.page);
  const hers = admin.page.getByRole("status", { name: "زملاء على هذه التذكرة" });
  assert.equal(await hers.getByRole("listitem").count(), 0);

  await go(agent.page, `/desk/tickets/${ticket.id}`);
  await live(agent.page);
  const his = agent.page.getByRole("status", { name: "Colleagues at this ticket" });
  await his.getByText("Amel Admin is viewing this ticket").waitFor();
  await hers.getByText("Karim Agent").waitFor();
  assert.equal(await wide(admin.page), 0);
  assert.deepEqual(await violations(admin.page), []);
  await shot(admin.page, "presence-ar-phone");

  // Told at once, and not only with the next beat: ten seconds after the last one, which has just been.
  await agent.page.waitForResponse((response) => response.request().method() === "PUT" && response.url().endsWith(`/tickets/${ticket.id}/presence`));
  const before = Date.now();
  await admin.page.getByRole("form").getByRole("textbox").first().pressSequentially("مرحبا");
  await his.getByText("Amel Admin is writing a reply").waitFor();
  assert.ok(Date.now() - before < 7_000, "the live event tells it");
  assert.deepEqual(await violations(agent.page), []);
  await shot(agent.page, "presence");
  assert.equal(await client.page.getByText("Amel Admin").count(), 0);
  assert.equal(await client.page.getByText("Karim Agent").count(), 0);

  await go(admin.page, "/desk/tickets");
  await his.getByRole("listitem").first().waitFor({ state: "detached" });
  for (const { problems, context } of [agent, admin, client]) {
    assert.deepEqual(problems, []);
    await context.close();
  }
});

test("a ticket that is put aside leaves its agent's lists and comes back when the customer writes", { timeout: 240_000 }, async () => {
  const tag = `aside-${mark()}`;
  const subject = `Later ${tag}`;
  const ticket = await createTicket("client", { subject, body: "Not now" });
  const { version } = await call("agent", "GET", `/tickets/${ticket.id}`);
  await call("agent", "PATCH", `/tickets/${ticket.id}`, { tags: [tag] }, { "if-match": `"${version}"` });
  const [agent, admin] = await Promise.all([signedIn("agent", { locale: "en" }), signedIn("admin", { locale: "en" })]);
  const row = (page) => page.getByRole("row").filter({ hasText: subject });
  await go(agent.page, `/desk/tickets?tag=${tag}`);
  await row(agent.page).waitFor();
  await go(agent.page, `/desk/tickets/${ticket.id}`);
  const panel = agent.page.getByLabel("My reminders");
  await panel.getByRole("button", { name: "Put aside" }).click();
  const dialog = agent.page.getByRole("dialog", { name: "Put aside" });
  await dialog.getByRole("button", { name: "Tomorrow, 09:00" }).click();
  assert.match(await dialog.getByLabel(/^Reminder at/).inputValue(), /T09:00$/);
  assert.equal(await dialog.getByRole("checkbox", { name: /Put the ticket aside until then/ }).isChecked(), true);
  assert.deepEqual(await violations(agent.page, "[role=dialog]"), []);
  await shot(agent.page, "aside-dialog");
  await dialog.getByRole("button", { name: "Put it aside" }).click();
  await panel.getByText("Aside", { exact: true }).waitFor();
  assert.equal(await panel.getByRole("button", { name: "Put aside" }).count(), 0, "once at a time");

  await go(agent.page, `/desk/tickets?tag=${tag}`);
  await live(agent.page);
  assert.equal(await row(agent.page).count(), 0);
  await go(admin.page, `/desk/tickets?tag=${tag}`);
  await row(admin.page).waitFor();
  await go(agent.page, `/desk/tickets?tag=${tag}&aside=only`);
  await row(agent.page).waitFor();
  assert.deepEqual(await violations(agent.page), []);
  await shot(agent.page, "aside-list");

  await go(agent.page, `/desk/tickets?tag=${tag}`);
  await live(agent.page);
  await call("client", "POST", `/tickets/${ticket.id}/messages`, { kind: "reply", body: "Any news?" });
  await row(agent.page).getByText("Back", { exact: true }).filter({ visible: true }).waitFor();
  assert.deepEqual(await violations(agent.page), []);
  await shot(agent.page, "aside-back");
  assert.deepEqual([...agent.problems, ...admin.problems], []);
  await agent.context.close();
  await admin.context.close();
});
