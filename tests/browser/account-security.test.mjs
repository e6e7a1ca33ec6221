// One's own sign-in: the password, the second factor, sessions, tokens, and what happens when a role demands a second factor.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { call } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, holds, PHONE, settled, shot, shutDown, signedIn, visitor, waitFor } from "./lib/browser.mjs";
import { account, ageProofs, giveRole } from "./lib/database.mjs";
import { baseUrl } from "./lib/env.mjs";
import { OTHERS, receive } from "./lib/mail.mjs";
import { totp } from "./lib/totp.mjs";

after(shutDown);

const SECURITY = "/account/security";

/** Sets up an authenticator app on the page on screen. Returns its secret and the backup codes. */
async function setUp(page, look = "totp") {
  await page.getByRole("button", { name: "Set up an app" }).click();
  const dialog = page.getByRole("dialog", { name: "Set up an app" });
  await dialog.getByRole("img", { name: "QR code for the app" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, `${look}-setup`);
  const secret = (await dialog.locator("bdi.font-mono, bdi[class*=font-mono]").innerText()).replaceAll(/\s/g, "");
  await dialog.getByLabel("Code of the app").fill("000000");
  await dialog.getByRole("button", { name: "Turn on" }).click();
  await dialog.getByText("This code is wrong, or was used before.").waitFor();
  await dialog.getByLabel("Code of the app").fill(totp(secret));
  await dialog.getByRole("button", { name: "Turn on" }).click();
  const codes = await keptCodes(page, look);
  return { secret, codes };
}

/** Reads the backup codes that are shown once, and says so. */
async function keptCodes(page, look) {
  const dialog = page.getByRole("dialog", { name: "Backup codes" });
  await dialog.waitFor();
  const codes = await dialog.getByRole("listitem").allInnerTexts();
  assert.equal(new Set(codes).size, 10);
  assert.deepEqual(await violations(page), []);
  await shot(page, `${look}-codes`);
  const [file] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name: "Download" }).click()]);
  assert.deepEqual(readFileSync(await file.path(), "utf8").trim().split("\n"), codes);
  await page.emulateMedia({ media: "print" });
  await dialog.getByRole("button", { name: "Print" }).waitFor({ state: "hidden" });
  assert.equal(await dialog.getByText(codes[9]).isVisible(), true);
  assert.equal(await page.locator("#root").isVisible(), false, "the codes go to paper alone");
  await shot(page, `${look}-print`);
  await page.emulateMedia({ media: null });
  await page.keyboard.press("Escape");
  assert.equal(await dialog.isVisible(), true, "codes that are shown once do not go away by accident");
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  await dialog.waitFor({ state: "hidden" });
  return codes;
}

async function signOut(page) {
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL(/\/login/);
}

/** Gives the password; the second factor is asked for next. */
async function givePassword(page, person) {
  await page.locator("input[type=email]").fill(person.email);
  await page.locator("input[type=password]").fill(person.password);
  await page.keyboard.press("Enter");
}

async function enterWith(page, code) {
  await page.getByLabel(/^(Code of the app|Backup code)/).fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  await settled(page);
}

test("a second factor is set up, asked for at the next sign-in, renewed after a fresh proof, and turned off", { timeout: 300_000 }, async () => {
  const person = account("client", "Yacine Client");
  const { context, page, problems } = await signedIn(person, { locale: "en" });
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Security" }).click();
  await page.getByRole("heading", { level: 1, name: "Security" }).waitFor();
  const { secret, codes } = await setUp(page);
  await page.getByText("Codes left: 10").waitFor();
  assert.deepEqual(problems.filter((text) => !text.includes("422")), []);

  await signOut(page);
  await givePassword(page, person);
  await enterWith(page, totp(secret, 1));

  // Another browser, by a backup code; there the password is not enough either.
  const other = await visitor({ locale: "en" });
  await other.page.goto(`${baseUrl}/login`);
  await givePassword(other.page, person);
  await other.page.getByRole("button", { name: "Use a backup code" }).click();
  await enterWith(other.page, codes[0]);
  await go(other.page, SECURITY);
  await other.page.getByText("Codes left: 9").waitFor();

  // Without a fresh proof nothing is changed; dismissed, nothing happens.
  ageProofs(person.email);
  await go(page, SECURITY);
  const renew = async () => {
    await page.getByRole("button", { name: "New backup codes" }).click();
    await page.getByRole("dialog", { name: "Make new codes?" }).getByRole("button", { name: "New backup codes" }).click();
    await page.getByRole("dialog", { name: "Confirm that it is you" }).waitFor();
  };
  const proof = page.getByRole("dialog", { name: "Confirm that it is you" });
  await renew();
  assert.deepEqual(await violations(page), []);
  await shot(page, "step-up");
  await proof.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("Nothing was done").first().waitFor();
  await page.getByText("Codes left: 9").waitFor();
  await renew();
  await proof.getByRole("button", { name: "Use a backup code" }).click();
  await proof.getByLabel("Backup code").fill("AAAA-AAAA-AAAA-AAAA");
  await proof.getByRole("button", { name: "Confirm" }).click();
  await proof.getByText("This code is wrong, or was used before.").waitFor();
  await proof.getByLabel("Backup code").fill(codes[1]);
  await proof.getByRole("button", { name: "Confirm" }).click();
  const renewed = await keptCodes(page, "renewed");
  assert.equal(renewed.filter((code) => codes.includes(code)).length, 0);
  await page.getByText("Codes left: 10").waitFor();

  await page.getByRole("button", { name: "Turn off" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Turn off" }).click();
  await page.getByRole("button", { name: "Set up an app" }).waitFor();
  await signOut(page);
  await givePassword(page, person);
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  await Promise.all([context.close(), other.context.close()]);
});

test("sessions are seen with this one marked, ended one by one and all at once; a new password ends them too", { timeout: 300_000 }, async () => {
  const person = account("agent", "Sabrina Agente");
  const [mine, second, third] = [await signedIn(person, { locale: "en" }), await signedIn(person, { locale: "en" }), await signedIn(person, { locale: "en" })];
  const { page } = mine;
  await go(page, `${SECURITY}?tab=sessions`);
  const rows = page.getByRole("table", { name: "Your sessions" }).locator("tbody tr");
  await rows.nth(2).waitFor();
  assert.equal(await rows.count(), 3);
  const present = rows.filter({ hasText: "This one" });
  assert.equal(await present.count(), 1);
  assert.equal(await present.getByRole("button", { name: "End" }).count(), 0);
  await rows.getByRole("button", { name: "End" }).first().click();
  await page.getByText("Session ended", { exact: true }).first().waitFor();
  await waitFor(page, () => document.querySelectorAll("tbody tr").length === 2);
  await page.getByRole("button", { name: "End all others" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End all others" }).click();
  await waitFor(page, () => document.querySelectorAll("tbody tr").length === 1);
  for (const each of [second, third]) {
    await each.page.getByRole("dialog", { name: "Your session has ended" }).waitFor();
    await each.context.close();
  }

  await page.getByRole("tab", { name: "Login history" }).click();
  await page.waitForURL(/tab=history/);
  await page.getByRole("table", { name: "Login history" }).getByText("Signed in").filter({ visible: true }).first().waitFor();

  await page.getByRole("tab", { name: "Sign-in" }).click();
  const form = page.getByRole("form", { name: "Change the password" });
  const changed = `${randomUUID()} tout neuf`;
  await form.getByLabel("Present password").fill("not the password at all");
  await form.getByLabel("New password").fill(changed);
  await form.getByRole("button", { name: "Change the password" }).click();
  await form.getByText("This is not your password.").waitFor();
  await form.getByLabel("Present password").fill(person.password);
  await form.getByRole("button", { name: "Change the password" }).click();
  await page.getByText("Password changed; the other sessions have ended").first().waitFor();
  await holds(form.getByLabel("New password"), "");
  await signOut(page);
  await givePassword(page, { ...person, password: changed });
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  await mine.context.close();
});

test("a token is made with what it may do, told once, works, and is refused once it is revoked", { timeout: 300_000 }, async () => {
  const person = account("client", "Lina Cliente");
  const { context, page, problems } = await signedIn(person, { locale: "en" });
  await go(page, `${SECURITY}?tab=tokens`);
  await page.getByRole("link", { name: "New token" }).click();
  await page.getByRole("heading", { level: 1, name: "New token" }).waitFor();
  await settled(page);
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Make the token" }).click();
  await page.getByText("Choose at least one permission.").waitFor();
  await page.getByLabel("Name").fill("Nightly export");
  const own = page.locator("label", { hasText: "tickets.own" }).getByRole("checkbox");
  await own.press(" ");
  await page.getByRole("button", { name: "Make the token" }).click();
  const dialog = page.getByRole("dialog", { name: "Your token" });
  const secret = await dialog.locator("bdi").innerText();
  assert.match(secret, /^cmt_/);
  assert.deepEqual(await violations(page), []);
  await shot(page, "token-secret");
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  await page.waitForURL(/tab=tokens/);
  const row = page.getByRole("table", { name: "API tokens" }).locator("tbody tr").filter({ hasText: "Nightly export" });
  await row.getByText("Live").filter({ visible: true }).waitFor();
  assert.equal(await page.getByText(secret).count(), 0);
  const me = () => fetch(`${baseUrl}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
  const answer = await (await me()).json();
  assert.deepEqual(answer.permissions, ["tickets.own"]);
  await row.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await row.getByText("Revoked").filter({ visible: true }).waitFor();
  assert.equal((await me()).status, 401);
  assert.deepEqual(problems, []);
  await context.close();
});

test("somebody whose role demands a second factor is led to set one up, and then gets in", { timeout: 300_000 }, async () => {
  await call("admin", "POST", "/roles", { key: "guarded", name: "Guarded", permissions: ["tickets.view", "mail.view"], parents: [] });
  const person = account("agent", "Mounir Gardien");
  giveRole(person.email, "guarded");
  const { context, page } = await signedIn(person, { locale: "en", viewport: PHONE });
  const other = await signedIn(person, { locale: "en" });
  await page.waitForURL(new RegExp(`${SECURITY}$`));
  await page.getByText("Your role needs a second factor").waitFor();
  await settled(page);
  assert.deepEqual(await violations(page), []);
  await shot(page, "owed-phone");
  // There is no way round it.
  await go(page, "/desk/mails");
  await page.waitForURL(new RegExp(`${SECURITY}$`));
  const { secret, codes } = await setUp(page, "owed");
  await page.getByText("Codes left: 10").waitFor();
  assert.equal(await page.getByRole("button", { name: "Turn off" }).count(), 0, "what the role demands stays on");
  await go(page, "/desk/tickets");
  await page.getByRole("heading", { level: 1, name: "Tickets" }).waitFor();
  await signOut(page);
  await givePassword(page, person);
  await enterWith(page, totp(secret, 1));
  await page.getByRole("heading", { level: 1, name: "Tickets" }).waitFor();

  // A session from before proves the second factor that was set up elsewhere.
  await go(other.page, "/desk/tickets");
  await other.page.waitForURL(new RegExp(`${SECURITY}$`));
  await other.page.getByRole("button", { name: "Confirm that it is you" }).click();
  const proof = other.page.getByRole("dialog", { name: "Confirm that it is you" });
  await proof.getByRole("button", { name: "Use a backup code" }).click();
  await proof.getByLabel("Backup code").fill(codes[0]);
  await proof.getByRole("button", { name: "Confirm" }).click();
  await other.page.getByRole("tab", { name: "Sessions" }).waitFor();
  await go(other.page, "/desk/tickets");
  await other.page.getByRole("heading", { level: 1, name: "Tickets" }).waitFor();
  await Promise.all([context.close(), other.context.close()]);
});

test("one's own name is changed, stands in the menu at once, and stays", { timeout: 300_000 }, async () => {
  const person = account("client", "Lyna Avant");
  const { page, problems } = await signedIn(person, { locale: "en" });
  await go(page, SECURITY);
  await page.getByRole("button", { name: "Change the name" }).click();
  const dialog = page.getByRole("dialog", { name: "Change the name" });
  const field = dialog.getByRole("textbox", { name: "Name" });
  assert.equal(await field.inputValue(), "Lyna Avant");
  await field.fill("L".repeat(201));
  await field.press("Enter");
  await dialog.getByText("This is too long.").waitFor();
  assert.deepEqual(await violations(page), []);
  await field.fill("Lyna Après");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("Name changed").first().waitFor();
  await page.getByRole("button", { name: "Account of Lyna Après" }).waitFor();
  await page.reload();
  await settled(page);
  await page.getByRole("button", { name: "Account of Lyna Après" }).waitFor();
  assert.deepEqual(problems, []);
});

test("another address holds once the link mailed to it is opened", { timeout: 300_000 }, async () => {
  const person = account("client", "Nawel Cliente");
  const wanted = `nawel.${randomUUID().slice(0, 8)}@elsewhere.example`;
  const { context, page } = await signedIn(person, { locale: "en" });
  await go(page, SECURITY);
  await page.getByRole("button", { name: "Change the address" }).click();
  const dialog = page.getByRole("dialog", { name: "Change the address" });
  await dialog.getByLabel("New address").fill(wanted);
  await dialog.getByLabel("Present password").fill("not the password at all");
  await dialog.getByRole("button", { name: "Send the link" }).click();
  await dialog.getByText("This is not your password.").waitFor();
  assert.deepEqual(await violations(page), []);
  await dialog.getByLabel("Present password").fill(person.password);
  await dialog.getByRole("button", { name: "Send the link" }).click();
  await page.getByText(`A link is on its way to ${wanted}`).first().waitFor();
  const mail = await receive(OTHERS, "the link", (each) => each.to?.[0]?.address === wanted);
  const link = new URL(/https?:\S+\/confirm-email#token=[\w-]+/.exec(mail.text)[0]);
  await page.goto(baseUrl + link.pathname + link.hash);
  await page.getByRole("button", { name: "Confirm the new address" }).click();
  await page.getByText("Your account uses this address now.").waitFor();
  const again = await signedIn({ ...person, email: wanted }, { locale: "en" });
  await Promise.all([context.close(), again.context.close()]);
});
