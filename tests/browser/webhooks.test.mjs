// Outgoing webhooks: an endpoint is set up, tested, told about a ticket, and what it refused is sent again.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { call, createTicket, eventually } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shot, shutDown, signedIn } from "./lib/browser.mjs";

const got = [];
let answer = 200;
let receiver = null;
let url = null;

before(async () => {
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      got.push({ headers: request.headers, body });
      response.writeHead(answer).end("heard");
    });
  });
  await new Promise((ready) => receiver.listen(0, "127.0.0.1", ready));
  url = `http://127.0.0.1:${receiver.address().port}/hook`;
});

after(async () => {
  await shutDown();
  receiver?.close();
});

/** The newest delivery of a state, once there is one. */
function delivery(endpoint, state) {
  return eventually(`a delivery that is ${state}`, async () => (await call("admin", "GET", `/webhook-endpoints/${endpoint}/deliveries?state=${state}`)).items[0]);
}

test("an endpoint is set up, its secret shown once, and everything it is sent can be read and sent again", { timeout: 300_000 }, async () => {
  const { page, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/webhooks");
  await page.getByRole("link", { name: "New endpoint" }).first().click();
  await page.getByRole("heading", { level: 1, name: "New endpoint" }).waitFor();
  await page.getByLabel("Address").fill("http://10.0.0.1/");
  await page.getByLabel("Ticket opened").check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("This address is not called").waitFor();
  // The browser's own word about the refusal.
  assert.match(problems.splice(0).join(), /422/);
  await page.getByLabel("Address").fill(url);
  await page.getByLabel("Description").fill("ERP");
  assert.deepEqual(await violations(page), []);
  await shot(page, "webhook-new");
  await page.getByRole("button", { name: "Save" }).click();
  const dialog = page.getByRole("dialog", { name: "Signing secret" });
  const secret = await dialog.getByText(/^whsec_/).innerText();
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  await page.getByRole("heading", { level: 1, name: url }).waitFor();
  const endpoint = new URL(page.url()).pathname.split("/").at(-1);

  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByRole("heading", { level: 1, name: "Test" }).waitFor();
  await delivery(endpoint, "delivered");
  await page.reload();
  await page.getByText("answered 200").waitFor();
  const { headers, body } = got.find((each) => each.body.includes('"webhook.test"'));
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signed = createHmac("sha256", key).update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`).digest("base64");
  assert.equal(headers["webhook-signature"], `v1,${signed}`);
  assert.deepEqual(await violations(page), []);
  await shot(page, "webhook-delivery");

  answer = 410;
  await createTicket("agent", { subject: "Told outside", body: "Please look." });
  const refused = await delivery(endpoint, "failed");
  await go(page, `/admin/webhooks/${endpoint}`);
  await page.getByText("The receiver wants no more deliveries").waitFor();
  // What other tests open is told as well.
  await page.getByRole("link", { name: "Ticket opened" }).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "webhook-endpoint");
  answer = 200;
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("In use").check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Send failed ones again" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Send again" }).click();
  await page.getByText(/^Queued again: [1-9]/).waitFor();
  await eventually("the delivery to come again", () => got.some((each, n) => n > 1 && each.headers["webhook-id"] === `msg_${refused.id.replaceAll("-", "")}`));
  assert.deepEqual(problems, []);

  const phone = await signedIn("admin", { locale: "ar", viewport: PHONE });
  await go(phone.page, "/admin/webhooks");
  await phone.page.getByRole("link", { name: url }).click();
  await phone.page.getByRole("heading", { level: 1, name: url }).waitFor();
  assert.deepEqual(await violations(phone.page), []);
  await shot(phone.page, "webhook-phone-ar");
  assert.deepEqual(phone.problems, []);

  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  // News of the deletion may come before the page is left.
  assert.deepEqual(
    problems.filter((text) => !(text.includes("404") && text.includes(endpoint))),
    [],
  );
});
