// The satisfaction survey: a group asks, the mail's link opens a page without a login, and the answer is on the ticket.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { call, createTicket } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, live, PHONE, settled, shot, shutDown, signedIn, visitor } from "./lib/browser.mjs";
import { baseUrl, LOCALES } from "./lib/env.mjs";
import { OTHERS, receive } from "./lib/mail.mjs";
import { text } from "./lib/texts.mjs";

after(shutDown);

const mark = Date.now();
const asking = { name: `Enquêtes ${mark}`, description: "", strategy: "off", members_only: false, survey: true, survey_delay_hours: 0, active: true };
let made = null;
const group = () => (made ??= call("admin", "POST", "/support-groups", asking));

async function version(ticket) {
  return { "if-match": `"${(await call("agent", "GET", `/tickets/${ticket}`)).version}"` };
}

/** A ticket in the group that asks, resolved by the agent. */
async function resolved(ticket) {
  const { id } = await group();
  const me = await call("agent", "GET", "/me");
  await call("agent", "PATCH", `/tickets/${ticket}`, { group_id: id }, await version(ticket));
  await call("agent", "POST", `/tickets/${ticket}/assignee`, { assignee_id: me.id }, await version(ticket));
  await call("agent", "POST", `/tickets/${ticket}/state`, { to: "resolved", no_reply_needed: "Vu au téléphone" }, await version(ticket));
}

/** The mail that asks `address`. */
const asked = (address) => receive(OTHERS, "a survey", (one) => one.to?.some((to) => to.address === address) && /survey#token=/.test(one.text ?? ""));

/** Its link. */
async function link(address) {
  return /\S+\/survey(#token=\S+&rating=2)/.exec((await asked(address)).text)[1];
}

const fits = async (page) => assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, "nothing is beside the screen");

test("who was asked by mail confirms his rating on a page without a login, and the agent reads it", { timeout: 180_000 }, async () => {
  const address = `avis.${mark}@example.dz`;
  const ticket = await createTicket("agent", { subject: `Panne ${mark}`, body: "Bonjour", requester: { email: address } });
  await resolved(ticket.id);
  const hash = await link(address);

  const { page, context, problems } = await visitor({ locale: "fr", viewport: PHONE });
  // Opened, by him or by a program that looks at mail, the link answers nothing.
  await page.goto(`${baseUrl}/survey${hash}`);
  await page.getByRole("radio", { name: /Mauvaise/, checked: true }).waitFor();
  assert.equal(page.url(), `${baseUrl}/survey`, "the token stands in no history");
  assert.deepEqual((await call("agent", "GET", `/tickets/${ticket.id}/survey`)).items.map((one) => one.rating), [null]);
  assert.deepEqual(await violations(page), []);
  await fits(page);
  await page.getByRole("textbox", { name: /Commentaire/ }).fill("Trop long.");
  await page.getByRole("button", { name: "Envoyer mon avis" }).click();
  await page.getByText("Merci, votre avis est enregistré.").waitFor();

  const desk = await signedIn("agent", { locale: "fr" });
  await go(desk.page, `/desk/tickets/${ticket.id}`);
  await live(desk.page);
  const panel = desk.page.getByRole("region", { name: "Satisfaction" });
  await panel.getByText("2 sur 5").waitFor();
  await panel.getByText("Trop long.").waitFor();
  await desk.page.getByText("a donné son avis : 2 sur 5").waitFor();
  assert.deepEqual(await violations(desk.page), []);
  await shot(desk.page, "survey-desk");

  // He changes his mind; the agent's page says so by itself.
  await page.getByRole("radio", { name: /Excellente/ }).check();
  await page.getByRole("button", { name: "Modifier mon avis" }).click();
  await panel.getByText("5 sur 5").waitFor();
  assert.deepEqual([...problems, ...desk.problems], []);
  await desk.context.close();
  await context.close();
});

test("the page of a link fits a phone in every language, and one that opens nothing says so", { timeout: 300_000 }, async () => {
  const address = `langues.${mark}@example.dz`;
  const ticket = await createTicket("agent", { subject: `Langues ${mark}`, body: "Bonjour", requester: { email: address } });
  await resolved(ticket.id);
  const hash = await link(address);
  for (const locale of LOCALES) {
    const { page, context, problems } = await visitor({ locale, viewport: PHONE });
    await page.goto(`${baseUrl}/survey${hash.replace(/lang=\w+/, `lang=${locale}`)}`);
    await page.getByRole("button", { name: text(locale, "survey.send") }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.dir), locale === "ar" ? "rtl" : "ltr");
    assert.deepEqual(await violations(page), []);
    await fits(page);
    await shot(page, `survey-${locale}`);
    assert.deepEqual(problems, []);
    await context.close();
  }
  const { page, context } = await visitor({ locale: "fr", viewport: PHONE });
  await page.goto(`${baseUrl}/survey#token=forged`);
  await page.getByRole("alert").getByText(text("fr", "field.invalid_link")).waitFor();
  assert.deepEqual(await violations(page), []);
  await context.close();
});

test("who wants no surveys says so by the link of the mail, without a login", { timeout: 300_000 }, async () => {
  const address = `assez.${mark}@example.dz`;
  const ticket = await createTicket("agent", { subject: `Assez ${mark}`, body: "Bonjour", requester: { email: address } });
  await resolved(ticket.id);
  const hash = /\S+\/unsubscribe(#token=\S+)/.exec((await asked(address)).text)[1];
  const { page, context, problems } = await visitor({ locale: "ar", viewport: PHONE });
  await page.goto(`${baseUrl}/unsubscribe${hash}`);
  const button = page.getByRole("button", { name: text("ar", "unsubscribe.confirm") });
  await button.waitFor();
  assert.deepEqual(await violations(page), []);
  await fits(page);
  await button.click();
  await button.waitFor({ state: "detached" });
  await page.getByText(text("ar", "noticeTopic.survey")).waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
  await context.close();

  // What became of the mail stands in the list of all that went out.
  const desk = await signedIn("agent", { locale: "fr" });
  await go(desk.page, `/desk/outgoing-mails?q=${encodeURIComponent(address)}&kind=survey`);
  await desk.page.getByRole("row").filter({ hasText: address }).getByText(text("fr", "outgoingState.sent")).locator("visible=true").waitFor();
  assert.deepEqual(await violations(desk.page), []);
  assert.deepEqual(desk.problems, []);
  await desk.context.close();
});

test("a customer rates his ticket in the portal", { timeout: 300_000 }, async () => {
  const ticket = await createTicket("client", { subject: `Portail ${mark}`, body: "Bonjour" });
  const { page, context, problems } = await signedIn("client", { locale: "ar", viewport: PHONE });
  await resolved(ticket.id);
  await go(page, `/client/tickets/${ticket.id}`);
  const card = page.getByRole("region", { name: text("ar", "survey.title") });
  await card.getByRole("button", { name: text("ar", "survey.send") }).click();
  await card.getByText(text("ar", "survey.choose")).waitFor();
  await card.getByRole("radio", { name: new RegExp(text("ar", "rating.5")) }).check();
  await card.getByRole("button", { name: text("ar", "survey.send") }).click();
  await card.getByText(text("ar", "survey.thanks")).waitFor();
  await settled(page);
  assert.deepEqual(await violations(page), []);
  await fits(page);
  assert.deepEqual((await call("agent", "GET", `/tickets/${ticket.id}/survey`)).items.map((one) => one.rating), [5]);
  assert.deepEqual(problems, []);
  await context.close();
});

test("a group says when it asks", { timeout: 300_000 }, async () => {
  const { id } = await call("admin", "POST", "/support-groups", { ...asking, name: `Réglage ${mark}`, survey: false, survey_delay_hours: 24 });
  const { page, context, problems } = await signedIn("admin", { locale: "fr" });
  await go(page, `/desk/groups/${id}`);
  await page.getByRole("button", { name: "Modifier le groupe" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("checkbox", { name: "Enquête de satisfaction" }).check();
  const hours = dialog.getByRole("spinbutton", { name: /Heures après la résolution/ });
  await hours.fill("80");
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await dialog.getByText(text("fr", "field.out_of_range")).waitFor();
  await hours.fill("48");
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByText("Enquête après 48 heures").waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
  await context.close();
});
