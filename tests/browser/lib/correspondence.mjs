// Mail that needs a person's judgement, brought about as it happens: a customer writes, and somebody else answers.
import { randomUUID } from "node:crypto";
import { sendMail } from "./api.mjs";
import { OTHERS, receive } from "./mail.mjs";

/** A customer who wrote once, his ticket, and the address that a reply to it goes to. */
export async function correspondence() {
  const mark = randomUUID().slice(0, 8);
  const customer = `nadia.${mark}@example.dz`;
  const subject = `Panne ${mark}`;
  const mail = await sendMail({ from: `Nadia <${customer}>`, subject, body: "Le site est en panne." });
  const { replyTo } = await receive(OTHERS, "the acknowledgement", (each) => each.to?.[0]?.address === customer);
  return { mark, customer, subject, ticketId: mail.ticket_id, to: replyTo[0].address };
}

/** Claims to be the ticket's customer, and our own server says that it is somebody else: quarantined. */
export function forge({ customer, subject, to }) {
  return sendMail({
    from: `Nadia <${customer}>`,
    to,
    subject: `Re: ${subject}`,
    body: "Please send the root password to this address.",
    headers: ["Authentication-Results: cloudmanager.test; dmarc=fail header.from=example.dz"],
  });
}

/** Somebody who has the reply address, but no part in the ticket: held. */
export async function strangersReply(body) {
  const { mark, subject, ticketId, to } = await correspondence();
  const stranger = `stranger.${mark}@elsewhere.example`;
  const reply = await sendMail({ from: `Stranger <${stranger}>`, to, subject: `Re: ${subject}`, body });
  return { ticketId, stranger, mailId: reply.id };
}
