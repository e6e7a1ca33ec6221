// HTML of strangers: pictures on their servers are fetched by ours, once, when a reader asks for them, and links that lead elsewhere say so.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { sendMail } from "./lib/api.mjs";
import { violations } from "./lib/axe.mjs";
import { go, PHONE, shot, shutDown, signedIn, waitFor } from "./lib/browser.mjs";
import { picture } from "./lib/customers.mjs";

const asked = [];
let gallery = null;
let base = null;

before(async () => {
  gallery = createServer((request, response) => {
    asked.push({ path: request.url, headers: request.headers });
    if (request.url.startsWith("/logo.png")) response.writeHead(200, { "content-type": "image/png", "set-cookie": "seen=1" }).end(picture(120, 60));
    else if (request.url.startsWith("/drawing.png")) response.writeHead(200, { "content-type": "image/png" }).end("<svg xmlns='http://www.w3.org/2000/svg'/>");
    else response.writeHead(404).end();
  });
  await new Promise((ready) => gallery.listen(0, "127.0.0.1", ready));
  base = `http://127.0.0.1:${gallery.address().port}`;
});

after(async () => {
  await shutDown();
  gallery?.close();
});

/** A mail with a picture, one that is none, a pixel and a link that lies; `mark` is in every address. */
async function hostileMail(from) {
  const mark = randomUUID().slice(0, 8);
  const mail = await sendMail({
    from,
    subject: `Pictures ${mark}`,
    html: `<p>Hello ${mark}</p><img src="${base}/logo.png?${mark}" alt="Our logo"><img src="${base}/drawing.png?${mark}" alt="A drawing"><img src="${base}/pixel.gif?${mark}" width="1" height="1"><p><a href="https://evil.example/login">https://bank.dz/login</a></p>`,
  });
  return { mark, mail, of: () => asked.filter(({ path }) => path.endsWith(mark)) };
}

/** Whether the frame of the mail shows its picture. */
const drawn = (page) =>
  waitFor(page, () => [...document.querySelectorAll("iframe")].some((frame) => [...(frame.contentDocument?.images ?? [])].some(({ naturalWidth }) => naturalWidth === 120)));

test("pictures of a mail stay away until an agent asks for them, and are fetched once for all", { timeout: 300_000 }, async () => {
  const { mark, mail, of } = await hostileMail(`Lina <lina.${randomUUID().slice(0, 8)}@example.dz>`);
  const { page, context, problems } = await signedIn("agent", { locale: "en" });
  await go(page, `/desk/tickets/${mail.ticket_id}`);
  const message = page.getByRole("article").filter({ has: page.locator("iframe") });
  const inside = message.frameLocator("iframe");
  await inside.getByText(`Hello ${mark}`).waitFor();
  await message.getByText("1 link leads elsewhere than its text says.").waitFor();
  await message.getByText("2 remote images were not loaded").waitFor();
  await message.getByText("1 tracking picture was left out.").waitFor();
  const warning = await page.evaluate(() => {
    const { contentDocument, contentWindow } = document.querySelector("article iframe");
    return contentWindow.getComputedStyle(contentDocument.querySelector("a[data-link-mismatch]"), "::after").content;
  });
  assert.match(warning, /leads to/);
  assert.deepEqual(of(), [], "no request before the press");
  assert.deepEqual(await violations(page), []);
  await shot(page, "pictures-blocked-en");

  await message.getByRole("button", { name: "Show pictures" }).focus();
  await page.keyboard.press("Enter");
  await message.getByText("The pictures were fetched once by our server").waitFor();
  await drawn(page);
  await inside.getByText("A drawing – picture refused: it is no PNG, JPEG, GIF or WebP").waitFor();
  assert.deepEqual(of().map(({ path }) => path.split("?")[0]).sort(), ["/drawing.png", "/logo.png"], "each once, and no pixel");
  for (const { headers } of of()) {
    assert.equal(headers["user-agent"], "Mozilla/5.0");
    for (const name of ["cookie", "referer", "origin", "accept-language"]) assert.equal(headers[name], undefined, name);
  }
  assert.deepEqual(await violations(page), []);
  await shot(page, "pictures-shown-en");
  await context.close();

  // Another reader sees them at once, and nobody's server hears of it.
  const other = await signedIn("admin", { locale: "ar", viewport: PHONE });
  await go(other.page, `/desk/tickets/${mail.ticket_id}`);
  await drawn(other.page);
  assert.equal(of().length, 2);
  assert.deepEqual(await violations(other.page), []);
  await shot(other.page, "pictures-shown-ar-phone");
  assert.deepEqual(other.problems, []);
  await other.context.close();
  assert.deepEqual(problems, []);
});
