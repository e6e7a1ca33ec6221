// The policy the page is served under, and that foreign mail cannot do anything in it.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createTicket, sendMail } from "./lib/api.mjs";
import { go, painted, shutDown, signedIn } from "./lib/browser.mjs";
import { baseUrl } from "./lib/env.mjs";

after(shutDown);

test("pages come with a strict policy and a nonce of their own", async () => {
  const [first, second] = await Promise.all([fetch(`${baseUrl}/`), fetch(`${baseUrl}/desk/tickets`)]);
  const nonces = [];
  for (const response of [first, second]) {
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval/);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    const nonce = /script-src [^;]*'nonce-([^']+)'/.exec(policy)?.[1];
    const html = await response.text();
    assert.ok(nonce && html.includes(`nonce="${nonce}"`));
    assert.doesNotMatch(html, /__CSP_NONCE__/);
    nonces.push(nonce);
  }
  assert.notEqual(nonces[0], nonces[1]);
});

test("assets are compressed and kept for ever; a missing one is no page", async () => {
  const html = await (await fetch(`${baseUrl}/`)).text();
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1];
  const asset = await fetch(baseUrl + script, { headers: { "accept-encoding": "br" } });
  assert.match(asset.headers.get("cache-control") ?? "", /immutable/);
  assert.equal(asset.headers.get("content-encoding"), "br");
  const missing = await fetch(`${baseUrl}/assets/gone-12345678.js`);
  assert.equal(missing.status, 404);
  assert.doesNotMatch(missing.headers.get("content-type") ?? "", /html/);
});

test("hostile mail is shown without running, loading or breaking out", async () => {
  const mail = await sendMail({
    from: "Mallory <mallory@evil.example>",
    subject: `Hostile ${Date.now()}`,
    html: `<p style="color:red;position:fixed;top:0">visible text</p><script>top.pwned=1</script><img src=x onerror="top.pwned=2">
      <img src="https://tracker.example/p.gif"><a href="javascript:top.pwned=3">link</a><form action="https://evil.example"><input name=p></form>
      <iframe src="https://evil.example"></iframe><svg onload="top.pwned=4"></svg><style>body{display:none}</style>`,
  });
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  const outside = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(baseUrl) && !request.url().startsWith("data:")) outside.push(request.url());
  });
  await go(page, `/desk/tickets/${mail.ticket_id}`);
  const frame = page.frameLocator("iframe").first();
  await frame.getByText("visible text").waitFor();
  await painted(page);
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.deepEqual(outside, []);
  assert.equal(await frame.locator("script, form, iframe, svg, [onerror], [onload]").count(), 0);
  assert.deepEqual(problems, [], "no violation was reported either");
  await context.close();
});

test("text of a ticket is never markup", async () => {
  const text = `<img src=x onerror="window.pwned=1"> ${Date.now()}`;
  const ticket = await createTicket("client", { subject: text, body: text });
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${ticket.id}`);
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.ok(((await page.getByRole("article").first().textContent()) ?? "").includes("<img src=x"));
  assert.deepEqual(problems, []);
  await context.close();
});
