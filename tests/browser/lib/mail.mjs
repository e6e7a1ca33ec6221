// A customer's mail program: sends through the real SMTP server, reads the real IMAP mailbox.
import { ImapFlow } from "imapflow";
import { createTransport } from "nodemailer";
import PostalMime from "postal-mime";
import { eventually } from "./api.mjs";
import { mailServer } from "./env.mjs";

const tls = { ca: mailServer.ca, servername: "localhost" };

/** Sends a mail as `from.address`; returns its Message-ID. */
export async function post(mail) {
  const auth = { user: mail.from.address, pass: mailServer.password };
  const transport = createTransport({ host: "127.0.0.1", port: mailServer.smtps, secure: true, tls, auth });
  try {
    const { messageId } = await transport.sendMail(mail);
    return messageId;
  } finally {
    transport.close();
  }
}

async function reading(user, work) {
  const client = new ImapFlow({ host: "127.0.0.1", port: mailServer.imaps, secure: true, tls, auth: { user, pass: mailServer.password }, logger: false });
  await client.connect();
  try {
    const lock = await client.getMailboxLock("INBOX");
    try {
      return await work(client);
    } finally {
      lock.release();
    }
  } finally {
    await client.logout();
  }
}

/** Mails that were fetched, by mailbox and by their number there: they stay as they are, only their flags change. */
const fetched = new Map();

async function readAll(user) {
  const known = fetched.get(user) ?? new Map();
  fetched.set(user, known);
  return reading(user, async (client) => {
    const present = [];
    if (client.mailbox.exists === 0) return present;
    for await (const { uid, flags } of client.fetch("1:*", { uid: true, flags: true })) present.push({ uid, flags });
    const fresh = present.filter(({ uid }) => !known.has(uid)).map(({ uid }) => uid);
    if (fresh.length > 0) {
      for await (const { uid, source } of client.fetch(fresh.join(","), { uid: true, source: true }, { uid: true })) known.set(uid, await PostalMime.parse(source));
    }
    return present.filter(({ uid }) => known.has(uid)).map(({ uid, flags }) => ({ uid, flags, ...known.get(uid) }));
  });
}

/** Waits for a mail in the mailbox of `user` for which `wanted` holds. */
export function receive(user, what, wanted) {
  let mails = [];
  return eventually(
    () => `${what} to ${user}; there is: ${mails.map((mail) => mail.subject).join(" | ") || "nothing"}`,
    async () => {
      mails = await readAll(user);
      return mails.find(wanted);
    },
  );
}

/** Value of a header, empty when there is none. */
export function header(mail, name) {
  return mail.headers.find(({ key }) => key === name)?.value ?? "";
}

/** Mailbox of everybody who has none of his own on the test's mail server. */
export const OTHERS = "others";
