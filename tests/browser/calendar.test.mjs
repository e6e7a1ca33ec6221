// Reminders in a calendar program: an address that is made, read without a sign-in, and taken back.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { call, createTicket } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shot, shutDown, signedIn } from "./lib/browser.mjs";
import { account } from "./lib/database.mjs";
import { baseUrl } from "./lib/env.mjs";
import { text } from "./lib/texts.mjs";

after(shutDown);

test("an agent's calendar program reads his reminders at an address that he takes back", { timeout: 180_000 }, async () => {
  const ticket = await createTicket("client", { subject: `Calendar ${Date.now()}`, body: "Please ring." });
  const { page, context, problems } = await signedIn(account("agent", "Samia Calendrier"), { locale: "ar", viewport: PHONE });
  const say = (key) => text("ar", `calendarFeed.${key}`);
  await go(page, "/desk/reminders");
  await page.getByRole("button", { name: say("open") }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: say("make") }).click();
  const address = await dialog.getByLabel(say("url"), { exact: true }).inputValue();
  assert.deepEqual(await violations(page), []);
  await shot(page, "calendar-ar-phone");
  const read = () => fetch(new URL(new URL(address).pathname + new URL(address).search, baseUrl));
  const calendar = await read();
  assert.equal(calendar.headers.get("content-type"), "text/calendar; charset=utf-8");
  assert.match(await calendar.text(), /^BEGIN:VCALENDAR\r\n[\s\S]*END:VCALENDAR\r\n$/);
  await dialog.getByRole("button", { name: say("revoke") }).click();
  await dialog.getByText(say("none")).waitFor();
  assert.equal((await read()).status, 404);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
  await context.close();

  // What stands in it is what its owner set.
  const at = new Date(Date.now() + 3_600_000).toISOString();
  const reminder = await call("agent", "POST", `/tickets/${ticket.id}/reminders`, { at, note: "Ring back; at once" });
  const made = await call("agent", "PUT", "/me/calendar");
  const { pathname, search } = new URL(made.url);
  const his = await (await fetch(new URL(pathname + search, baseUrl))).text();
  assert.ok(his.includes(`UID:reminder-${reminder.id}@`) && his.includes("SUMMARY:Ring back\\; at once"), his);
  await call("agent", "DELETE", "/me/calendar");
});
