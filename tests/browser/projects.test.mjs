// Projects of a customer: made and given to people by those who lead, seen with their tickets by whoever is assigned.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { call } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shot, shutDown, signedIn } from "./lib/browser.mjs";
import { company } from "./lib/customers.mjs";
import { people } from "./lib/env.mjs";

after(shutDown);

test("a project is made, a ticket is filed under it, and staff find both", { timeout: 300_000 }, async () => {
  const own = await company("client", "SPA Projets");
  const mark = randomUUID().slice(0, 6);
  const { context, page, problems } = await signedIn("client", { locale: "en" });
  await go(page, `/client/account/${own.id}?tab=projects`);
  await page.getByText("No projects", { exact: true }).waitFor();
  await page.getByRole("button", { name: "New project" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(`Site ${mark}`);
  await dialog.getByLabel("Description").fill("The shop and what is behind it.");
  await dialog.getByLabel("Colour").selectOption({ label: "Blue" });
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "Save" }).click();
  const list = page.getByRole("list", { name: "Projects" });
  await list.getByText(`Site ${mark}`).waitFor();
  // A name is one of its kind.
  await page.getByRole("button", { name: "New project" }).click();
  await dialog.getByLabel("Name").fill(`SITE ${mark}`);
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("There is a project of this name already").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: `Actions for Site ${mark}` }).click();
  await page.getByRole("menuitem", { name: "Assign people" }).click();
  const box = dialog.getByRole("checkbox");
  await box.first().click();
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "Save" }).click();
  await list.getByText("1 person assigned").waitFor();
  await shot(page, "projects");

  await go(page, "/client/tickets/new");
  await page.getByLabel("Subject").fill(`Certificate ${mark}`);
  await page.getByLabel("Message").fill("It ran out.");
  const choice = page.getByLabel("Project", { exact: true });
  const wanted = await choice.locator("option").filter({ hasText: `Site ${mark}` }).getAttribute("value");
  await choice.selectOption(wanted);
  await page.getByRole("button", { name: "Open the ticket" }).click();
  await page.getByRole("heading", { name: new RegExp(`Certificate ${mark}`) }).waitFor();
  const id = new URL(page.url()).pathname.split("/").pop();
  assert.equal((await call("client", "GET", `/tickets/${id}`)).project.name, `Site ${mark}`);
  // Out of it again, and back.
  const filed = page.getByRole("combobox", { name: "Project", exact: true });
  await filed.selectOption({ label: "No project" });
  await page.getByText("In no project any more").first().waitFor();
  await filed.selectOption(wanted);
  await page.getByText(`Filed under Site ${mark}`).first().waitFor();
  assert.deepEqual(await violations(page), []);

  // Staff open one in the projects of whoever asks, once it is known who that is.
  const desk = await signedIn("agent", { locale: "fr", viewport: PHONE });
  await go(desk.page, "/desk/tickets/new");
  const place = desk.page.getByLabel("Projet", { exact: true });
  assert.equal(await place.count(), 0);
  await desk.page.getByLabel("E-mail du demandeur").fill("nobody@elsewhere.example");
  await desk.page.getByLabel("Objet").fill(`Par téléphone ${mark}`);
  await desk.page.getByLabel("Message").fill("Il rappelle demain.");
  assert.equal(await place.count(), 0);
  await desk.page.getByLabel("E-mail du demandeur").fill(people.client.email);
  await place.selectOption(wanted);
  assert.deepEqual(await violations(desk.page), []);
  await shot(desk.page, "new-ticket-project-phone");
  await desk.page.getByRole("button", { name: "Ouvrir le ticket" }).click();
  await desk.page.getByRole("heading", { name: new RegExp(`Par téléphone ${mark}`) }).waitFor();
  const phoned = new URL(desk.page.url()).pathname.split("/").pop();
  assert.equal((await call("client", "GET", `/tickets/${phoned}`)).project.name, `Site ${mark}`);
  assert.deepEqual(desk.problems, []);
  await desk.context.close();

  await go(page, `/client/account/${own.id}?tab=projects`);
  await list.getByRole("link", { name: "Tickets" }).first().click();
  await page.waitForURL(/project=/);
  await page.getByRole("link", { name: new RegExp(`Certificate ${mark}`) }).waitFor();
  await go(page, `/client/account/${own.id}?tab=projects`);
  await page.getByRole("button", { name: `Actions for Site ${mark}` }).click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await page.getByText("No projects", { exact: true }).waitFor();
  await page.getByRole("radio", { name: "Archived" }).click();
  await list.getByText(`Site ${mark}`).waitFor();
  assert.deepEqual(problems.filter((text) => !/422/.test(text)), []);
  await context.close();

  const agent = await signedIn("agent", { locale: "ar" });
  await go(agent.page, `/desk/customers/${own.id}?tab=projects`);
  await agent.page.getByText("لا توجد مشاريع").waitFor();
  assert.deepEqual(await violations(agent.page), []);
  await go(agent.page, `/desk/tickets/${id}`);
  assert.equal(await agent.page.getByRole("combobox", { name: "المشروع", exact: true }).inputValue(), wanted);
  assert.deepEqual(agent.problems, []);
  await agent.context.close();
});
