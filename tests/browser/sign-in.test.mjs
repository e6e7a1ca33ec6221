// Signing in, staying in, and what happens when the session ends in the middle of work.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { violations } from "./lib/axe.mjs";
import { go, openPalette, shot, shutDown, signedIn, signIn, visitor } from "./lib/browser.mjs";
import { account, endSessions } from "./lib/database.mjs";
import { baseUrl, people } from "./lib/env.mjs";

after(shutDown);

test("a wrong password is explained and nothing is given away", async () => {
  const { page, context } = await visitor({ locale: "en" });
  await page.goto(`${baseUrl}/login`);
  await page.locator("input[type=email]").fill("nobody@cloudmanager.test");
  await page.locator("input[type=password]").fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("Address or password is wrong").waitFor();
  assert.equal(await page.locator("input[type=password]").getAttribute("autocomplete"), "current-password");
  assert.equal(await page.locator("input[type=email]").getAttribute("autocomplete"), "username webauthn");
  await context.close();
});

test("a refusal whose words cannot be fetched is told in general ones, and what was typed stays", async () => {
  const { page, context } = await visitor({ locale: "en" });
  await page.route("**/assets/refusals-*.js", (route) => route.abort());
  await page.goto(`${baseUrl}/login`);
  await page.locator("input[type=email]").fill("nowhere@cloudmanager.test");
  await page.locator("input[type=password]").fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("Something unexpected happened").waitFor();
  assert.equal(await page.locator("input[type=email]").inputValue(), "nowhere@cloudmanager.test");
  await context.close();
});

test("a link opens after signing in, and a reload keeps the session", async () => {
  const { page, context } = await visitor({ locale: "en" });
  await page.goto(`${baseUrl}/desk/tickets?state=open`);
  await page.waitForURL(/\/login\?next=/);
  await page.locator("input[type=email]").fill(people.agent.email);
  await page.locator("input[type=password]").fill(people.agent.password);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/desk\/tickets\?state=open$/);
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Tickets" }).waitFor();
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie);
  assert.doesNotMatch(stored, /eyJ/, "no token where scripts can find it");
  await context.close();
});

test("each role sees its own pages only", async () => {
  const client = await signedIn("client", { locale: "en" });
  assert.match(client.page.url(), /\/client\/tickets$/);
  const nav = client.page.getByRole("navigation", { name: "Main navigation" });
  assert.deepEqual(await nav.getByRole("link").allTextContents(), ["My tickets", "Help", "My account"]);
  await (await openPalette(client.page)).fill("queue");
  await client.page.getByText("Nothing found.").waitFor();
  await go(client.page, "/admin/queues");
  await client.page.getByRole("heading", { level: 1, name: "Your role does not allow this" }).waitFor();
  assert.deepEqual(client.problems, [], "the server is not even asked");
  await client.context.close();

  const admin = await signedIn("admin", { locale: "en" });
  await admin.page.getByRole("navigation", { name: "Dashboards" }).getByRole("link", { name: "Administration" }).click();
  await admin.page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name: "Queues" }).click();
  await admin.page.getByRole("heading", { level: 1, name: "Queues" }).waitFor();
  await admin.context.close();
});

test("two tabs share one session without refusing each other", async () => {
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  const others = await Promise.all([context.newPage(), context.newPage(), context.newPage()]);
  await Promise.all(others.map((other) => other.goto(`${baseUrl}/desk/tickets`)));
  await Promise.all(others.map((other) => other.getByRole("heading", { level: 1, name: "Tickets" }).waitFor()));
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Tickets" }).waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("a session that ends in mid-sentence is renewed in place; the text stays and is sent once", async () => {
  const { page, context } = await signedIn("client", { locale: "en" });
  await go(page, "/client/tickets/new");
  const subject = `Renewed in place ${Date.now()}`;
  await page.getByLabel("Subject").fill(subject);
  await page.getByLabel("Message").fill("Typed before the session ended.");
  await context.clearCookies();
  // The token in memory is taken for refused once, as after a revocation.
  let refused = 0;
  await page.route("**/api/v1/tickets", async (route) => {
    if (route.request().method() !== "POST" || refused > 0) return route.continue();
    refused += 1;
    await route.fulfill({ status: 401, contentType: "application/problem+json", body: '{"code":"unauthenticated","status":401}' });
  });
  await page.getByRole("button", { name: "Open the ticket" }).click();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.waitFor();
  await dialog.locator("input[type=password]").fill(people.client.password);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/client\/tickets\/[0-9a-f-]{36}$/);
  await page.getByText("Typed before the session ended.").waitFor();
  await go(page, "/client/tickets");
  await page.getByText(subject).first().waitFor();
  assert.equal(await page.getByText(subject).count(), 1);
  await context.close();
});

test("a session ended from elsewhere asks for the password where one stands, and nothing typed is lost", async () => {
  const person = account("client", "Sofiane Client");
  const { page, context } = await signedIn(person);
  await go(page, "/client/tickets/new");
  await page.getByLabel("Objet").fill("Session terminée ailleurs");
  await page.getByLabel("Message").fill("Écrit avant la fin de la session.");
  endSessions(person.email);
  await page.getByRole("button", { name: "Ouvrir le ticket" }).click();
  const dialog = page.getByRole("dialog", { name: "Votre session a expiré" });
  await dialog.waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "session-ended-fr");
  await dialog.locator("input[type=password]").fill("pas le bon mot de passe");
  await dialog.getByRole("button", { name: "Se connecter" }).click();
  await dialog.getByRole("alert").getByText("Adresse ou mot de passe incorrect").waitFor();
  await dialog.locator("input[type=password]").fill(person.password);
  await dialog.getByRole("button", { name: "Se connecter" }).click();
  await page.waitForURL(/\/client\/tickets\/[0-9a-f-]{36}$/);
  await page.getByRole("article").filter({ hasText: "Écrit avant la fin de la session." }).waitFor();
  await go(page, "/client/tickets");
  await page.getByRole("link", { name: "Session terminée ailleurs" }).first().waitFor();
  assert.equal(await page.getByRole("link", { name: "Session terminée ailleurs" }).count(), 1);
  await context.close();
});

test("signing out ends the session in every tab", async () => {
  const { page, context } = await signedIn("agent", { locale: "en" });
  const other = await context.newPage();
  await other.goto(`${baseUrl}/desk/tickets`);
  await other.getByRole("heading", { level: 1, name: "Tickets" }).waitFor();
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL(/\/login/);
  await other.waitForURL(/\/login/);
  await signIn(page, "agent");
  await context.close();
});
