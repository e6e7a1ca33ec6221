// Links that are mailed to somebody who is not signed in: an account is opened, a password forgotten, a sign-in asked for. Each is good once.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shutDown, signedIn, signIn, visitor } from "./lib/browser.mjs";
import { account } from "./lib/database.mjs";
import { baseUrl } from "./lib/env.mjs";
import { OTHERS, receive } from "./lib/mail.mjs";

after(shutDown);

const fresh = (name) => `${name}.${randomUUID().slice(0, 8)}@example.dz`;

/** The link to `page` that was mailed to an address. */
async function linkTo(page, address) {
  const pattern = new RegExp(`https?:\\S+/${page}#token=[\\w-]+`);
  const mail = await receive(OTHERS, `the link to ${page}`, (each) => each.to?.[0]?.address === address && pattern.test(each.text ?? ""));
  const link = new URL(pattern.exec(mail.text)[0]);
  return baseUrl + link.pathname + link.hash;
}

/** Whether a password opens an account. */
async function opens(email, password) {
  const answer = await fetch(`${baseUrl}/api/v1/auth/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email, password }) });
  return answer.ok;
}

/** A link that was used says so, and its token stays in no history. */
async function spent(page, link) {
  await page.goto(link);
  await page.getByText("This link was used or is too old").waitFor();
  assert.equal(new URL(page.url()).hash, "");
  assert.deepEqual(await violations(page), []);
}

/** The browser's own word about a link that is refused, or a password. */
const others = (problems) => problems.filter((text) => !/\b(401|422)\b/.test(text));

test("somebody registers, opens the account by the link and signs in", { timeout: 300_000 }, async () => {
  const email = fresh("sarah");
  const password = `sentier ${randomUUID()}`;
  const { page, context, problems } = await visitor({ locale: "en" });
  await page.goto(`${baseUrl}/login`);
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByRole("heading", { level: 1, name: "Create an account" }).waitFor();
  await page.locator("input[autocomplete=name]").fill("Sarah Bey");
  await page.locator("input[type=email]").fill(email);
  await page.locator("input[type=password]").fill("too short");
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByText("This is too short.").waitFor();
  await page.locator("input[type=password]").fill(password);
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByRole("heading", { level: 1, name: "Check your inbox" }).waitFor();
  assert.equal(await opens(email, password), false, "nobody has shown yet that the address is his");

  const link = await linkTo("verify", email);
  await page.goto(link);
  await page.getByText("Enter the password you chose, and your account is opened.").waitFor();
  assert.deepEqual(await violations(page), []);
  await page.locator("input[type=password]").fill(password);
  await page.getByRole("button", { name: "Confirm the address" }).click();
  await page.getByText("Your account is open. Sign in.").waitFor();
  await signIn(page, { email, password });
  await page.getByRole("button", { name: "Account of Sarah Bey" }).waitFor();
  await spent(page, link);
  await page.getByText("Ask for your account once more").waitFor();
  assert.deepEqual(others(problems), []);
  await context.close();
});

test("a forgotten password is replaced by the link; the old one and the sessions it opened are over", { timeout: 300_000 }, async () => {
  const person = account("client", "Rachid Client", fresh("rachid"));
  const password = `sentier ${randomUUID()}`;
  const before = await signedIn(person, { locale: "en" });
  const { page, context, problems } = await visitor({ locale: "en", viewport: PHONE });
  await page.goto(`${baseUrl}/login`);
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByRole("button", { name: "Send the link" }).waitFor();
  await page.locator("input[type=email]").fill(person.email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await page.getByText("If this address allows it, a link is on its way there.").waitFor();

  const link = await linkTo("reset-password", person.email);
  await page.goto(link);
  await page.getByText("All your sessions will end.").waitFor();
  assert.deepEqual(await violations(page), []);
  await page.locator("input[type=password]").fill(password);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Your password is changed. Sign in.").waitFor();
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.locator("input[type=email]").fill(person.email);
  await page.locator("input[type=password]").fill(person.password);
  await page.locator("form button[type=submit]").click();
  await page.getByRole("alert").getByText("Address or password is wrong").waitFor();
  await signIn(page, { email: person.email, password });
  await before.page.reload();
  await before.page.waitForURL(/\/login/);
  await spent(page, link);
  await page.locator("input[type=email]").waitFor();
  assert.deepEqual(others(problems), []);
  await Promise.all([context.close(), before.context.close()]);
});

test("a link signs in once; a second time it says so and another one is asked for on the spot", { timeout: 300_000 }, async () => {
  const person = account("client", "Houria Client", fresh("houria"));
  const { page, context, problems } = await visitor({ locale: "en" });
  await go(page, "/login");
  await page.getByRole("link", { name: "Email me a sign-in link" }).click();
  await page.getByRole("button", { name: "Send the link" }).waitFor();
  await page.locator("input[type=email]").fill(person.email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await page.getByText("Check your inbox").waitFor();

  const link = await linkTo("magic-link", person.email);
  await page.goto(link);
  await page.getByText("This link signs you in once.").waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: "Account of Houria Client" }).waitFor();
  assert.deepEqual(problems, []);

  const second = await visitor({ locale: "en", viewport: PHONE });
  await spent(second.page, link);
  await second.page.getByText("Links work once, and for a short time.").waitFor();
  await second.page.locator("input[type=email]").fill(person.email);
  await second.page.getByRole("button", { name: "Send the link" }).click();
  await second.page.getByText("Check your inbox").waitFor();
  assert.deepEqual(others(second.problems), []);
  await Promise.all([context.close(), second.context.close()]);
});
