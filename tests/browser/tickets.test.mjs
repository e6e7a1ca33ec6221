// An agent's and a customer's day: a ticket arrives by itself, is taken, answered, changed by two at once, and resolved.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { call, createTicket, seed, sendMail } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, holds, live, shot, shutDown, signedIn, waitFor } from "./lib/browser.mjs";
import { baseUrl } from "./lib/env.mjs";

let data;
before(async () => {
  data = await seed();
});
after(shutDown);

test("a mail becomes a row in the open list by itself", async () => {
  const { page, context } = await signedIn("agent", { locale: "en" });
  await live(page);
  const mark = randomUUID().slice(0, 8);
  const mail = await sendMail({ from: `Lina <lina.${mark}@example.dz>`, subject: `Arrives live ${mark}`, body: "Hello" });
  assert.equal(mail.state, "processed");
  await page.getByRole("link", { name: `Arrives live ${mark}` }).waitFor();
  await context.close();
});

test("an agent takes a ticket, answers with an attachment, and the customer sees it live", async () => {
  const own = await createTicket("client", { subject: `With an answer ${Date.now()}`, body: "Please help." });
  const client = await signedIn("client", { locale: "en" });
  await go(client.page, `/client/tickets/${own.id}`);
  await live(client.page);

  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${own.id}`);
  await page.getByRole("button", { name: "Assign to me" }).click();
  await page.getByText(/assigned it to Karim Agent/).waitFor();
  const composer = page.getByRole("form", { name: "Reply" });
  await composer.getByRole("textbox").fill("It works again. Can you confirm?");
  await page.locator("input[type=file]").setInputFiles({ name: "rapport.txt", mimeType: "text/plain", buffer: Buffer.from("disk replaced\n") });
  await page.locator("[data-upload=done]").waitFor();
  await composer.getByLabel("State after sending").selectOption("waiting_for_response");
  await composer.getByRole("textbox").press("Control+Enter");
  await page.getByText("Reply sent").first().waitFor();
  await page.getByRole("article").filter({ hasText: "Can you confirm?" }).getByText("rapport.txt").waitFor();
  await page.locator("aside").getByText("Waiting for customer").first().waitFor();
  await shot(page, "ticket-answered-en-light");
  assert.deepEqual(problems, []);

  await client.page.getByText("Can you confirm?").waitFor();
  await client.page.getByText("We need your answer to go on.").waitFor();
  assert.equal(await client.page.getByRole("form").getByRole("radio").count(), 0, "a customer writes replies only");
  const waiting = client.page.waitForEvent("download");
  await client.page.getByRole("button", { name: "Download rapport.txt" }).click();
  assert.equal((await waiting).suggestedFilename(), "rapport.txt");

  await client.page.getByRole("form", { name: "Reply" }).getByRole("textbox").fill("Confirmed, thank you.");
  await client.page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Confirmed, thank you.").waitFor();
  await page.locator("aside").getByText("Open", { exact: true }).first().waitFor();
  await client.context.close();
  await context.close();
});

test("a note stays among staff, and a double press writes it once", async () => {
  const { page, context } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${data.own.id}`);
  await page.keyboard.press("n");
  const text = `Only for us ${Date.now()}`;
  await page.getByRole("form", { name: "Private note" }).getByRole("textbox").fill(text);
  await page.getByRole("button", { name: "Save note" }).dblclick();
  await page.getByRole("article").filter({ hasText: text }).waitFor();
  const { items } = await call("agent", "GET", `/tickets/${data.own.id}/timeline`);
  assert.equal(items.filter((item) => JSON.stringify(item).includes(text)).length, 1);
  const seen = await call("client", "GET", `/tickets/${data.own.id}/timeline`);
  assert.equal(JSON.stringify(seen).includes(text), false);
  await context.close();
});

test("what another agent changed meanwhile is shown before a reply goes out", async () => {
  const ticket = await createTicket("client", { subject: `Two at once ${Date.now()}`, body: "Who answers?" });
  const { page, context } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${ticket.id}`);
  await page.getByRole("form", { name: "Reply" }).getByRole("textbox").fill("My answer");
  await call("admin", "POST", `/tickets/${ticket.id}/messages`, { kind: "reply", body: "The other answer" });
  await page.getByText("The other answer").waitFor();
  await page.getByRole("button", { name: "Send" }).click();
  const dialog = page.getByRole("dialog", { name: "The ticket has changed" });
  await dialog.getByText("The other answer").waitFor();
  await shot(page, "conflict-en-light");
  await dialog.getByRole("button", { name: "Keep writing" }).click();
  assert.equal(await page.getByRole("form", { name: "Reply" }).getByRole("textbox").inputValue(), "My answer");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("article").filter({ hasText: "My answer" }).waitFor();
  await context.close();
});

test("a state that is refused says why; one that needs a reason asks for it", async () => {
  const ticket = await createTicket("client", { subject: `States ${Date.now()}`, body: "Hello" });
  const { page, context } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${ticket.id}`);
  await page.getByRole("button", { name: "Change state" }).click();
  const resolved = page.locator("[data-to=resolved]");
  assert.equal(await resolved.getAttribute("aria-disabled"), "true");
  assert.match((await resolved.textContent()) ?? "", /Assign the ticket first/);
  await page.locator("[data-to=on_hold]").click();
  await page.getByRole("dialog").getByLabel("Reason").selectOption("vendor");
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("State: On hold").first().waitFor();
  await page.getByText(/changed the state: Open → On hold/).waitFor();
  await context.close();
});

test("what one agent does, the other sees at once: owner, state, priority, note", async () => {
  const ticket = await createTicket("client", { subject: `Two browsers ${Date.now()}`, body: "Who takes it?" });
  const [mine, hers] = await Promise.all([signedIn("agent", { locale: "en" }), signedIn("admin", { locale: "fr" })]);
  await go(hers.page, `/desk/tickets/${ticket.id}`);
  await live(hers.page);
  const seen = hers.page.locator("aside");
  await go(mine.page, `/desk/tickets/${ticket.id}`);
  const details = mine.page.locator("aside");

  await details.getByLabel("Assignee").selectOption({ label: "Amel Admin" });
  await seen.getByLabel("Attribué à").locator("option:checked", { hasText: "Amel Admin" }).waitFor({ state: "attached" });
  await hers.page.getByText(/l’a attribué à Amel Admin/).waitFor();

  await details.getByLabel("Priority").selectOption({ label: "Urgent" });
  await seen.getByLabel("Priorité").locator("option:checked", { hasText: "Urgente" }).waitFor({ state: "attached" });

  await mine.page.getByRole("button", { name: "Change state" }).click();
  await mine.page.locator("[data-to=in_progress]").click();
  // The panel of promises says it too, of what it measures; the state is told in the details.
  await seen.getByLabel("Détails").getByText("En cours", { exact: true }).waitFor();

  await mine.page.getByRole("radio", { name: "Note" }).click();
  await mine.page.getByRole("form", { name: "Private note" }).getByRole("textbox").fill("It is yours, Amel.");
  await mine.page.getByRole("button", { name: "Save note" }).click();
  await hers.page.getByRole("article").filter({ hasText: "It is yours, Amel." }).waitFor();

  assert.deepEqual([...mine.problems, ...hers.problems], []);
  await mine.context.close();
  await hers.context.close();
});

test("a file that is too large or could run is refused and said so; without it the reply goes out", async () => {
  const ticket = await createTicket("client", { subject: `Files ${Date.now()}`, body: "Hello" });
  const { page, context } = await signedIn("agent");
  await go(page, `/desk/tickets/${ticket.id}`);
  const composer = page.getByRole("form", { name: "Réponse" });
  await composer.getByRole("textbox").fill("Voici le rapport.");
  const files = composer.getByRole("list", { name: "Pièces jointes" }).getByRole("listitem");
  const file = (name, size) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.alloc(size, "x") });
  await page.locator("input[type=file]").setInputFiles([file("image-disque.bin", 25_000_001), file("outil.exe", 100), file("rapport.txt", 100)]);
  const large = files.filter({ hasText: "image-disque.bin" });
  await large.getByText("Le fichier est trop volumineux").waitFor();
  await files.filter({ hasText: "outil.exe" }).getByText("Ce type de fichier n’est pas accepté").waitFor();
  await page.locator("[data-upload=done]").filter({ hasText: "rapport.txt" }).waitFor();
  assert.equal(await composer.getByRole("button", { name: "Envoyer" }).isDisabled(), true, "nothing is left out unnoticed");
  assert.deepEqual(await violations(page), []);
  await shot(page, "files-refused-fr");
  await page.getByRole("button", { name: "Retirer image-disque.bin" }).click();
  await page.getByRole("button", { name: "Retirer outil.exe" }).click();
  // Each may be uploaded, but no mail carries both.
  await page.locator("input[type=file]").setInputFiles([file("partie-1.bin", 10_000_000), file("partie-2.bin", 10_000_000)]);
  await composer.getByRole("alert").filter({ hasText: "Trop volumineux pour un e-mail" }).waitFor();
  await page.locator("[data-upload=done]").filter({ hasText: "partie-2.bin" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "files-heavy-fr");
  await page.getByRole("button", { name: "Retirer partie-1.bin" }).click();
  await composer.getByRole("alert").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Retirer partie-2.bin" }).click();
  await composer.getByRole("button", { name: "Envoyer" }).click();
  await page.getByRole("article").filter({ hasText: "Voici le rapport." }).getByText("rapport.txt").waitFor();
  await context.close();
});

test("a draft survives a reload, and being offline is said", async () => {
  const { page, context } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${data.ticketId}`);
  const box = page.getByRole("form", { name: "Reply" }).getByRole("textbox");
  await box.fill("Half a sentence");
  await waitFor(page, () => JSON.stringify({ ...localStorage }).includes("Half a sentence"));
  await context.setOffline(true);
  await page.getByText(/You are offline/).waitFor();
  await context.setOffline(false);
  await page.getByText(/You are offline/).waitFor({ state: "detached" });
  await page.reload();
  await box.waitFor();
  await holds(box, "Half a sentence");
  await context.close();
});

test("filters are in the address and work in a fresh browser", async () => {
  const { page, context } = await signedIn("agent", { locale: "en" });
  await page.getByRole("searchbox").fill(data.mark);
  await page.waitForURL(/q=/);
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("menuitemcheckbox", { name: /^Open/ }).click();
  await page.keyboard.press("Escape");
  await page.waitForURL(/state=open/);
  // The rows of the filter before stay until the answer is there; what the list should hold is asked anew with each look.
  const shown = async (present) => {
    let seen;
    for (const end = Date.now() + 30_000; Date.now() < end; await present.waitForTimeout(200)) {
      const { items } = await call("agent", "GET", `/tickets?q=${encodeURIComponent(data.mark)}&state=open`);
      const rows = await present.locator("tbody tr").allTextContents();
      if (items.length >= 1 && items.length <= 3 && rows.length === items.length && rows.every((row) => row.includes(data.mark))) return;
      seen = { url: present.url(), wanted: items.map((item) => item.subject), rows };
    }
    assert.fail(`not what was filtered for: ${JSON.stringify(seen)}`);
  };
  await shown(page);
  const other = await context.newPage();
  await other.goto(page.url());
  await shown(other);
  await context.close();
});

test("a server error is explained with its request id and can be retried", async () => {
  const { page, context } = await signedIn("agent", { locale: "en" });
  // The stream would have the page ask again by itself.
  await page.route("**/api/v1/events/stream*", (route) => route.abort());
  await page.route("**/api/v1/tickets/*", (route) =>
    route.fulfill({ status: 500, contentType: "application/problem+json", body: '{"code":"internal","status":500,"request_id":"req-42"}' }),
  );
  await page.goto(`${baseUrl}/desk/tickets/${data.ticketId}`);
  await page.getByText("Something went wrong on our side").waitFor();
  await page.getByText("req-42").waitFor();
  await page.unroute("**/api/v1/tickets/*");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("article").first().waitFor();
  await context.close();
});
