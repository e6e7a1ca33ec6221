// Whoever answers for service levels: promises a time, puts policies in order by keyboard, deletes one, and has open tickets follow.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { call, createTicket, eventually } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, shutDown, signedIn, waitFor } from "./lib/browser.mjs";

after(shutDown);

test("a promise of twenty minutes stays one, the order is changed by keyboard, and what is deleted is gone", { timeout: 300_000 }, async () => {
  const mark = Date.now();
  const [gold, silver] = [`Gold ${mark}`, `Silver ${mark}`];
  const { page, context, problems } = await signedIn("admin", { locale: "en" });
  for (const name of [gold, silver]) {
    await go(page, "/admin/sla/policies/new");
    await page.getByRole("textbox", { name: /^Name/ }).fill(name);
    // The tickets of other tests keep the promises they know.
    await page.getByLabel("Takes new tickets").uncheck();
    const urgent = page.getByRole("group", { name: "Urgent" });
    await urgent.getByLabel("first response").fill("0:20");
    await urgent.getByLabel("resolution").fill("soon");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/between a minute \(0:01\) and a year/).waitFor();
    await urgent.getByLabel("resolution").fill("8");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name }).waitFor();
  }
  const stored = async (name) => (await call("admin", "GET", "/sla/policies")).items.find((policy) => policy.name === name);
  const promised = async () => (await stored(gold)).promises.targets.urgent;
  assert.deepEqual(await promised(), { first_response: 1200, next_response: null, resolution: 28_800 });

  // Another field is saved; the promise stays to the second.
  await page.getByRole("link", { name: gold }).click();
  await page.getByLabel("Warnings").fill("50");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: gold }).waitFor();
  assert.deepEqual((await stored(gold)).promises.warnings, [50]);
  assert.equal((await promised()).first_response, 1200);

  const rows = page.getByRole("table", { name: "Policies" }).locator("tbody tr");
  const above = async (first, second) => {
    await waitFor(
      page,
      ([upper, lower]) => {
        const shown = [...document.querySelectorAll("tbody tr")].map((row) => row.textContent ?? "");
        const at = (name) => shown.findIndex((text) => text.includes(name));
        return at(upper) >= 0 && at(upper) < at(lower);
      },
      [first, second],
    );
  };
  // What was made last is asked first.
  await above(silver, gold);
  const up = rows.filter({ hasText: gold }).getByRole("button", { name: `Move ${gold} up` });
  await up.focus();
  await page.keyboard.press("Enter");
  await above(gold, silver);
  assert.equal(await up.evaluate((button) => button === document.activeElement), true, "the focus stays where the next press is");
  assert.deepEqual(await violations(page), []);

  for (const name of [gold, silver]) {
    await page.getByRole("link", { name }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.waitForURL(/\/admin\/sla$/);
    await rows.filter({ hasText: "Standard" }).waitFor();
    await page.getByRole("link", { name }).waitFor({ state: "detached" });
    assert.equal(await stored(name), undefined);
  }
  assert.deepEqual(problems, []);
  await context.close();
});

test("every second of a promise is explained to whoever asks", async () => {
  const ticket = await createTicket("client", { subject: `Promised ${Date.now()}`, body: "When?" });
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${ticket.id}`);
  await page.getByRole("button", { name: /^Why\? first response/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("row").nth(1).waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
  await context.close();
});

test("a calendar with special days and a policy are made, and an open ticket is bound anew after a look at what would change", { timeout: 300_000 }, async () => {
  const mark = Date.now();
  const [hours, policy, subject] = [`Hours ${mark}`, `Fast lane ${mark}`, `Waits for a promise ${mark}`];
  // A group of its own: the tickets of other tests keep the promises they know.
  const group = await call("admin", "POST", "/support-groups", { name: `Fast ${mark}`, description: "", strategy: "off", members_only: false, survey: false, survey_delay_hours: 24, active: true });
  const ticket = await createTicket("agent", { subject, body: "When?" });
  const { version } = await call("agent", "GET", `/tickets/${ticket.id}`);
  await call("agent", "PATCH", `/tickets/${ticket.id}`, { group_id: group.id }, { "if-match": `"${version}"` });
  const bound = async () => (await call("agent", "GET", `/tickets/${ticket.id}/sla`)).policy;
  const before = await bound();
  assert.notEqual(before.name, policy);

  const { page, context, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/sla");
  await page.getByRole("link", { name: "New calendar" }).first().click();
  await page.getByRole("heading", { level: 1, name: "New calendar" }).waitFor();
  await page.getByRole("textbox", { name: /^Name/ }).fill(hours);
  await page.getByLabel("Friday").fill("all day");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Hours must lie within the day and must not overlap.").waitFor();
  await page.getByLabel("Friday").fill("");
  const add = page.getByRole("button", { name: "Add a day" });
  const day = (n) => page.getByRole("group", { name: `Day ${n}` });
  await add.click();
  await day(1).getByLabel("Date").fill("2027-11-01");
  await day(1).getByLabel("Name").fill("Fête de la Révolution");
  await day(1).getByLabel("Every year").check();
  await add.click();
  await day(2).getByLabel("Date").fill("2027-03-09");
  await day(2).getByLabel("Name").fill("Aïd el-Fitr");
  await day(2).getByLabel("Hours").fill("08:00-12:00");
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: hours }).waitFor();
  const calendar = (await call("admin", "GET", "/sla/calendars")).items.find((one) => one.name === hours);
  const days = calendar.holidays.map(({ date, yearly, name, slots }) => [date, yearly ?? false, name, slots?.length ?? 0]);
  assert.deepEqual(days.toSorted(), [["2027-03-09", false, "Aïd el-Fitr", 1], ["2027-11-01", true, "Fête de la Révolution", 0]]);

  await page.getByRole("link", { name: "New policy" }).first().click();
  await page.getByRole("heading", { level: 1, name: "New policy" }).waitFor();
  await page.getByRole("textbox", { name: /^Name/ }).fill(policy);
  await page.getByRole("combobox", { name: /^Calendar/ }).selectOption({ label: hours });
  await page.getByRole("group", { name: "Groups", exact: true }).getByRole("checkbox", { name: group.name, exact: true }).check();
  await page.getByRole("group", { name: "Medium" }).getByLabel("resolution").fill("6:00");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: policy }).waitFor();
  assert.deepEqual(await bound(), before, "an open ticket keeps what it has");

  await page.getByRole("button", { name: "See what would change" }).click();
  const dialog = page.getByRole("dialog", { name: "See what would change" });
  const row = dialog.getByRole("row").filter({ hasText: subject });
  await row.getByText(`${before.name} ${before.number} → ${policy} 1`).waitFor();
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "Bind anew" }).click();
  await dialog.waitFor({ state: "detached" });
  await eventually("the ticket to be bound anew", async () => (await bound()).name === policy);
  await page.getByText(/^Last time: .* bound anew\.$/).waitFor();
  assert.equal((await bound()).calendar, hours);

  // No later ticket is promised this.
  const made = (await call("admin", "GET", "/sla/policies")).items.find((one) => one.name === policy);
  await call("admin", "DELETE", `/sla/policies/${made.id}`, undefined, { "if-match": `"${made.version}"` });
  assert.deepEqual(problems, []);
  await context.close();
});
