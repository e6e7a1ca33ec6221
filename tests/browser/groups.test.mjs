// Support groups: one is made with its members, a ticket that enters it is dealt out and says why, and whoever is away gets none.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, createTicket } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, live, PHONE, shutDown, signedIn } from "./lib/browser.mjs";

// Wherever an earlier run has stopped: the admin is there.
const there = () => call("admin", "PUT", "/me/availability", { away: false });
before(there);
after(() => there().finally(shutDown));

test("a ticket that enters a group is dealt to a member who is there, and its history says why", { timeout: 300_000 }, async () => {
  const mark = Date.now();
  const name = `Réseaux ${mark}`;
  const { page, context, problems } = await signedIn("admin", { locale: "fr" });
  await go(page, "/desk/groups");
  await page.getByRole("button", { name: "Nouveau groupe" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: /^Nom/ }).fill(name);
  await dialog.getByLabel("Répartition").selectOption({ label: "À tour de rôle" });
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await page.waitForURL(/\/desk\/groups\/[0-9a-f-]{36}$/);
  const group = page.url().split("/").at(-1);
  await page.getByText("Personne pour l’instant.").waitFor();

  // A ticket waits while nobody is in the group.
  const ticket = await createTicket("client", { subject: `Lien coupé ${mark}`, body: "Plus de réseau." });
  const version = (await call("agent", "GET", `/tickets/${ticket.id}`)).version;
  await call("agent", "PATCH", `/tickets/${ticket.id}`, { group_id: group }, { "if-match": `"${version}"` });
  await go(page, `/desk/tickets/${ticket.id}`);
  await live(page);
  assert.equal((await call("agent", "GET", `/tickets/${ticket.id}`)).assignee, null);

  // Its first member gets it, without a reload of its page.
  const other = await context.newPage();
  await go(other, `/desk/groups/${group}`);
  await other.getByLabel("Ajouter un membre").selectOption({ label: "Karim Agent" });
  await other.getByRole("button", { name: "Ajouter", exact: true }).click();
  await other.getByRole("list", { name: "Membres" }).getByText("Karim Agent").waitFor();
  await page.getByText(`À tour de rôle · ${name} · avait`).waitFor();
  assert.deepEqual(await violations(page), []);

  // How much he takes, and what he knows.
  await other.getByRole("button", { name: "Actions pour Karim Agent" }).click();
  await other.getByRole("menuitem", { name: "Nommer responsable" }).click();
  await other.getByText("Responsable", { exact: true }).waitFor();
  assert.equal((await call("admin", "GET", `/support-groups/${group}`)).people[0].lead, true);
  assert.deepEqual(await violations(other), []);
  assert.deepEqual(problems, []);
  await context.close();
});

test("what only members handle is read by others, who are told why they do no more", { timeout: 300_000 }, async () => {
  const mark = Date.now();
  const group = await call("admin", "POST", "/support-groups", { name: `Legal ${mark}`, description: "", strategy: "off", members_only: true, members_handle: true, survey: false, survey_delay_hours: 24, active: true });
  const ticket = await createTicket("client", { subject: `Contract ${mark}`, body: "Who signs?" });
  const { version } = await call("agent", "GET", `/tickets/${ticket.id}`);
  await call("agent", "PATCH", `/tickets/${ticket.id}`, { group_id: group.id }, { "if-match": `"${version}"` });
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${ticket.id}`);
  await page.getByText("Only members of its group answer and change it.").first().waitFor();
  assert.equal(await page.getByLabel("Priority").first().isDisabled(), true);
  assert.deepEqual(await violations(page), []);
  const own = await call("agent", "GET", `/tickets/${ticket.id}`);
  const note = own.allowed_actions.find(({ action }) => action === "note");
  assert.equal(note.allowed, true);
  await call("agent", "POST", `/tickets/${ticket.id}/messages`, { kind: "note", body: "Asked the lawyers." });
  await page.getByText("Asked the lawyers.").waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("groups fit an Arabic phone, where one goes away and comes back", { timeout: 300_000 }, async () => {
  const { page, context, problems } = await signedIn("admin", { locale: "ar", viewport: PHONE });
  await go(page, "/desk/groups");
  await page.getByRole("button", { name: "ضبط حالتي: غائب" }).click();
  await page.getByRole("button", { name: "ضبط حالتي: متاح" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "ضبط حالتي: متاح" }).click();
  await page.getByRole("button", { name: "ضبط حالتي: غائب" }).waitFor();
  await page.getByRole("link", { name: "Support" }).filter({ visible: true }).first().click();
  await page.waitForURL(/\/desk\/groups\/[0-9a-f-]{36}$/);
  await page.getByRole("heading", { name: "Support" }).waitFor();
  assert.deepEqual(await violations(page), []);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, "nothing is beside the screen");
  assert.deepEqual(problems, []);
  await context.close();
});
