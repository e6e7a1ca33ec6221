// Single sign-on with a real provider: set up by an administrator, used for a first visit, linked with an account that is there.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, settled, shot, shutDown, signedIn, visitor } from "./lib/browser.mjs";
import { account, ageProofs } from "./lib/database.mjs";
import { baseUrl } from "./lib/env.mjs";
import { accountAt, CLIENT, ours, signInThere, startProvider } from "./lib/oidc.mjs";

let provider = null;

before(async () => {
  provider = await startProvider();
});

after(async () => {
  await shutDown();
  await provider?.stop();
});

async function leave(page) {
  await page.goto(`${baseUrl}/login`);
  await page.getByRole("button", { name: "Continue with Test house" }).click();
  await page.waitForURL((url) => url.origin === provider.issuer);
}

async function signOut(page) {
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL(/\/login/);
}

test("an administrator adds a provider and tests it", { timeout: 300_000 }, async () => {
  const { page, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/single-sign-on");
  await page.getByRole("link", { name: "New provider" }).first().click();
  await page.getByRole("heading", { level: 1, name: "New provider" }).waitFor();
  assert.equal(await page.getByLabel("Issuer").inputValue(), "https://accounts.google.com");
  await page.getByLabel("Kind").selectOption({ label: "Another issuer" });
  await page.getByRole("textbox", { name: /^Name/ }).fill("Test house");
  await page.getByLabel("Short name").fill("test-house");
  await page.getByLabel("Issuer").fill(provider.issuer);
  await page.getByLabel("Client ID").fill(CLIENT.id);
  await page.getByLabel("Client secret").fill(CLIENT.secret);
  await page.getByLabel("People may sign in with it").check();
  await page.getByLabel("Unknown people get an account").check();
  assert.deepEqual(await violations(page), []);
  await shot(page, "provider-new");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { level: 1, name: "Test house" }).waitFor();
  await page.getByRole("button", { name: "Test the provider" }).click();
  await page.getByText("The provider answers as an issuer does").waitFor();
  await page.getByText("RS256").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "provider-tested");
  await go(page, "/admin/single-sign-on");
  await page.getByRole("link", { name: "Test house" }).waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
});

test("a stranger signs in with the provider, has an account from then on, and comes back to it", { timeout: 300_000 }, async () => {
  const { context, page, problems } = await visitor({ locale: "en" });
  const email = `sso-${randomUUID()}@example.dz`;
  await leave(page);
  await signInThere(page, accountAt(email));
  await page.locator("main#content h1").waitFor();
  assert.equal(new URL(page.url()).search, "", "nothing of the exchange stays in the address");
  await go(page, "/account/security");
  await page.getByText(email).first().waitFor();
  // Without a password the provider is asked who one is: it is the only proof.
  ageProofs(email);
  await go(page, "/account/security");
  await page.getByRole("button", { name: "Unlink Test house" }).click();
  await page.getByRole("dialog", { name: "Unlink Test house?" }).getByRole("button", { name: "Unlink" }).click();
  const proof = page.getByRole("dialog", { name: "Confirm that it is you" });
  await proof.getByRole("button", { name: "Continue with Test house" }).click();
  await page.waitForURL((url) => url.origin === provider.issuer);
  await signInThere(page, accountAt(email), false);
  await page.getByRole("heading", { level: 1, name: "Security" }).waitFor();
  await settled(page);
  await page.getByRole("button", { name: "Unlink Test house" }).click();
  const dialog = page.getByRole("dialog", { name: "Unlink Test house?" });
  await dialog.getByRole("button", { name: "Unlink" }).click();
  await dialog.getByText("You sign in with nothing else").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "last-way-in");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await signOut(page);
  // The provider still knows him.
  await page.getByRole("button", { name: "Continue with Test house" }).click();
  await page.locator("main#content h1").waitFor();
  assert.deepEqual(ours(problems).filter((text) => !/40[39]/.test(text)), []);
  await context.close();
});

test("an account that is there is proven before it is linked, and unlinked and linked again on its own page", { timeout: 300_000 }, async () => {
  const person = account("client", "Nadia Client");
  const { context, page, problems } = await visitor({ locale: "en" });
  await leave(page);
  await signInThere(page, accountAt(person.email));
  await page.getByRole("heading", { level: 1, name: "Link Test house" }).waitFor();
  await page.getByText(`${person.email} has an account here.`, { exact: false }).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "link-prove");
  await page.locator("input[type=password]").fill(person.password);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Link the accounts" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "link-confirm");
  await page.getByRole("button", { name: "Link the accounts" }).click();
  await page.locator("main#content h1").waitFor();
  await go(page, "/account/security");
  await page.getByRole("button", { name: "Unlink Test house" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "linked-accounts");
  await signOut(page);
  await page.getByRole("button", { name: "Continue with Test house" }).click();
  await page.locator("main#content h1").waitFor();
  await go(page, "/account/security");
  await page.getByRole("button", { name: "Unlink Test house" }).click();
  await page.getByRole("dialog", { name: "Unlink Test house?" }).getByRole("button", { name: "Unlink" }).click();
  // Coming back from a provider who did not ask is no fresh proof.
  await page.getByRole("dialog").locator("input[type=password]").fill(person.password);
  await page.keyboard.press("Enter");
  await page.getByText("Unlinked", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Link Test house" }).click();
  await page.getByRole("button", { name: "Unlink Test house" }).waitFor();
  assert.deepEqual(ours(problems).filter((text) => !/403/.test(text)), []);
  await context.close();
});

test("what goes wrong is explained, in every language and on a phone", { timeout: 300_000 }, async () => {
  for (const [locale, title] of [
    ["en", "This sign-in is over"],
    ["fr", "Cette connexion est terminée"],
    ["ar", "انتهت محاولة الدخول هذه"],
  ]) {
    const { context, page } = await visitor({ locale, viewport: PHONE });
    await page.goto(`${baseUrl}/login`);
    await page.getByRole("button", { name: /Test house/ }).waitFor();
    assert.deepEqual(await violations(page), []);
    await shot(page, `sign-on-${locale}`);
    await page.goto(`${baseUrl}/sign-in/callback?state=made-up&code=made-up`);
    await page.getByText(title).waitFor();
    assert.deepEqual(await violations(page), []);
    await shot(page, `sign-on-over-${locale}`);
    await context.close();
  }
  // Somebody says no at the provider.
  const { context, page } = await visitor({ locale: "en" });
  await leave(page);
  await page.getByRole("link", { name: /cancel/i }).click();
  await page.getByText("You did not sign in").waitFor();
  await context.close();
});
