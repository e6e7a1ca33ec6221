// Acting for a customer: invited by mail, joined by its link, as somebody new and as somebody known.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { call } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shot, shutDown, signedIn, visitor } from "./lib/browser.mjs";
import { account } from "./lib/database.mjs";
import { baseUrl } from "./lib/env.mjs";
import { OTHERS, receive } from "./lib/mail.mjs";

after(shutDown);

const own = (mark) => call("client", "POST", "/customers", { profile: { kind: "corporate", company_name: `SARL ${mark}`, email: `${mark}@example.dz` } });

async function invitation(to) {
  const mail = await receive(OTHERS, "the invitation", (each) => each.to?.[0]?.address === to);
  const link = new URL(/https?:\S+\/join#token=[\w-]+/.exec(mail.text)[0]);
  return baseUrl + link.pathname + link.hash;
}

test("somebody new is invited on the client's page and opens an account by the link", { timeout: 300_000 }, async () => {
  const mark = randomUUID().slice(0, 8);
  const wanted = `lina.${mark}@elsewhere.example`;
  const customer = await own(mark);
  const { page, context, problems } = await signedIn("client", { locale: "en" });
  await go(page, `/client/account/${customer.id}?tab=members`);
  await page.getByRole("button", { name: "Invite somebody" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite somebody" });
  await dialog.getByLabel("Mail address").fill(wanted);
  await dialog.getByLabel("Role").selectOption("billing");
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "Send the invitation" }).click();
  await page.getByText(wanted).first().waitFor();
  await shot(page, "invitations-en");
  assert.deepEqual(await violations(page), []);

  const link = await invitation(wanted);
  const other = await visitor({ locale: "ar", viewport: PHONE });
  await other.page.goto(link);
  await other.page.getByText(`SARL ${mark}`).waitFor();
  assert.equal(new URL(other.page.url()).hash, "", "the token stays in no history");
  assert.deepEqual(await violations(other.page), []);
  await shot(other.page, "join-ar-phone");
  await other.page.locator("input[autocomplete=name]").fill("Lina Ben Ali");
  await other.page.locator("input[type=password]").fill("correct horse battery staple 42");
  await other.page.getByRole("button", { name: "فتح حساب وقبول الدعوة" }).click();
  await other.page.waitForURL(new RegExp(`/client/account/${customer.id}`));
  await other.page.getByRole("heading", { level: 1 }).getByText(`SARL ${mark}`).waitFor();
  await page.getByText("Lina Ben Ali").first().waitFor();

  const again = await visitor({ locale: "en" });
  await again.page.goto(link);
  await again.page.getByRole("alert").waitFor();
  assert.deepEqual(problems, []);
  await Promise.all([context.close(), other.context.close(), again.context.close()]);
});

test("who has an account signs in on the page of the link and accepts, with that address only", { timeout: 300_000 }, async () => {
  const mark = randomUUID().slice(0, 8);
  const customer = await own(mark);
  const friend = account("client", "Karim Ami", `karim.${mark}@elsewhere.example`);
  await call("client", "POST", `/customers/${customer.id}/invitations`, { email: friend.email, role: "technical" });
  const link = await invitation(friend.email);
  const wrong = await signedIn("client", { locale: "en" });
  await wrong.page.goto(link);
  await wrong.page.getByText(`The invitation is for ${friend.email}`).waitFor();
  assert.deepEqual(await violations(wrong.page), []);
  const { page, context } = await visitor({ locale: "en" });
  await page.goto(link);
  await page.getByRole("button", { name: "I have an account already" }).click();
  await page.locator("input[type=password]").fill(friend.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: "Accept", exact: true }).click();
  await page.waitForURL(new RegExp(`/client/account/${customer.id}`));
  await Promise.all([context.close(), wrong.context.close()]);
});
