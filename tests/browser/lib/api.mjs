// What the tests need to happen outside the browser: somebody writes a mail, a customer opens a ticket.
import { randomUUID } from "node:crypto";
import { baseUrl, mailServer, people } from "./env.mjs";

/** The mailbox that every installation with demo data has; tests make and delete others. */
const DEMO_MAILBOX = "support@cloudmanager.test";

const tokens = new Map();

async function signIn(who) {
  const response = await fetch(`${baseUrl}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(people[who] ?? { email: who.email, password: who.password }),
  });
  if (!response.ok) throw new Error(`signing in as ${who.email ?? who}: ${response.status} ${await response.text()}`);
  return (await response.json()).access_token;
}

/** One session for each person, one of the demo's or an account, however many ask for it at once. */
function token(who) {
  if (!tokens.has(who)) tokens.set(who, signIn(who));
  return tokens.get(who);
}

export async function call(who, method, path, body, headers = {}) {
  const response = await fetch(`${baseUrl}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await token(who)}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(method === "POST" ? { "idempotency-key": randomUUID() } : {}),
      ...headers,
    },
    body: typeof body === "string" || body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

export function createTicket(who, fields) {
  return call(who, "POST", "/tickets", fields);
}

/** A mailbox that is read from the test run's IMAP server as `user`. */
export function imapMailbox({ name, address, user }) {
  const imap = { host: "localhost", port: mailServer.imaps, tls: "tls", username: user, password: mailServer.password, folder: "INBOX" };
  return call("admin", "POST", "/mailboxes", { name, address, locale: "fr", enabled: true, auto_ack: true, imap });
}

/** Posts a raw mail, with a text file if one is given, and waits until it has been dealt with. */
export async function sendMail({ from, to = DEMO_MAILBOX, subject, body, headers = [], html, file }) {
  const said = [`Content-Type: text/${html ? "html" : "plain"}; charset=utf-8`, "Content-Transfer-Encoding: 8bit"];
  const content = ["", html ?? body, ""];
  const edge = randomUUID();
  const enclosed = file && [`Content-Type: text/plain; name="${file.name}"`, `Content-Disposition: attachment; filename="${file.name}"`, "", file.text, ""];
  const lines = [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Message-ID: <${randomUUID()}@browser.test>`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    "MIME-Version: 1.0",
    ...(file ? [`Content-Type: multipart/mixed; boundary="${edge}"`] : said),
    ...headers,
    ...(file ? ["", `--${edge}`, ...said, ...content, `--${edge}`, ...enclosed, `--${edge}--`, ""] : content),
  ];
  const { id } = await call("admin", "POST", `/mail/inbound?mailbox=${DEMO_MAILBOX}`, lines.join("\r\n"), {
    "content-type": "message/rfc822",
  });
  return settledMail(id);
}

function settledMail(id) {
  return eventually(`mail ${id} to be processed`, async () => {
    const mail = await call("admin", "GET", `/mails/${id}`);
    return mail.state === "received" ? null : mail;
  });
}

/** What `ask` finds, once it finds something; what is not there within a minute comes no more. */
export async function eventually(what, ask) {
  const until = Date.now() + 60_000;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > until) throw new Error(`waited a minute for ${typeof what === "function" ? what() : what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** One of each, so that no page under test is empty; `client` is whose ticket is made. */
export async function seed(client = "client") {
  const mark = randomUUID().slice(0, 8);
  const mail = await sendMail({
    from: `Amine Cherif <amine.${mark}@example.dz>`,
    subject: `Serveur inaccessible ${mark}`,
    html: '<p style="color:#b00020">Bonjour,</p><p>le serveur <b>srv-alg-03</b> ne répond plus.</p><img src="https://tracker.example/p.gif">',
  });
  const bulk = await sendMail({
    from: `annonces.${mark}@example.dz`,
    subject: `Promotion ${mark}`,
    body: "Offre spéciale",
    headers: ["Auto-Submitted: auto-replied", "List-Id: <annonces.example.dz>"],
  });
  const own = await createTicket(client, { subject: `مشكلة في الخادم ${mark}`, body: "لا أستطيع الدخول إلى لوحة التحكم." });
  await call("agent", "POST", `/tickets/${mail.ticket_id}/messages`, { kind: "note", body: "Disque plein sur kvm-07." });
  const jobs = await call("admin", "GET", "/jobs?limit=1");
  const mailboxes = await call("admin", "GET", "/mailboxes");
  return { mark, mail, bulk, ticketId: mail.ticket_id, own, jobId: jobs.items[0]?.id, mailboxId: mailboxes.items.find((each) => each.address === DEMO_MAILBOX).id };
}
