// Customers through the eyes of those who look after them: found, changed, mentioned in notes, examined.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { call } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, live, shot, shutDown, signedIn, waitFor } from "./lib/browser.mjs";
import { company, picture, waitingForReview } from "./lib/customers.mjs";
import { endApproval } from "./lib/database.mjs";

after(shutDown);

test("a customer is stored once his identifiers are right, and nothing typed is lost on the way", { timeout: 300_000 }, async () => {
  const { context, page, problems } = await signedIn("agent", { locale: "en" });
  await go(page, "/desk/customers");
  await page.getByRole("link", { name: "New customer" }).first().click();
  await page.locator("input[name=company_name]").fill("SARL Tassili");
  await page.getByRole("link", { name: "Tickets" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Stay" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  const email = page.getByLabel("Mail address");
  const wrong = page.locator("[aria-invalid=true]");
  await email.and(wrong).waitFor();
  await email.fill("contact@tassili.example");
  await page.getByLabel("NIF").fill("123");
  await page.getByRole("button", { name: "Save" }).click();
  // The server's verdict stands at its field.
  const nif = page.getByLabel("NIF");
  await nif.and(wrong).waitFor();
  await nif.fill("000016001234567");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: /SARL Tassili/ }).waitFor();
  assert.deepEqual(problems.filter((text) => !/422/.test(text)), []);

  await page.getByRole("button", { name: "Change the handling" }).click();
  await page.getByRole("dialog").getByLabel("Account manager").selectOption({ label: "Karim Agent" });
  await page.getByRole("dialog").getByLabel("Service tier").selectOption({ label: "Premium" });
  await page.getByRole("dialog").getByLabel("Tags").fill("vip, Sud");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByText("sud", { exact: true }).waitFor();
  await page.getByText("Karim Agent").first().waitFor();
  await page.getByText("Premium", { exact: true }).waitFor();
  await go(page, "/desk/customers?tier=premium");
  await page.getByRole("link", { name: /SARL Tassili/ }).first().waitFor();
  await context.close();
});

test("a view is there on the next device too", { timeout: 300_000 }, async () => {
  const first = await signedIn("agent", { locale: "en" });
  await go(first.page, "/desk/customers?kind=individual&sort=name");
  const name = `Persons ${Date.now()}`;
  await first.page.getByRole("button", { name: "Save view" }).click();
  await first.page.getByRole("dialog").getByLabel("Name of the view").fill(name);
  await first.page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await first.page.getByRole("link", { name }).waitFor();
  await first.context.close();
  const second = await signedIn("agent", { locale: "en" });
  await go(second.page, "/desk/customers");
  await second.page.getByRole("link", { name }).click();
  await second.page.waitForURL(/kind=individual&sort=name/);
  await second.page.getByRole("button", { name: `Delete view ${name}` }).click();
  await second.page.getByRole("link", { name }).waitFor({ state: "detached" });
  assert.deepEqual(second.problems, []);
  await second.context.close();
});

test("a deleted customer is found again by the list's filter and brought back", { timeout: 300_000 }, async () => {
  const name = `SARL Ouarsenis ${Date.now()}`;
  const customer = await company("agent", name);
  const { context, page, problems } = await signedIn("admin", { locale: "en" });
  await go(page, `/desk/customers/${customer.id}`);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("alertdialog").or(page.getByRole("dialog")).getByRole("button", { name: "Delete", exact: true }).click();
  await page.waitForURL(/\/desk\/customers$/);
  await page.getByRole("link", { name: "Deleted", exact: true }).click();
  await page.waitForURL(/deleted=true/);
  await page.getByLabel("Added from").fill(new Date(Date.now() - 86_400_000).toISOString().slice(0, 10));
  await page.waitForURL(/from=/);
  await page.getByRole("link", { name }).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("link", { name }).first().click();
  await page.getByRole("button", { name: "Restore", exact: true }).click();
  await page.getByRole("button", { name: "Restore", exact: true }).waitFor({ state: "detached" });
  await go(page, `/desk/customers?manager=none&from=${new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)}`);
  await page.getByRole("link", { name }).first().waitFor();
  // At the moment of the deletion the page may just be reading what is then no longer told.
  assert.deepEqual(problems.filter((text) => !/404.*\/(addresses|contacts)\)/.test(text)), []);
  await context.close();
});

test("who is mentioned in a note is told while he does something else", { timeout: 300_000 }, async () => {
  const customer = await company("agent", "SPA Hoggar");
  const [agent, admin] = await Promise.all([signedIn("agent", { locale: "en" }), signedIn("admin", { locale: "en" })]);
  await go(admin.page, "/admin/users");
  await live(admin.page);
  await go(agent.page, `/desk/customers/${customer.id}?tab=notes`);
  const note = agent.page.getByRole("textbox", { name: "New note" });
  await note.click();
  await agent.page.keyboard.type("Please call, @ame");
  await agent.page.getByRole("option", { name: "Amel Admin" }).waitFor();
  assert.deepEqual(await violations(agent.page), []);
  await agent.page.keyboard.press("Enter");
  await agent.page.keyboard.type("today");
  assert.equal(await note.inputValue(), "Please call, @Amel Admin today");
  await agent.page.getByRole("button", { name: "Add the note" }).click();
  await agent.page.locator("mark[data-mention]").getByText("@Amel Admin").waitFor();
  await waitFor(agent.page, (box) => box.value === "", await note.elementHandle());
  await admin.page.getByText("Karim Agent mentioned you in a note", { exact: true }).waitFor();
  await admin.page.getByRole("button", { name: "See the note" }).click();
  await admin.page.locator("mark[data-mention]").waitFor();
  const centre = await call("admin", "GET", "/notifications?limit=50");
  assert.ok(centre.items.some(({ topic, path }) => topic === "mention" && path.includes(customer.id)));
  assert.deepEqual([...agent.problems, ...admin.problems], []);
  await agent.context.close();
  await admin.context.close();
});

test("an identity is handed in, claimed from the queue, looked at beside the decision and approved", { timeout: 300_000 }, async () => {
  const own = await waitingForReview("EURL Saoura");
  const { context, page, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/desk/kyc");
  // How long it waits can be read; the order can be changed by the list's menu and by its heads.
  const row = page.getByRole("row").filter({ hasText: own.name });
  await row.getByText(/^\d+(\.\d)? (min|hr)/).filter({ visible: true }).waitFor();
  await page.getByLabel("Order").selectOption("-submitted_at");
  await page.getByRole("columnheader", { name: "Handed in" }).and(page.locator("[aria-sort=descending]")).waitFor();
  await row.waitFor();
  await page.getByRole("columnheader", { name: "Handed in" }).getByRole("button").click();
  await page.getByRole("columnheader", { name: "Handed in" }).and(page.locator("[aria-sort=ascending]")).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "kyc-queue");
  await page.getByRole("button", { name: `Claim: ${own.name}` }).click();
  await page.waitForURL(/tab=identity/);
  await page.getByRole("button", { name: "Trade register" }).click();
  await page.getByRole("img", { name: /Trade register/i }).waitFor();
  // A paper that is a PDF is drawn beside the decision as well.
  await page.getByRole("button", { name: "Statutes" }).click();
  await page.locator("canvas[data-drawn=true]").waitFor();
  assert.ok(await page.locator("canvas").evaluate((canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((byte, at) => at % 4 === 0 && byte < 128)), "something is drawn on it");
  await page.getByRole("button", { name: "Approve" }).click();
  // Until when it holds is asked for, and a day that is over is refused at its field.
  const until = page.getByRole("dialog").getByLabel("Valid until");
  await until.fill("2020-01-01");
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await page.getByText("Choose a date in the future.").waitFor();
  await until.fill(`${new Date().getUTCFullYear() + 3}-05-31`);
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByText("The identity is verified.").waitFor();
  await page.getByText(new RegExp(`Valid until.*${new Date().getUTCFullYear() + 3}`)).waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(problems, []);
  await context.close();
});

test("an approval that ends soon is renewed by its owner, and holds while the renewal is looked at", { timeout: 300_000 }, async () => {
  const own = await waitingForReview("EURL Soummam");
  const kyc = `/customers/${own.id}/kyc`;
  await call("admin", "POST", `${kyc}/claim`);
  const { documents_digest } = await call("admin", "GET", kyc);
  await call("admin", "POST", `${kyc}/decision`, { verdict: "approve", documents_digest });
  endApproval(own.id, 20);

  const owner = await signedIn("client", { locale: "en" });
  await go(owner.page, `/client/account/${own.id}?tab=identity`);
  await owner.page.getByText("This verification ends soon").waitFor();
  await owner.page.getByRole("button", { name: "Renew", exact: true }).click();
  await owner.page.getByRole("heading", { name: "Papers of the renewal" }).waitFor();
  assert.deepEqual(await violations(owner.page), []);
  for (const kind of ["Identity card", "Trade register", "Tax card"]) {
    await owner.page.getByLabel("Kind of paper").selectOption({ label: kind });
    await owner.page.locator("main input[type=file]").setInputFiles({ name: "renewed.png", mimeType: "image/png", buffer: picture() });
    await owner.page.getByRole("button", { name: `${kind} renewed` }).waitFor();
  }
  await owner.page.getByRole("button", { name: "Hand in", exact: true }).click();
  await owner.page.getByText("The papers wait for a reviewer.").waitFor();
  await owner.page.getByText("The identity is verified.").waitFor();
  await shot(owner.page, "identity-renewal");
  assert.deepEqual(owner.problems, []);
  await owner.context.close();

  const { context, page, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/desk/kyc");
  const row = page.getByRole("row").filter({ hasText: own.name });
  await row.getByText("Renewal", { exact: true }).filter({ visible: true }).waitFor();
  await page.getByRole("button", { name: `Claim: ${own.name}` }).click();
  await page.waitForURL(/tab=identity/);
  await page.getByText("A reviewer looks at the papers.").waitFor();
  await page.getByText("The identity is verified.").waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("heading", { name: "Papers of the renewal" }).waitFor({ state: "detached" });
  // The one before stands among the earlier ones, with what was decided by.
  await page.getByRole("heading", { name: "Earlier verifications" }).waitFor();
  await page.getByRole("button", { name: /statuts\.pdf/ }).waitFor();
  await page.getByText("Replaced", { exact: true }).first().waitFor();
  const { state, renewal, documents } = await call("admin", "GET", kyc);
  assert.deepEqual([state, renewal, documents.map(({ name }) => name)], ["approved", null, ["renewed.jpg", "renewed.jpg", "renewed.jpg"]]);
  assert.deepEqual(problems, []);
  await context.close();
});

test("the identity rules say whom they concern, refuse what is out of range and hold at once", { timeout: 300_000 }, async () => {
  const { context, page, problems } = await signedIn("admin", { locale: "en" });
  await go(page, "/admin/identity-policy");
  const days = page.getByLabel("Renewable how many days before the end");
  await page.getByText(/at this limit: \d+/).waitFor();
  await days.fill("366");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("This value is out of range.").waitFor();
  assert.deepEqual(await violations(page), []);
  const { renewal_days } = await call("admin", "GET", "/kyc/policy");
  const other = renewal_days === 61 ? "62" : "61";
  await days.fill(other);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The change holds now", { exact: true }).waitFor();
  assert.equal((await call("admin", "GET", "/kyc/policy")).renewal_days, Number(other));
  await page.getByText("Changed").first().waitFor();
  await shot(page, "identity-policy");
  assert.deepEqual(problems, []);
  await context.close();
});

test("every look at an identity paper is in a log that staff read, and its owner does not", { timeout: 300_000 }, async () => {
  const own = await waitingForReview("EURL Tassili");
  const { context, page, problems } = await signedIn("admin", { locale: "en" });
  await go(page, `/desk/customers/${own.id}?tab=identity`);
  await page.getByRole("button", { name: "Who opened the papers" }).click();
  await page.getByText("Nobody has opened a paper.").waitFor();
  await page.getByRole("button", { name: "Trade register" }).click();
  await page.getByRole("img", { name: /Trade register/i }).waitFor();
  await page.getByRole("button", { name: "Statutes" }).click();
  await page.locator("canvas[data-drawn=true]").waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Who opened the papers" }).click();
  const log = page.getByRole("list", { name: "Who opened the papers" });
  // The newest first.
  await log.getByRole("listitem").first().getByText("Statutes").waitFor();
  const lines = await log.getByRole("listitem").allInnerTexts();
  assert.deepEqual(
    lines.map((line) => /^Amel Admin · (Statutes|Trade register)/.exec(line)?.[1]),
    ["Statutes", "Trade register"],
  );
  assert.deepEqual(await violations(page), []);
  await shot(page, "kyc-views");
  assert.deepEqual(problems, []);
  await context.close();

  const owner = await signedIn("client", { locale: "en" });
  await go(owner.page, `/client/account/${own.id}?tab=identity`);
  await owner.page.getByRole("button", { name: /Trade register/ }).first().waitFor();
  assert.equal(await owner.page.getByRole("button", { name: "Who opened the papers" }).count(), 0);
  await assert.rejects(call("client", "GET", `/customers/${own.id}/kyc/views`), /403|404/);
  await owner.context.close();
});

test("a paper is dropped by its owner with its progress, and a wrong one is refused in his words", { timeout: 300_000 }, async () => {
  const own = await company("client", "SARL Mitidja");
  const { context, page, problems } = await signedIn("client", { locale: "en" });
  await go(page, `/client/account/${own.id}?tab=identity`);
  await page.locator("main input[type=file]").setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") });
  await page.locator("[data-upload=failed] [role=alert]").waitFor();
  await page.getByRole("button", { name: "Remove notes.txt" }).click();
  await page.getByLabel("Kind of paper").selectOption({ label: "Trade register" });
  await page.locator("main input[type=file]").setInputFiles({ name: "register.png", mimeType: "image/png", buffer: picture() });
  await page.getByRole("button", { name: /Trade register register/ }).waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("the trail speaks in words and narrows to what is pressed", { timeout: 300_000 }, async () => {
  await company("agent", "SARL Titteri");
  const { context, page, problems } = await signedIn("admin", { locale: "fr" });
  await go(page, "/admin/audit");
  await page.locator("main :not(option)").getByText("Client créé", { exact: true }).locator("visible=true").first().waitFor();
  assert.equal(await page.getByText(/\bcustomer\.create\b/).count(), 0);
  await page.getByLabel("Quoi").selectOption({ label: "Client créé" });
  await page.waitForURL(/action=customer.create/);
  await page.getByRole("button", { name: /^Uniquement ce que .* a fait$/ }).first().click();
  await page.waitForURL(/actor=/);
  assert.deepEqual(problems, []);
  await context.close();
});
