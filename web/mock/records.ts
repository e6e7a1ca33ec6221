import type { Job, Mailbox, MailJourney, MailState, MailSummary, Queue, Schedule, Suppression } from "../src/api/types";
import { ago, uuid } from "./store.ts";

const MAIL_STATES: MailState[] = ["quarantined", "processed", "dead", "processed", "duplicate", "processed", "bounce", "dropped", "received"];

export const mails: MailSummary[] = MAIL_STATES.map((state, index) => ({
  id: uuid(7000 + index),
  mailbox: "support@cloudmanager.test",
  state,
  class: state === "bounce" ? "dsn_failed" : index === 7 ? "bulk" : "human",
  from: `client${index}@example.dz`,
  subject: index % 3 === 2 ? "رد: مشكلة في الخادم" : "Re: [#100034-k7q2] Serveur inaccessible depuis ce matin",
  received_at: ago(index * 33 + 2),
  ticket: state === "processed" ? { id: uuid(1000), number: 100_034 } : null,
  reason: state === "quarantined" ? "forged_participant" : null,
}));

export function mailJourney(id: string): MailJourney {
  const mail = mails.find((each) => each.id === id) ?? mails[0]!;
  return {
    id: mail.id,
    mailbox: mail.mailbox,
    state: mail.state,
    class: mail.class,
    evidence: [
      { header: "Auto-Submitted", value: "auto-replied", meaning: "sent_by_machine" },
      { header: "List-Id", value: "<annonces.example.dz>", meaning: "mailing_list" },
    ],
    from: mail.from,
    to: [{ name: "", address: mail.mailbox }],
    cc: [{ name: "Comptabilité", address: "comptabilite@example.dz" }],
    reply_to: [],
    reply_to_differs: false,
    warnings: [],
    subject: mail.subject,
    text: "Bonjour,\nle serveur ne répond plus.",
    html: '<p style="color:#b00020">Bonjour,</p><p>le serveur <b>ne répond plus</b>.</p>',
    attachments: [{ name: "capture.png", content_type: "image/png", size: 184_320, inline: false, id: uuid(9001), state: "clean", sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" }],
    threading: {
      decision: { decision: mail.state === "quarantined" ? "quarantine" : "append" },
      reasons: [
        { step: "authentication", evidence: { code: "dmarc_failed" }, outcome: { code: "sender_not_believed" } },
        { step: "message_id", evidence: { code: "signed_token", params: { ticket: "100034", place: "in_reply_to" } }, outcome: { code: "judged", params: { sender: "participant", verdict: "quarantine" } } },
        { step: "outcome", evidence: { code: "class", params: { class: "human" } }, outcome: { code: "quarantined" } },
      ],
    },
    spam: {
      verdict: "pass",
      points: 7,
      threshold: 10,
      rule_id: null,
      reasons: [
        { code: "dmarc_failed", points: 5 },
        { code: "misleading_links", points: 2 },
      ],
    },
    ticket_id: mail.ticket?.id ?? null,
    message_id: null,
    effects: [{ code: "participant_added", params: { address: "comptabilite@example.dz" }, at: ago(4) }],
    attempts: mail.state === "dead" ? 5 : 1,
    error: mail.state === "dead" ? "parse budget of 2 s exceeded at part 1.2.4" : null,
    received_at: mail.received_at,
    raw_kept: true,
    size: 21_480,
    allowed_actions: ["quarantined", "dead"].includes(mail.state) ? ["release", "reprocess", "drop"] : [],
  };
}

const QUEUES: Queue["name"][] = ["provisioning", "mail_in", "mail_out", "pdf", "sla", "notifications", "webhooks", "exports", "sync", "maintenance", "files"];

export const queues: Queue[] = QUEUES.map((name, index) => ({
  name,
  state: index === 6 ? "paused" : "running",
  queued: index === 6 ? 1840 : index * 3,
  scheduled: index,
  running: index % 3,
  dead: index === 2 ? 7 : 0,
  oldest_age_seconds: index === 6 ? 940 : index === 0 ? null : 0.8,
  rate_per_second: index * 12.4,
  latency_p50_ms: index === 0 ? null : 1.4 + index,
  latency_p99_ms: index === 0 ? null : 6.2 + index * 4,
  failure_rate: index === 2 ? 0.083 : 0,
  workers: index === 0 ? [] : [{ id: `w-${index}-7f3a`, host: "alg-app-01", pid: 4100 + index, concurrency: 16, running: index % 3, last_seen_at: ago(0) }],
}));

export const jobs: Job[] = (["running", "dead", "queued", "succeeded", "cancelled"] as const).map((state, index) => ({
  id: uuid(8000 + index),
  kind: ["process_mail", "send_mail", "watch_mailbox", "clean_up", "send_mail"][index]!,
  queue: (["mail_in", "mail_out", "mail_in", "maintenance", "mail_out"] as const)[index]!,
  state,
  priority: 1,
  attempt: index + 1,
  failures: state === "dead" ? 10 : 0,
  max_attempts: 10,
  run_at: ago(index * 9),
  created_at: ago(index * 9 + 1),
  started_at: state === "queued" ? null : ago(index * 9),
  finished_at: state === "succeeded" || state === "dead" ? ago(index * 8) : null,
  progress: state === "running" ? 62 : null,
  step: state === "running" ? "attachments" : null,
  subject: { type: "mail", id: uuid(7000) },
  last_error: state === "dead" ? "smtp: 421 4.7.0 try again later" : null,
  payload: { mail_id: uuid(7000), reason: "arrived" },
  errors: state === "dead" ? [1, 2, 3].map((attempt) => ({ at: ago(60 - attempt * 10), attempt, error: "smtp: 421 4.7.0 try again later" })) : [],
  result: null,
}));

export const schedules: Schedule[] = ["watch_mailboxes", "sweep_mail", "clean_up"].map((key, index) => ({
  key,
  every_seconds: [60, 300, 86_400][index]!,
  last_run_at: index === 2 ? null : ago(index + 1),
  next_run_at: new Date(Date.now() + 3_600_000).toISOString(),
  last_job_id: index === 2 ? null : uuid(8003),
}));

export const mailboxes: Mailbox[] = [
  { id: uuid(60), name: "Support", address: "support@cloudmanager.test", kind: "imap", locale: "fr", category_id: null, group_id: uuid(50), enabled: true, auto_ack: true, authserv_id: "mx.cloudmanager.test", spam_filter: "none", spam_threshold: 10, imap: { host: "imap.cloudmanager.test", port: 993, tls: "tls", username: "support", folder: "INBOX" }, has_webhook_secret: false, last_polled_at: ago(1), last_error: null, version: 1 },
  { id: uuid(61), name: "Facturation", address: "facturation@cloudmanager.test", kind: "webhook", locale: "fr", category_id: null, group_id: uuid(50), enabled: false, auto_ack: false, authserv_id: null, spam_filter: "none", spam_threshold: 10, imap: null, has_webhook_secret: true, last_polled_at: null, last_error: "signature mismatch", version: 1 },
];

export const suppressions: Suppression[] = [{ address: "ancien.client@example.dz", reason: "bounce", created_at: ago(3000), until: null }];
