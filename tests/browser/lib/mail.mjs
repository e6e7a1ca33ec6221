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

async function readAll(user) {
  return reading(user, async (client) => {
    const mails = [];
    if (client.mailbox.exists === 0) return mails;
    for await (const { uid, flags, source } of client.fetch("1:*", { uid: true, flags: true, source: true })) {
      mails.push({ uid, flags, ...(await PostalMime.parse(source)) });
    }
    return mails;
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
