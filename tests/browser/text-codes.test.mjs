// Codes by text message: set up, asked for at the next sign-in and for a fresh proof, and turned off; what staff see of them.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, settled, shot, shutDown, signedIn, visitor } from "./lib/browser.mjs";
import { account, ageProofs, ageTexts } from "./lib/database.mjs";
import { baseUrl } from "./lib/env.mjs";
import { codeOf, freshNumber } from "./lib/phone.mjs";

after(shutDown);

const SECURITY = "/account/security";

async function enrol(page, number, look) {
  await page.getByRole("button", { name: "Get codes by text message" }).click();
  const dialog = page.getByRole("dialog", { name: "Get codes by text message" });
  await dialog.getByLabel("Mobile phone number").fill("021 12 34 56");
  await dialog.getByRole("button", { name: "Send the code" }).click();
  await dialog.getByText("This number gets no text messages").waitFor();
  // As people write it at home.
  await dialog.getByLabel("Mobile phone number").fill(`0${number.slice(4)}`);
  await dialog.getByRole("button", { name: "Send the code" }).click();
  await dialog.getByText("Code sent to").waitFor();
  assert.equal(await dialog.getByRole("button", { name: /^Another code possible in/ }).isDisabled(), true);
  assert.deepEqual(await violations(page), []);
  await shot(page, look);
  const code = await codeOf(number);
  await dialog.getByLabel("Code from the text message").fill(code === "000000" ? "000001" : "000000");
  await dialog.getByRole("button", { name: "Turn on" }).click();
  await dialog.getByText("This code is wrong, or was used before.").waitFor();
  await dialog.getByLabel("Code from the text message").fill(code);
  await dialog.getByRole("button", { name: "Turn on" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("Codes go to this number now", { exact: true }).waitFor();
  // The first second factor brings backup codes, which are shown until they are kept.
  const shown = page.getByRole("dialog", { name: "Backup codes" });
  const codes = (await shown.getByRole("list", { name: "Backup codes" }).locator("li").allInnerTexts()).map((text) => text.trim());
  assert.equal(codes.length, 10);
  await shown.getByRole("button", { name: "I have kept it" }).click();
  await shown.waitFor({ state: "hidden" });
  await page.getByText("Codes left: 10").waitFor();
  return codes;
}

test("a phone is set up, its codes open the next sign-in and prove anew, and it is turned off", { timeout: 300_000 }, async () => {
  const person = account("client", "Nour Client");
  const number = freshNumber();
  const { context, page, problems } = await signedIn(person, { locale: "en" });
  await go(page, SECURITY);
  const codes = await enrol(page, number, "text-codes-setup");
  await page.getByRole("button", { name: "New backup codes" }).waitFor();
  assert.deepEqual(problems.filter((text) => !text.includes("422")), []);
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL(/\/login/);

  // A minute later: one text a minute goes to a number.
  ageTexts(number);
  await page.locator("input[type=email]").fill(person.email);
  await page.locator("input[type=password]").fill(person.password);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Send the code" }).click();
  await page.getByText("Code sent to").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "text-codes-sign-in");
  await page.getByLabel("Code from the text message").fill(await codeOf(number, 2));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  await settled(page);

  // Without the phone a backup code opens.
  const other = await visitor({ locale: "en" });
  await other.page.goto(`${baseUrl}/login`);
  await other.page.locator("input[type=email]").fill(person.email);
  await other.page.locator("input[type=password]").fill(person.password);
  await other.page.keyboard.press("Enter");
  await other.page.getByRole("button", { name: "Use a backup code" }).click();
  await other.page.getByLabel("Backup code").fill(codes[0]);
  await other.page.getByRole("button", { name: "Sign in", exact: true }).click();
  await other.page.waitForURL((url) => !url.pathname.startsWith("/login"));
  await go(other.page, SECURITY);
  await other.page.getByText("Codes left: 9").waitFor();
  await other.context.close();

  // A second one at once is refused, in words; a minute later it goes.
  ageProofs(person.email);
  await go(page, SECURITY);
  const turnOff = async () => {
    await page.getByRole("button", { name: "Turn off" }).click();
    await page.getByRole("dialog", { name: "Get no more codes by text message?" }).getByRole("button", { name: "Turn off" }).click();
  };
  await turnOff();
  const proof = page.getByRole("dialog", { name: "Confirm that it is you" });
  await proof.getByRole("button", { name: "Send the code" }).click();
  await proof.getByText("That was too fast").waitFor();
  ageTexts(number);
  await proof.getByRole("button", { name: "Send the code" }).click();
  await proof.getByText("Code sent to").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "text-codes-step-up");
  await proof.getByLabel("Code from the text message").fill(await codeOf(number, 3));
  await proof.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("No more codes by text message", { exact: true }).first().waitFor();
  await page.getByRole("button", { name: "Get codes by text message" }).waitFor();
  await context.close();
});

test("the section and the sign-in in Arabic on a phone", { timeout: 180_000 }, async () => {
  const person = account("client", "Nour Client");
  const number = freshNumber();
  const { context, page } = await signedIn(person, { locale: "en" });
  await go(page, SECURITY);
  await enrol(page, number, "text-codes-setup-2");
  await context.close();
  ageTexts(number);
  for (const [locale, viewport] of [
    ["ar", PHONE],
    ["fr", undefined],
  ]) {
    const other = await visitor({ locale, viewport });
    await other.page.goto(`${baseUrl}/login`);
    await other.page.locator("input[type=email]").fill(person.email);
    await other.page.locator("input[type=password]").fill(person.password);
    await other.page.keyboard.press("Enter");
    await other.page.locator("input[autocomplete=one-time-code]").waitFor();
    assert.deepEqual(await violations(other.page), []);
    await shot(other.page, `text-codes-sign-in-${locale}`);
    await other.context.close();
  }
});

test("staff who watch over security see what was sent and what it cost, never what it said", { timeout: 180_000 }, async () => {
  const person = account("client", "Samir Client");
  const number = freshNumber();
  const client = await signedIn(person, { locale: "en" });
  await go(client.page, SECURITY);
  await enrol(client.page, number, "text-codes-setup-3");
  await client.context.close();
  const code = await codeOf(number);
  const { context, page, problems } = await signedIn("admin", { locale: "en" });
  await go(page, `/admin/texts?q=${number.slice(4)}`);
  const row = page.getByRole("row").filter({ hasText: number });
  await row.getByText("Delivered").filter({ visible: true }).waitFor();
  await row.getByText("Samir Client · new number").filter({ visible: true }).waitFor();
  assert.equal((await page.locator("main").innerText()).includes(code), false);
  await page.getByRole("heading", { name: "Usage" }).waitFor();
  await page.getByLabel("State").selectOption("failed");
  await page.getByText(/No messages|Nothing/).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await go(page, "/admin/texts");
  await shot(page, "texts");
  await page.setViewportSize(PHONE);
  assert.deepEqual(await violations(page), []);
  await shot(page, "texts-phone");
  // The administrator's role needs more than a phone number.
  await go(page, SECURITY);
  await page.getByRole("button", { name: "Set up an app" }).waitFor();
  assert.equal(await page.getByText("Text message codes").count(), 0);
  assert.deepEqual(problems, []);
  await context.close();
});
