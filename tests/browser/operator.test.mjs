// What an operator does: look at queues, stop and start one, run a schedule, follow its job, judge a mail.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { seed } from "./lib/api.mjs";
import { go, shot, shutDown, signedIn } from "./lib/browser.mjs";

let data;
before(async () => {
  data = await seed();
});
after(shutDown);

test("a queue is paused and resumed, and its workers are listed", async () => {
  const { page, context, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/queues");
  const queue = page.locator("[data-queue=exports]");
  await queue.getByRole("button", { name: "Pause" }).click();
  await queue.getByText("Paused", { exact: true }).waitFor();
  await shot(page, "queue-paused-en-light");
  await queue.getByRole("button", { name: "Resume" }).click();
  await queue.getByText("Running", { exact: true }).first().waitFor();
  await page.locator("[data-queue=mail_in]").getByRole("button", { name: /worker/ }).click();
  await page.locator("[data-queue=mail_in]").getByRole("table").locator("tbody tr").first().waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("a schedule is run now and its job can be followed", async () => {
  const { page, context } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/schedules");
  const row = page.locator("[data-schedule]").first();
  await row.getByRole("button", { name: "Run now" }).click();
  await page.getByText("A job has been queued").first().waitFor();
  await go(page, "/admin/jobs?state=succeeded");
  await page.locator("tbody tr a").first().click();
  await page.getByRole("heading", { name: "Error history" }).waitFor();
  await context.close();
});

test("a mail's journey tells its class, its way and its effects", async () => {
  const { page, context } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/mails/${data.bulk.id}`);
  await page.getByText("sent by a machine (RFC 3834)").waitFor();
  await page.getByText("Auto-Submitted: auto-replied").waitFor();
  await page.getByText("new ticket", { exact: true }).waitFor();
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download original" }).click();
  assert.match((await waiting).suggestedFilename(), /\.eml$/);
  await page.getByRole("tab", { name: "Content" }).click();
  await page.getByText("Offre spéciale").waitFor();
  await context.close();
});
