// The API's interactive description: works with nothing but this server, under the policy it is served with.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { shot, shutDown, visitor, waitFor } from "./lib/browser.mjs";
import { baseUrl, people } from "./lib/env.mjs";

after(shutDown);

test("the description is shown and tried without any other host", async () => {
  const { page, context, problems } = await visitor({ locale: "en" });
  const foreign = [];
  await context.route("**/*", (route) => {
    if (new URL(route.request().url()).origin === new URL(baseUrl).origin) return route.continue();
    foreign.push(route.request().url());
    return route.abort();
  });
  await page.goto(`${baseUrl}/api/docs`);
  await waitFor(page, () => document.querySelector("main#operations")?.ariaBusy !== "true");
  const document = await (await fetch(`${baseUrl}/api/openapi.json`)).json();
  const count = Object.values(document.paths).flatMap((methods) => Object.keys(methods)).length;
  assert.equal(await page.locator("main#operations details").count(), count);

  await page.locator("#sign-in input[name=email]").fill(people.agent.email);
  await page.locator("#sign-in input[name=password]").fill(people.agent.password);
  await page.locator("#sign-in button").click();
  await page.locator("#sign-in output", { hasText: "Signed in as" }).waitFor();
  await page.locator("#filter").fill("/api/v1/me");
  const operation = page.locator("details").filter({ has: page.getByText("/api/v1/me", { exact: true }) }).first();
  await operation.locator("summary").click();
  await operation.locator("form button").click();
  await operation.locator("pre", { hasText: people.agent.email }).waitFor();
  await shot(page, "api-docs");
  assert.deepEqual(foreign, []);
  assert.deepEqual(problems, []);
  await context.close();
});
