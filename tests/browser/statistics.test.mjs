// Statistics: what happens to tickets is counted, every number says how it is computed and leads to its tickets.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { call, createTicket, eventually } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, settled, shot, shutDown, signedIn } from "./lib/browser.mjs";
import { LOCALES } from "./lib/env.mjs";
import { text } from "./lib/texts.mjs";

after(shutDown);

const mark = Date.now();
const utc = (at) => new Date(at).toISOString().slice(0, 10);

/** A group of this test alone with one ticket that was answered; other tests count elsewhere. */
async function counted() {
  const group = await call("admin", "POST", "/support-groups", { name: `Chiffres ${mark}`, description: "", strategy: "off", members_only: false, survey: false, survey_delay_hours: 24, active: true });
  const ticket = await createTicket("client", { subject: `Compté ${mark}`, body: "Bonjour" });
  const version = (await call("agent", "GET", `/tickets/${ticket.id}`)).version;
  await call("agent", "PATCH", `/tickets/${ticket.id}`, { group_id: group.id }, { "if-match": `"${version}"` });
  await call("agent", "POST", `/tickets/${ticket.id}/messages`, { kind: "reply", body: "Réparé." });
  const period = `from=${utc(mark - 86_400_000)}&to=${utc(mark + 86_400_000)}&zone=UTC&group_id=${group.id}`;
  await eventually("the answer to be counted", async () => (await call("agent", "GET", `/statistics/tickets?${period}`)).total.replies === 1);
  return { group, ticket, period };
}

test("numbers of a period lead to their tickets", { timeout: 180_000 }, async () => {
  const { group, ticket, period } = await counted();
  const { page, context, problems } = await signedIn("agent", { locale: "fr" });
  await go(page, `/desk/statistics?${period}`);
  const agents = page.getByRole("region", { name: "Par agent" });
  const row = agents.getByRole("row", { name: /Karim Agent/ });
  await row.waitFor();
  await page.getByRole("region", { name: "Charge par jour" }).getByText("Ouverts en fin de journée :").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "statistics");
  await row.getByRole("link", { name: "1", exact: true }).click();
  await page.getByRole("heading", { name: "Réponses" }).waitFor();
  await page.getByRole("link", { name: new RegExp(`Compté ${mark}`) }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("link", { name: new RegExp(`Compté ${mark}`) }).click();
  await page.waitForURL(new RegExp(ticket.id));
  // The period is in the address, and one press chooses another.
  await go(page, `/desk/statistics?${period}`);
  await page.getByRole("button", { name: "7 jours" }).click();
  await page.waitForURL((url) => url.searchParams.get("group_id") === group.id && url.searchParams.get("from") !== utc(mark - 86_400_000));
  await settled(page);
  assert.deepEqual(problems, []);
  await context.close();
});

test("statistics fit a phone in every language", { timeout: 300_000 }, async () => {
  for (const locale of LOCALES) {
    const { page, context, problems } = await signedIn("agent", { locale, viewport: PHONE });
    await go(page, "/desk/statistics");
    await page.getByRole("region", { name: text(locale, "statistics.times") }).waitFor();
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, "nothing is beside the screen");
    await shot(page, `statistics-${locale}`);
    assert.deepEqual(problems, []);
    await context.close();
  }
});

test("a customer is told that statistics are not for him", { timeout: 300_000 }, async () => {
  const { page, context } = await signedIn("client", { locale: "fr" });
  await go(page, "/desk/statistics");
  assert.equal(await page.getByRole("region", { name: "Par agent" }).count(), 0);
  await context.close();
});
