// What no test can bring about through the product in reasonable time: a customer with an account, a job that fails for good,
// a session that is ended from elsewhere.
import { execFileSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { databaseUrl, people } from "./env.mjs";

/** Runs one statement; `:'name'` in it stands for `values.name`. */
function sql(statement, values = {}) {
  const set = Object.entries(values).flatMap(([name, value]) => ["-v", `${name}=${value}`]);
  return execFileSync("psql", ["-XqtA", "-v", "ON_ERROR_STOP=1", ...set, databaseUrl], { input: statement, encoding: "utf8" }).trim();
}

/** Ids of the product grow with time; lists are ordered by them. */
function newId() {
  const time = Date.now().toString(16).padStart(12, "0");
  const rest = randomBytes(8).toString("hex");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(4)}`;
}

/** An account like that of the demo's person `like`, with the same password. */
export function account(like, name, email = `${randomUUID().slice(0, 8)}@client.test`) {
  sql(
    `INSERT INTO users (id, email, name, password_hash, role_id)
     SELECT :'id', :'email', :'name', password_hash, role_id FROM users WHERE email = :'like'`,
    { id: newId(), email, name, like: people[like].email },
  );
  return { email, name, password: people[like].password };
}

/** Ends all sessions of a person, as a change of the password does. */
export function endSessions(email) {
  sql("UPDATE users SET session_version = session_version + 1 WHERE email = :'email'", { email });
}

/** As if far more mail than usual had come to a mailbox some time ago: its automatic mail is paused, and stays so. */
export function flood(mailbox) {
  for (const [ago, count] of [["40 hours", 1], ["50 minutes", 60]]) {
    sql(
      `INSERT INTO raw_mails (id, mailbox_id, sha256, size, received_at, state)
       SELECT gen_random_uuid(), :'mailbox', '\\x00', 1, now() - :'ago'::interval, 'processed' FROM generate_series(1, :'count'::int)`,
      { mailbox, ago, count },
    );
  }
  sql("UPDATE mailboxes SET automation_paused_at = now(), hourly_normal = 0 WHERE id = :'mailbox'", { mailbox });
}

/** A job that does nothing, in a queue that nobody else uses. Returns its id. */
export function quickJob(queue) {
  const id = newId();
  sql("INSERT INTO jobs (id, kind, queue, payload, max_attempts) VALUES (:'id', 'noop', :'queue', '{}', 3)", { id, queue });
  return id;
}

/** A job whose arguments nobody can read: it is dead after its first attempt. Returns its id. */
export function hopelessJob() {
  const id = newId();
  sql(
    `INSERT INTO jobs (id, kind, queue, payload, max_attempts) VALUES (:'id', 'process_mail', 'mail_in', '{"mail_id": "none"}', 5)`,
    { id },
  );
  return id;
}

/** Makes the proofs of who a person is older than what is dangerous accepts. */
export function ageProofs(email) {
  sql("UPDATE sessions SET factor_at = now() - interval '1 hour' WHERE user_id = (SELECT id FROM users WHERE email = :'email')", { email });
}

/** Makes a wait for a customer older by some days, and has it looked at now instead of within the minute. */
export function ageWait(ticket, days) {
  sql("UPDATE tickets SET waiting_since = waiting_since - make_interval(days => :'days'::int), waiting_look_at = now() WHERE id = :'ticket'", { ticket, days });
  sql("INSERT INTO jobs (id, kind, queue, payload, max_attempts) VALUES (:'id', 'tend_waiting', 'notifications', '{}', 3)", { id: newId() });
}

/** Brings the end of what verifies a customer's identity near, as the years would. */
export function endApproval(customer, days) {
  sql("UPDATE kyc_cases SET expires_at = now() + make_interval(days => :'days'::int) WHERE customer_id = :'customer' AND state = 'approved'", { customer, days });
}

/** Gives a person another role. */
export function giveRole(email, role) {
  sql("UPDATE users SET role_id = (SELECT id FROM roles WHERE key = :'role') WHERE email = :'email'", { email, role });
}

/** An alert about an account whose password somebody guesses, as fifteen wrong ones raise it. */
export function guessingAlert(email) {
  sql(
    `INSERT INTO security_alerts (id, at, kind, severity, user_id, ip, data)
     SELECT :'id', now(), 'password_guessing', 'warning', id, '203.0.113.9', jsonb_build_object('email', email, 'failures', 15) FROM users WHERE email = :'email'`,
    { id: newId(), email },
  );
}

/** Makes the texts to a number older than the pause before the next one. */
export function ageTexts(phone) {
  sql("UPDATE sms_messages SET created_at = created_at - interval '61 seconds' WHERE phone = :'phone'", { phone });
}

/** As if a chain of service levels had escalated a ticket and told whoever has this address. */
export function escalate(ticket, told) {
  sql(
    `WITH made AS (INSERT INTO ticket_escalations (id, key, ticket_id, level, clock, at, told)
       VALUES (:'id', 'test:' || :'id', :'ticket', 2, 'resolution', now(), ARRAY(SELECT u.id FROM users u WHERE u.email = :'told')) RETURNING ticket_id)
     UPDATE tickets SET escalated = true WHERE id IN (SELECT ticket_id FROM made)`,
    { id: newId(), ticket, told },
  );
}
