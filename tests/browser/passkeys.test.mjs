// Passkeys with a device in Chromium: added, used alone, as the second factor and as a fresh proof, renamed and removed.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, settled, shot, shutDown, signedIn, visitor, waitFor } from "./lib/browser.mjs";
import { account, ageProofs } from "./lib/database.mjs";
import { baseUrl } from "./lib/env.mjs";

after(shutDown);

const SECURITY = "/account/security";
const REFUSED = /status of 4\d\d/;

/** Puts a device into the page's browser: one that recognises its owner by itself, or does not. */
async function device(page, { verified = true } = {}) {
  const chrome = await page.context().newCDPSession(page);
  await page.addInitScript(() => {
    const get = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = (options) => {
      if (options.mediation === "conditional") window.proposed = true;
      return get(options);
    };
  });
  await chrome.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: verified, automaticPresenceSimulation: true };
  const { authenticatorId } = await chrome.send("WebAuthn.addVirtualAuthenticator", { options });
  return {
    /** Whether its owner is there: then it signs whatever it is asked, also what is proposed where the address is typed. */
    present: (enabled) => chrome.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled }),
    verified: (isUserVerified) => chrome.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
    credentials: async () => (await chrome.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    restore: async (credential) => {
      await chrome.send("WebAuthn.removeCredential", { authenticatorId, credentialId: credential.credentialId });
      await chrome.send("WebAuthn.addCredential", { authenticatorId, credential });
    },
  };
}

/** Signs out; the device waits for somebody who asks for it. */
async function signOut(page, own) {
  await own.present(false);
  await page.evaluate(() => void (window.proposed = false));
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL(/\/login/);
  // Asked after its owner has come, the device would sign the proposal before a button is pressed.
  await waitFor(page, () => window.proposed);
}

/** Has the device sign because a button was pressed. */
async function press(page, own) {
  await own.present(true);
  await page.getByRole("button", { name: "Use a passkey" }).click();
}

const inside = async (page) => {
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  await settled(page);
};

async function add(page, name) {
  await page.getByRole("button", { name: "Add a passkey" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a passkey" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Add a passkey" }).click();
}

test("a passkey is added, signs in alone, stands after a password, is a fresh proof, and goes again", { timeout: 300_000 }, async () => {
  const person = account("client", "Imane Cliente");
  const { context, page, problems } = await signedIn(person, { locale: "en" });
  const own = await device(page);
  await go(page, SECURITY);
  await add(page, "Work laptop");
  const codes = page.getByRole("dialog", { name: "Backup codes" });
  await codes.waitFor();
  await codes.getByRole("button", { name: "I have kept it" }).click();
  const row = page.getByRole("list", { name: "Passkeys" }).getByRole("listitem");
  await row.getByText("Work laptop").waitFor();
  await page.getByText("Codes left: 10").waitFor();
  await settled(page);
  assert.deepEqual(await violations(page), []);
  await shot(page, "passkeys");
  assert.equal((await own.credentials()).length, 1);

  await signOut(page, own);
  await page.getByRole("button", { name: "Use a passkey" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "passkey-sign-in");
  await press(page, own);
  await inside(page);
  await go(page, SECURITY);
  await row.getByText("Last used").waitFor();
  await page.getByRole("tab", { name: "Sessions" }).click();
  await page.getByText("passkey, two factors").filter({ visible: true }).first().waitFor();
  assert.deepEqual(problems, []);

  await signOut(page, own);
  await page.locator("input[type=email]").fill(person.email);
  await page.locator("input[type=password]").fill(person.password);
  await page.keyboard.press("Enter");
  await page.getByText("Your device asks for its fingerprint, face or PIN.").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "passkey-second-factor");
  // A device that does not recognise its owner signs nothing.
  await own.verified(false);
  await press(page, own);
  await page.getByText("No passkey was used").waitFor();
  await own.verified(true);
  await press(page, own);
  await inside(page);

  ageProofs(person.email);
  await go(page, SECURITY);
  await page.getByRole("button", { name: "Rename “Work laptop”" }).click();
  const renaming = page.getByRole("dialog", { name: "Rename" });
  await renaming.getByLabel("Name").fill("  ");
  await renaming.getByRole("button", { name: "Save" }).click();
  assert.equal(await renaming.isVisible(), true);
  await renaming.getByLabel("Name").fill("Old laptop");
  await renaming.getByRole("button", { name: "Save" }).click();
  await row.getByText("Old laptop").waitFor();
  await page.getByRole("button", { name: "Remove “Old laptop”" }).click();
  await page.getByRole("dialog", { name: "Remove “Old laptop”?" }).getByRole("button", { name: "Remove" }).click();
  const proof = page.getByRole("dialog", { name: "Confirm that it is you" });
  await proof.waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "passkey-step-up");
  await proof.getByRole("button", { name: "Use a passkey" }).click();
  await page.getByText("Passkey removed").first().waitFor();
  assert.equal(await row.count(), 0);

  // The device still has it, and it opens nothing.
  await signOut(page, own);
  await press(page, own);
  await page.getByText("This passkey opens no account here").waitFor();
  assert.deepEqual(await violations(page), []);
  await page.locator("input[type=email]").fill(person.email);
  await page.locator("input[type=password]").fill(person.password);
  await page.keyboard.press("Enter");
  await inside(page);
  assert.deepEqual(
    problems.filter((text) => !REFUSED.test(text)),
    [],
  );
  await context.close();
});

test("a copy of a passkey is told to its owner; without the device a backup code opens", { timeout: 300_000 }, async () => {
  const person = account("agent", "Karim Copy");
  const { context, page } = await signedIn(person, { locale: "en", viewport: PHONE });
  const own = await device(page);
  await go(page, SECURITY);
  await add(page, "Phone");
  const codes = page.getByRole("dialog", { name: "Backup codes" });
  await codes.waitFor();
  const [spare] = await codes.getByRole("listitem").allInnerTexts();
  await codes.getByRole("button", { name: "I have kept it" }).click();
  const [copy] = await own.credentials();
  for (let n = 0; n < 2; n += 1) {
    await signOut(page, own);
    await press(page, own);
    await inside(page);
  }
  await signOut(page, own);
  await own.restore(copy);
  await press(page, own);
  await page.getByText("This passkey opens no account here").waitFor();

  const other = await visitor({ locale: "ar", viewport: PHONE });
  await other.page.goto(`${baseUrl}/login`);
  await settled(other.page).catch(() => undefined);
  await shot(other.page, "passkey-sign-in-ar");
  await other.page.locator("input[type=email]").fill(person.email);
  await other.page.locator("input[type=password]").fill(person.password);
  await other.page.keyboard.press("Enter");
  await other.page.getByRole("button", { name: "استعمال رمز احتياطي" }).click();
  await other.page.getByLabel(/رمز احتياطي/).fill(spare);
  await other.page.keyboard.press("Enter");
  await inside(other.page);
  await go(other.page, SECURITY);
  await other.page.getByText("ربما نُسخ").first().waitFor();
  assert.deepEqual(await violations(other.page), []);
  await other.page.getByRole("list", { name: "مفاتيح المرور" }).scrollIntoViewIfNeeded();
  await shot(other.page, "passkey-suspect-ar");
  await Promise.all([context.close(), other.context.close()]);
});

test("a passkey is proposed where the address is typed, and signs in without a button", { timeout: 180_000 }, async () => {
  const person = account("client", "Sofia Cliente");
  const { context, page, problems } = await signedIn(person, { locale: "en" });
  const own = await device(page);
  await go(page, SECURITY);
  await add(page, "Laptop");
  await page.getByRole("dialog", { name: "Backup codes" }).getByRole("button", { name: "I have kept it" }).click();
  await page.evaluate(() => {
    const get = navigator.credentials.get.bind(navigator.credentials);
    window.mediations = [];
    navigator.credentials.get = (options) => {
      window.mediations.push(options.mediation ?? "none");
      return get(options);
    };
  });
  // Nobody is there: the proposal waits, and the form works as ever.
  await signOut(page, own);
  await waitFor(page, () => window.mediations.length > 0);
  assert.equal(await page.locator("input[type=email]").getAttribute("autocomplete"), "username webauthn");
  await page.locator("input[type=email]").fill(person.email);
  await page.locator("input[type=password]").fill(person.password);
  await page.keyboard.press("Enter");
  await press(page, own);
  await inside(page);
  // Somebody picks it.
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await waitFor(page, () => window.mediations.length > 2);
  await inside(page);
  assert.deepEqual(await page.evaluate(() => window.mediations), ["conditional", "none", "conditional"]);
  assert.deepEqual(problems, []);
  await context.close();
});
