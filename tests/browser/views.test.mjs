// Answers that a customer looks at in the portal: new to him until then, and staff read at once who did.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { call, createTicket } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shot, shutDown, signedIn } from "./lib/browser.mjs";

after(shutDown);

test("staff see that their answer was looked at, while its customer sees it as new", { timeout: 180_000 }, async () => {
  const ticket = await createTicket("client", { subject: `Looked at ${Date.now()}`, body: "Please help." });
  await call("agent", "POST", `/tickets/${ticket.id}/messages`, { kind: "reply", body: "We restarted it." });
  const agent = await signedIn("agent", { locale: "en" });
  await go(agent.page, `/desk/tickets/${ticket.id}`);
  await agent.page.getByText("We restarted it.").waitFor();
  const looked = agent.page.getByRole("list", { name: "Looked at" });
  assert.equal(await looked.count(), 0);

  const client = await signedIn("client", { locale: "ar", viewport: PHONE });
  await go(client.page, `/client/tickets/${ticket.id}`);
  const answer = client.page.getByRole("article").filter({ hasText: "We restarted it." });
  await answer.getByText("جديد", { exact: true }).waitFor();
  assert.deepEqual(await violations(client.page), []);
  await shot(client.page, "views-new-ar-phone");
  const { name } = await call("client", "GET", "/me");
  await looked.getByRole("listitem").filter({ hasText: name }).waitFor();
  assert.deepEqual(await violations(agent.page), []);
  await shot(agent.page, "views-desk");

  // What he knows is not new any more.
  await client.page.reload();
  await answer.waitFor();
  assert.equal(await answer.getByText("جديد", { exact: true }).count(), 0);
  assert.deepEqual([agent.problems, client.problems], [[], []]);
});
