// What those who watch over security do: read the login journal, take note of alerts, say from where staff may work.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { violations } from "./lib/axe.mjs";
import { go, settled, shot, shutDown, signedIn } from "./lib/browser.mjs";
import { account, ageProofs, guessingAlert } from "./lib/database.mjs";
import { baseUrl } from "./lib/env.mjs";

after(shutDown);

async function failToSignIn(email) {
  const response = await fetch(`${baseUrl}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password: "certainly not this one" }),
  });
  assert.equal(response.status, 401);
}

test("an alert leads to the tries behind it, and whoever takes note of it takes it off the open ones", async () => {
  const person = account("client", "Guessed Client", `guessed.${randomUUID().slice(0, 8)}@client.test`);
  await failToSignIn(person.email);
  guessingAlert(person.email);
  const { context, page, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/alerts");
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Open" }).click();
  await page.waitForURL(/state=open/);
  const row = page.getByRole("table", { name: "Security alerts" }).locator("tbody tr").filter({ hasText: person.email });
  await row.getByText("Failures: 15").filter({ visible: true }).waitFor();
  await row.getByRole("link", { name: person.email }).filter({ visible: true }).click();
  await page.waitForURL(/\/admin\/logins\?q=/);
  const lines = page.getByRole("table", { name: "Login journal" }).locator("tbody tr");
  await lines.filter({ hasText: "wrong password" }).first().waitFor();
  assert.equal(await lines.filter({ hasNotText: person.email }).count(), 0);
  await page.getByLabel("Outcome").selectOption({ label: "Signed in" });
  await page.getByText("Nothing matches").waitFor();
  await page.getByRole("button", { name: "Clear filters" }).first().click();
  await lines.filter({ hasText: "127.0.0.1" }).first().waitFor();
  await lines.getByRole("button", { name: "Only from 127.0.0.1" }).first().click();
  await page.waitForURL(/q=127\.0\.0\.1/);
  await page.goBack();

  await go(page, "/admin/alerts?state=open");
  await row.getByRole("button", { name: "Take note" }).filter({ visible: true }).click();
  await row.waitFor({ state: "detached" });
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "All" }).click();
  await row.getByText("Noted").filter({ visible: true }).waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("staff who come from elsewhere are told so, and get in once they come from the right network", async () => {
  const { context, page } = await signedIn("agent", { locale: "en" });
  const refusal = { status: 403, contentType: "application/problem+json", body: '{"code":"network_not_allowed","status":403}' };
  await page.route(/\/api\/v1\/(?!auth\/)/, (route) => route.fulfill(refusal));
  await page.goto(`${baseUrl}/desk/tickets`);
  await page.getByRole("heading", { level: 1, name: "This network is not allowed" }).waitFor();
  await page.getByText("Connect to the VPN, then try again.").waitFor();
  assert.deepEqual(await violations(page), []);
  await page.unrouteAll();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { level: 1, name: "Tickets" }).waitFor();
  await context.close();
});

test("networks are added with a note and deleted; what would shut oneself out is refused and explained", async () => {
  const person = account("admin", "Nadir Admin");
  const { context, page } = await signedIn(person, { locale: "en" });
  ageProofs(person.email);
  await go(page, "/admin/networks");
  await page.getByText("You come from").getByText("127.0.0.1").waitFor();
  const dialog = page.getByRole("dialog", { name: "Add a network" });
  const row = (network) => page.getByRole("table", { name: "Staff networks" }).locator("tbody tr").filter({ hasText: network });
  const add = async (network, note) => {
    await page.getByRole("button", { name: "Add a network" }).click();
    await dialog.getByLabel("For").selectOption({ label: "Administration" });
    await dialog.getByLabel(/^Network/).fill(network);
    await dialog.getByLabel("Note").fill(note);
    await dialog.getByRole("button", { name: "Add a network" }).click();
  };
  await add("10.300.0.0/16", "Mistyped");
  // It opens above the form, which keeps what was typed and is sent again by itself.
  const proof = page.getByRole("dialog", { name: "Confirm that it is you" });
  await proof.getByLabel("Password").fill("not the password at all");
  await proof.getByRole("button", { name: "Confirm" }).click();
  await proof.getByText("This is not your password.").waitFor();
  assert.deepEqual(await violations(page), []);
  await proof.getByLabel("Password").fill(person.password);
  await proof.getByRole("button", { name: "Confirm" }).click();
  await dialog.getByText("Write an address or a network, such as 10.20.0.0/16.").waitFor();
  await dialog.getByLabel(/^Network/).fill("10.99.0.0/16");
  await dialog.getByRole("button", { name: "Add a network" }).click();
  await dialog.getByRole("alert").getByText("This would shut you out").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "would-shut-you-out");
  await dialog.getByLabel(/^Network/).fill("127.0.0.0/8");
  await dialog.getByLabel("Note").fill("This machine");
  await dialog.getByRole("button", { name: "Add a network" }).click();
  await row("127.0.0.0/8").getByText("This machine").filter({ visible: true }).waitFor();
  await add("10.99.0.0/16", "Head office");
  await row("10.99.0.0/16").waitFor();
  await settled(page);
  assert.deepEqual(await violations(page), []);
  await shot(page, "networks");

  const remove = async (network) => {
    await row(network).getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog", { name: `Remove ${network}?` }).getByRole("button", { name: "Delete" }).click();
  };
  await remove("127.0.0.0/8");
  const refused = page.getByRole("dialog", { name: "Remove 127.0.0.0/8?" });
  await refused.getByRole("alert").getByText("This would shut you out").waitFor();
  await refused.getByRole("button", { name: "Cancel" }).click();
  for (const network of ["10.99.0.0/16", "127.0.0.0/8"]) {
    await remove(network);
    await row(network).waitFor({ state: "detached" });
  }
  await page.getByText("All networks are let in").waitFor();
  await context.close();
});
