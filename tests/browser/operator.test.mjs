// What an operator does: look at queues, stop and start one, judge a dead job, run a schedule and follow its job.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { violations } from "./lib/axe.mjs";
import { go, live, shot, shutDown, signedIn } from "./lib/browser.mjs";
import { hopelessJob, quickJob } from "./lib/database.mjs";
import { baseUrl } from "./lib/env.mjs";

after(shutDown);

test("a paused queue keeps its jobs until it is resumed, and its workers are listed", async () => {
  const { page, context, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/queues");
  await live(page);
  const queue = page.locator("tr[data-id=files]");
  await queue.getByRole("button", { name: "Pause" }).click();
  await queue.getByText("Paused", { exact: true }).last().waitFor();
  const id = quickJob("files");
  await queue.getByRole("link", { name: "1", exact: true }).click();
  await page.waitForURL(/queue=files&state=queued/);
  // The table of queues may still be there: its first link leads elsewhere.
  await page.getByRole("table").locator(`a[href*="${id}"]`).filter({ visible: true }).first().click();
  await page.waitForURL(new RegExp(id));
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.locator("main").getByText("Queued", { exact: true }).locator("visible=true").first().waitFor();
  await shot(page, "queue-paused-en-light");

  await go(page, "/admin/queues");
  await queue.getByRole("button", { name: "Resume" }).click();
  await queue.getByText("Paused", { exact: true }).first().waitFor({ state: "detached" });
  await go(page, `/admin/jobs/${id}`);
  await page.locator("main").getByText("Succeeded", { exact: true }).waitFor();
  await page.getByText("It has met no errors.").waitFor();

  await go(page, "/admin/queues");
  await page.locator("tr[data-id=mail_in]").getByRole("button", { name: /worker/ }).click();
  await page.getByRole("table", { name: /Workers of/ }).locator("tbody tr").first().waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("a dead job tells every error, and is tried again or discarded", async () => {
  const id = hopelessJob();
  const { page, context, problems } = await signedIn("admin", { locale: "en" });
  await go(page, `/admin/jobs/${id}`);
  await live(page);
  const errors = page.getByRole("listitem").filter({ hasText: "the arguments cannot be read" });
  await page.locator("main").getByText("Dead", { exact: true }).waitFor();
  await errors.filter({ hasText: "Attempt 1" }).waitFor();
  assert.equal(await errors.count(), 1);

  await page.getByRole("button", { name: "Retry" }).click();
  await errors.filter({ hasText: "Attempt 2" }).waitFor();
  await page.locator("main").getByText("Dead", { exact: true }).waitFor();
  await errors.filter({ hasText: "Attempt 1" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "job-dead-en-light");

  await go(page, "/admin/jobs?queue=mail_in&state=dead");
  await page.locator(`a[href$="${id}"]`).click();
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
  await page.waitForURL(/\/admin\/jobs$/);
  await page.getByText("The job has been discarded").first().waitFor();
  await go(page, "/admin/jobs?queue=mail_in&state=dead");
  assert.equal(await page.locator(`a[href$="${id}"]`).count(), 0);
  // The live stream may have told of the change before the page was left.
  assert.deepEqual(problems.filter((text) => !text.includes(`404 (Not Found) (${baseUrl}/api/v1/jobs/${id})`)), []);
  await context.close();
});

test("a schedule is run now and its job can be followed", async () => {
  const { page, context } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/schedules");
  const row = page.getByRole("row").nth(1);
  await row.getByRole("button", { name: "Run now" }).click();
  await page.getByText("A job has been queued").first().waitFor();
  await row.getByRole("link").click();
  await page.waitForURL(/\/admin\/jobs\//);
  await page.locator("main").getByText("Succeeded", { exact: true }).waitFor();
  await page.getByRole("heading", { name: "Error history" }).waitFor();
  await context.close();
});
