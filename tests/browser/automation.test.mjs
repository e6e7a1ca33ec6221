// Automation: a rule is written, tried on what there is, switched on, and says what it did and why.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { call, createTicket, eventually } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shot, shutDown, signedIn } from "./lib/browser.mjs";

// A rule that is left behind would go on changing the tickets of every other test, and be found beside the next run's.
let made;
after(async () => {
  if (made) {
    const { version } = await call("admin", "GET", `/automation-rules/${made}`);
    await call("admin", "DELETE", `/automation-rules/${made}`, undefined, { "if-match": `"${version}"` });
  }
  await shutDown();
});

/** The run of a rule on a ticket, once it has ended. */
function ended(rule, ticket) {
  return eventually(`the run on ticket ${ticket.number} to end`, async () => {
    const { items } = await call("admin", "GET", `/automation-rules/${rule}/runs`);
    return items.find((each) => each.ticket_id === ticket.id && each.ended_at);
  });
}

test("a rule is written, tried, and acts", { timeout: 300_000 }, async () => {
  const name = `Hot ones ${Date.now()}`;
  const before = await createTicket("agent", { subject: "Before the rule", body: "Please look.", priority: "urgent" });
  const { page, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/automation");
  await page.getByRole("link", { name: "New rule" }).first().click();
  await page.getByRole("heading", { level: 1, name: "New rule" }).waitFor();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("In use").check();
  await page.getByRole("button", { name: "Save" }).click();
  const then = page.getByRole("group", { name: "Then" });
  const refusal = then.getByRole("alert").filter({ hasText: "An action lacks what it needs" });
  await refusal.waitFor();
  assert.ok(await refusal.evaluate((said) => said === document.activeElement), "what was refused has the focus");
  // The browser's own word about the refusal.
  assert.match(problems.splice(0).join(), /422/);
  await page.getByLabel("Tickets in an hour before somebody confirms").fill("0");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("A limit is 1 to 1000 tickets.").waitFor();
  await page.getByLabel("Tickets in an hour before somebody confirms").fill("100");
  assert.match(problems.splice(0).join(), /422/);
  assert.deepEqual(await violations(page), []);
  await page.getByLabel("Tag").fill("hot");
  await page.getByRole("button", { name: "Try it" }).click();
  await page.getByText(/Times asked: [\d,]+ · times it would act: [1-9]/).waitFor();
  assert.equal((await call("agent", "GET", `/tickets/${before.id}`)).tags.includes("hot"), false, "a trial changes nothing");
  assert.deepEqual(await violations(page), []);
  await shot(page, "automation-new");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  const rule = new URL(page.url()).pathname.split("/").at(-1);
  made = rule;

  const ticket = await createTicket("agent", { subject: "After the rule", body: "Please look.", priority: "urgent" });
  const run = await ended(rule, ticket);
  assert.equal(run.state, "acted");
  assert.deepEqual(run.actions, [{ do: "add_tag", result: "done" }]);
  await page.reload();
  // It may have acted on what other tests opened as well.
  await page.getByText("Add a tag: done").filter({ visible: true }).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "automation-rule");

  const phone = await signedIn("admin", { locale: "ar", viewport: PHONE });
  await go(phone.page, "/admin/automation");
  await phone.page.getByRole("link", { name }).click();
  await phone.page.getByRole("heading", { level: 1, name }).waitFor();
  assert.deepEqual(await violations(phone.page), []);
  await shot(phone.page, "automation-phone-ar");
  assert.deepEqual(phone.problems, []);

  await page.getByLabel("In use").uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { level: 1, name: "Automation" }).waitFor();
  assert.deepEqual(problems, []);
});
