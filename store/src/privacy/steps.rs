//! The statements of each step of an erasure. Each may run again: what is gone is not found any more.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::privacy::erasure::{Identity, Patterns, pseudo_address, pseudonym};
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    audit::chain::Stored,
    sql::{Statement, sql},
    ticket::words,
};

/// Who is erased, and by what he is found.
#[derive(Debug, Clone, Copy)]
pub struct Whom<'a> {
    /// Account.
    pub user: Uuid,
    /// Names and addresses.
    pub identity: &'a Identity,
}

/// What is left of a message that is erased.
const LEFT: &str = "[erased · effacé · محذوف]";

/// Any of the tables of tickets that were made may name him, and any that is being made may have read him: that one begins anew. They go
/// at the beginning, and those that were made meanwhile at the end, when nothing says his name any more.
const TABLES: [&str; 2] = [
    "UPDATE ticket_export_runs SET state = 'queued' WHERE $1::uuid IS NOT NULL AND state = 'running'",
    "WITH gone AS (DELETE FROM ticket_export_parts WHERE $1::uuid IS NOT NULL RETURNING file_id)
     DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM gone)",
];

/// Runs statements that take the account as `$1` and the addresses as `$2`.
async fn run(conn: &mut PgConn, whom: Whom<'_>, statements: &[&'static str]) -> Result<i64, StoreError> {
    let mut rows = 0;
    for text in statements {
        let done = sql(text)
            .bind::<SqlUuid, _>(whom.user)
            .bind::<Array<Text>, _>(whom.identity.addresses.clone())
            .bind::<Text, _>(pseudonym(whom.user))
            .bind::<Text, _>(LEFT)
            .bind::<Text, _>(pseudo_address(whom.user, 0))
            .execute(conn)
            .await?;
        rows += i64::try_from(done).unwrap_or(i64::MAX);
    }
    Ok(rows)
}

/// Sessions, factors, tokens, browsers, links, kept filters, copies of data.
///
/// # Errors
/// When the database is away.
pub async fn access(conn: &mut PgConn, whom: Whom<'_>) -> Result<i64, StoreError> {
    run(
        conn,
        whom,
        &[
            "DELETE FROM idempotency_keys WHERE actor_id = $1 OR actor_id IN (SELECT id FROM api_tokens WHERE user_id = $1)",
            "DELETE FROM login_failures WHERE account = ANY($2) OR right(account, 37) = ':' || $1::text",
            "DELETE FROM sessions WHERE user_id = $1",
            "DELETE FROM known_devices WHERE user_id = $1",
            "DELETE FROM mailed_links WHERE user_id = $1 OR email = ANY($2)",
            "DELETE FROM password_history WHERE user_id = $1",
            "DELETE FROM totp_factors WHERE user_id = $1",
            "DELETE FROM backup_codes WHERE user_id = $1",
            "DELETE FROM auth_challenges WHERE user_id = $1",
            "DELETE FROM passkey_ceremonies WHERE user_id = $1",
            "DELETE FROM passkeys WHERE user_id = $1",
            "DELETE FROM sms_factors WHERE user_id = $1",
            "DELETE FROM sms_codes WHERE user_id = $1",
            "DELETE FROM user_identities WHERE user_id = $1",
            "DELETE FROM oidc_flows WHERE user_id = $1",
            "DELETE FROM api_tokens WHERE user_id = $1",
            "DELETE FROM saved_view_arrangements WHERE user_id = $1",
            "DELETE FROM saved_views WHERE user_id = $1",
            // Others' that look for what he asked name his address as links write it: where it is looked for later, it is one again.
            "UPDATE saved_views SET query = replace(replace(query, '%40', '@'), '%2B', '+') WHERE strpos(query, '%40') > 0 AND EXISTS
                 (SELECT FROM unnest($2) a WHERE strpos(lower(replace(replace(query, '%40', '@'), '%2B', '+')), a) > 0)",
            "DELETE FROM notifications WHERE user_id = $1",
            "DELETE FROM notification_choices WHERE user_id = $1",
            "DELETE FROM notification_settings WHERE user_id = $1",
            "DELETE FROM notification_group_members WHERE user_id = $1",
            "DELETE FROM ticket_reminders WHERE user_id = $1",
            "DELETE FROM calendar_feeds WHERE user_id = $1",
            "DELETE FROM ticket_drafts WHERE user_id = $1",
            "DELETE FROM message_mentions WHERE user_id = $1",
            "DELETE FROM message_views WHERE user_id = $1",
            TABLES[0],
            TABLES[1],
            "DELETE FROM ticket_exports WHERE owner_id = $1",
            "DELETE FROM ticket_export_recipients WHERE user_id = $1",
            "DELETE FROM mailbox_tests WHERE user_id = $1",
            "DELETE FROM suppressions WHERE address = ANY($2)",
            "DELETE FROM spam_rules WHERE EXISTS (SELECT FROM unnest($2) a WHERE strpos(lower(value), a) > 0 OR strpos(lower(note), a) > 0)",
            "DELETE FROM survey_refusals WHERE address = ANY($2)",
            "UPDATE sms_messages SET body = NULL, network = '', phone = '+00000000' WHERE user_id = $1",
            "WITH parts AS (DELETE FROM personal_export_parts WHERE export_id IN (SELECT id FROM personal_exports WHERE user_id = $1)
                            RETURNING file_id)
             DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM parts)",
            "DELETE FROM personal_exports WHERE user_id = $1",
        ],
    )
    .await
}

macro_rules! his_messages {
    ($rest:literal) => {
        concat!(
            "WITH mine AS (SELECT id, customer_id FROM tickets WHERE requester_user_id = $1 OR requester_email = ANY($2)
                           UNION SELECT t.id, t.customer_id FROM ticket_participants p JOIN tickets t ON t.id = p.ticket_id
                               WHERE p.user_id = $1 OR p.email = ANY($2)),
                  his AS (SELECT m.id FROM ticket_messages m JOIN mine t ON t.id = m.ticket_id
                          WHERE NOT m.is_staff AND (m.author_user_id = $1 OR m.author_email = ANY($2))
                              AND NOT EXISTS (SELECT FROM customers c WHERE c.id = t.customer_id AND c.kind = 'corporate')) ",
            $rest
        )
    };
}

/// What he wrote in his own name, with its files and mails. What was written for a company stays the company's.
///
/// # Errors
/// When the database is away.
pub async fn words(conn: &mut PgConn, whom: Whom<'_>) -> Result<i64, StoreError> {
    run(
        conn,
        whom,
        &[
            his_messages!("DELETE FROM attachments WHERE message_id IN (SELECT id FROM his)"),
            his_messages!("DELETE FROM message_picture_sets WHERE message_id IN (SELECT id FROM his)"),
            "DELETE FROM attachments WHERE message_id IS NULL AND uploader_id = $1",
            his_messages!(
                "UPDATE ticket_messages SET body_text = $4, body_html = NULL, quoted_from = NULL
                 WHERE id IN (SELECT id FROM his) AND body_text <> $4"
            ),
            "DELETE FROM attachments WHERE message_id IS NULL AND raw_mail_id IN
                 (SELECT id FROM raw_mails WHERE from_address = ANY($2) AND state <> 'received')",
            "UPDATE raw_mails SET sha256 = '', from_name = NULL, subject = NULL, parsed = NULL, evidence = '[]', threading = NULL, spam = NULL,
                 effects = '[]', reason = NULL, error = NULL, version = version + 1,
                 state = CASE WHEN state IN ('quarantined', 'dead') THEN 'dropped' ELSE state END
             WHERE from_address = ANY($2) AND state <> 'received'",
            "UPDATE outgoing_mails SET recipient_name = '', subject = $4, body_text = '',
                 state = CASE WHEN state = 'queued' THEN 'suppressed' ELSE state END
             WHERE recipient = ANY($2)",
            "DELETE FROM mail_provider_events WHERE outgoing_mail_id IN (SELECT id FROM outgoing_mails WHERE recipient = ANY($2))",
            // What was printed before says what he wrote; it is printed anew by whoever needs it.
            "WITH gone AS (DELETE FROM ticket_prints WHERE requested_by = $1 OR ticket_id IN (SELECT id FROM tickets
                               WHERE requester_user_id = $1 OR requester_email = ANY($2)
                               UNION SELECT ticket_id FROM ticket_participants WHERE user_id = $1 OR email = ANY($2)) RETURNING file_id)
             DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM gone)",
            "UPDATE ticket_surveys SET comment = $4 WHERE comment <> $4
                 AND (email = ANY($2) OR ticket_id IN (SELECT id FROM tickets WHERE requester_user_id = $1 OR requester_email = ANY($2)))",
        ],
    )
    .await
}

fn scrubbed<'a>(text: &'static str, whom: Whom<'_>, patterns: &Patterns) -> Statement<'a> {
    sql(text)
        .bind::<SqlUuid, _>(whom.user)
        .bind::<Array<Text>, _>(whom.identity.addresses.clone())
        .bind::<Array<Text>, _>(patterns.find.clone())
        .bind::<Array<Text>, _>(patterns.put.clone())
        .bind::<Text, _>(pattern(patterns))
}

macro_rules! mine {
    ($rest:literal) => {
        concat!(
            "WITH mine AS (SELECT id FROM tickets WHERE requester_user_id = $1 OR requester_email = ANY($2)
                           UNION SELECT ticket_id FROM ticket_participants WHERE user_id = $1 OR email = ANY($2)) ",
            $rest
        )
    };
}

/// All of them as one pattern. Of none it is one that is never found: an empty one would be found everywhere.
fn pattern(patterns: &Patterns) -> String {
    if patterns.find.is_empty() {
        return "x\\Ax".to_owned();
    }
    patterns.find.join("|")
}

/// His names in what others wrote to him or did for him.
///
/// # Errors
/// When the database is away.
pub async fn names(conn: &mut PgConn, whom: Whom<'_>) -> Result<i64, StoreError> {
    let mut rows = 0;
    let (text, json) = (whom.identity.in_text(whom.user), whom.identity.in_json(whom.user));
    for statement in [
        mine!("UPDATE tickets SET subject = scrub_text(subject, $3, $4), hold_reason = scrub_text(hold_reason, $3, $4)
               WHERE id IN (SELECT id FROM mine) AND (subject ~* $5 OR hold_reason ~* $5)"),
        mine!("UPDATE ticket_messages SET body_text = scrub_text(body_text, $3, $4), body_html = scrub_text(body_html, $3, $4),
                   quoted_from = NULL
               WHERE ticket_id IN (SELECT id FROM mine) AND (body_text ~* $5 OR body_html ~* $5)"),
        mine!("UPDATE ticket_drafts SET body = scrub_text(body, $3, $4), version = nextval('ticket_draft_versions')
               WHERE ticket_id IN (SELECT id FROM mine) AND body ~* $5"),
        mine!("UPDATE outgoing_mails SET subject = scrub_text(subject, $3, $4), body_text = scrub_text(body_text, $3, $4)
               WHERE ticket_id IN (SELECT id FROM mine) AND (subject ~* $5 OR body_text ~* $5)"),
        mine!("UPDATE raw_mails SET subject = scrub_text(subject, $3, $4), sha256 = ''
               WHERE ticket_id IN (SELECT id FROM mine) AND state <> 'received' AND (subject ~* $5 OR parsed::text ~* $5)"),
        "UPDATE customer_notes SET body = scrub_text(body, $3, $4) WHERE body ~* $5
             AND customer_id IN (SELECT customer_id FROM customer_members WHERE user_id = $1)",
        "UPDATE kyc_events SET reason = scrub_text(reason, $3, $4) WHERE reason ~* $5 AND case_id IN
             (SELECT k.id FROM kyc_cases k JOIN customer_members m ON m.customer_id = k.customer_id WHERE m.user_id = $1)",
        "UPDATE kyc_cases SET reason = scrub_text(reason, $3, $4) WHERE reason ~* $5
             AND customer_id IN (SELECT customer_id FROM customer_members WHERE user_id = $1)",
        "UPDATE customer_status_changes SET reason = scrub_text(reason, $3, $4) WHERE reason ~* $5
             AND customer_id IN (SELECT customer_id FROM customer_members WHERE user_id = $1)",
    ] {
        rows += scrubbed(statement, whom, &text).execute(conn).await?;
    }
    for statement in [
        mine!("UPDATE ticket_events SET data = scrub_text(data::text, $3, $4)::jsonb
               WHERE ticket_id IN (SELECT id FROM mine) AND data::text ~* $5"),
        mine!("UPDATE ticket_drafts SET canned = scrub_text(canned::text, $3, $4)::jsonb, version = nextval('ticket_draft_versions')
               WHERE ticket_id IN (SELECT id FROM mine) AND canned::text ~* $5"),
        mine!("UPDATE automation_runs SET finding = scrub_text(finding::text, $3, $4)::jsonb
               WHERE ticket_id IN (SELECT id FROM mine) AND finding::text ~* $5"),
        mine!("UPDATE raw_mails SET parsed = scrub_text(parsed::text, $3, $4)::jsonb, evidence = scrub_text(evidence::text, $3, $4)::jsonb,
                   threading = scrub_text(threading::text, $3, $4)::jsonb, effects = scrub_text(effects::text, $3, $4)::jsonb,
                   spam = scrub_text(spam::text, $3, $4)::jsonb
               WHERE ticket_id IN (SELECT id FROM mine) AND state <> 'received'
                   AND (parsed::text ~* $5 OR evidence::text ~* $5 OR threading::text ~* $5 OR effects::text ~* $5 OR spam::text ~* $5)"),
        "UPDATE webhook_deliveries SET body = scrub_text(body, $3, $4) WHERE body ~* $5",
        "UPDATE security_alerts SET data = scrub_text(data::text, $3, $4)::jsonb WHERE data::text ~* $5",
    ] {
        rows += scrubbed(statement, whom, &json).execute(conn).await?;
    }
    let rest = run(
        conn,
        whom,
        &[
            // Two of his addresses in one ticket are one of him.
            "DELETE FROM ticket_participants p USING ticket_participants o WHERE o.ticket_id = p.ticket_id AND o.email < p.email
                 AND (p.user_id = $1 OR p.email = ANY($2)) AND (o.user_id = $1 OR o.email = ANY($2))",
            "UPDATE ticket_participants SET name = $3 WHERE (user_id = $1 OR email = ANY($2)) AND name <> $3",
            "UPDATE tickets SET requester_name = $3 WHERE (requester_user_id = $1 OR requester_email = ANY($2)) AND requester_name <> $3",
            "UPDATE ticket_messages SET author_name = $3 WHERE (author_user_id = $1 OR author_email = ANY($2)) AND author_name <> $3",
            "UPDATE ticket_events SET actor_name = $3 WHERE actor_id = $1 AND actor_name <> $3",
            // Whoever answers by a mailed link is signed in with no account.
            "UPDATE ticket_events SET actor_name = $3 WHERE kind = 'rated' AND actor_id IS NULL AND actor_name <> $3
                 AND ticket_id IN (SELECT id FROM tickets WHERE requester_user_id = $1 OR requester_email = ANY($2))",
            "UPDATE customer_status_changes SET actor_name = $3 WHERE actor_id = $1 AND actor_name <> $3",
            "UPDATE kyc_events SET actor_name = $3 WHERE actor_id = $1 AND actor_name <> $3",
            "UPDATE raw_mails SET from_name = NULL WHERE from_address = ANY($2) AND from_name IS NOT NULL",
            "DELETE FROM message_ids WHERE message_id ILIKE ANY (SELECT '%' || replace(replace(a, '_', '\\_'), '%', '\\%') || '%' FROM unnest($2) a)",
        ],
    )
    .await?;
    Ok(rest + i64::try_from(rows).unwrap_or(i64::MAX))
}

macro_rules! own {
    ($rest:literal) => {
        concat!(
            "WITH own AS (SELECT c.id, EXISTS (SELECT FROM customer_documents d WHERE d.customer_id = c.id AND d.deleted_at IS NULL
                              AND d.category IN ('fiscal', 'contract')) AS fiscal
                          FROM customers c JOIN customer_members m ON m.customer_id = c.id AND m.user_id = $1 AND m.role = 'owner'
                          WHERE c.kind = 'individual'
                              AND NOT EXISTS (SELECT FROM customer_members o WHERE o.customer_id = c.id AND o.user_id <> $1)) ",
            $rest
        )
    };
}

/// For whom he acted, and customers that were himself: of those fiscal documents and contracts stay with the name on them, and papers
/// on which a decision rested, until their time is over.
///
/// # Errors
/// When the database is away.
pub async fn customers(conn: &mut PgConn, whom: Whom<'_>) -> Result<i64, StoreError> {
    run(
        conn,
        whom,
        &[
            own!(
                "DELETE FROM customer_addresses WHERE customer_id IN (SELECT id FROM own WHERE NOT fiscal)"
            ),
            own!("DELETE FROM customer_contacts WHERE customer_id IN (SELECT id FROM own)"),
            own!("DELETE FROM customer_notes WHERE customer_id IN (SELECT id FROM own)"),
            own!("DELETE FROM customer_import_rows WHERE customer_id IN (SELECT id FROM own)"),
            own!(
                ", gone AS (DELETE FROM customer_documents WHERE customer_id IN (SELECT id FROM own)
                     AND (category NOT IN ('fiscal', 'contract') OR deleted_at IS NOT NULL) RETURNING file_id)
                 DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM gone)"
            ),
            own!(
                ", papers AS (SELECT d.id, d.file_id FROM kyc_documents d JOIN kyc_cases k ON k.id = d.case_id
                              JOIN own ON own.id = k.customer_id
                              WHERE d.file_id IS NOT NULL AND (k.documents_digest IS NULL OR d.deleted_at IS NOT NULL)),
                  closed AS (UPDATE kyc_documents SET file_id = NULL, name = '', deleted_at = coalesce(deleted_at, now())
                             WHERE id IN (SELECT id FROM papers))
                 DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM papers)"
            ),
            own!(
                "UPDATE kyc_documents SET name = kind WHERE name <> kind AND file_id IS NOT NULL
                     AND case_id IN (SELECT k.id FROM kyc_cases k JOIN own ON own.id = k.customer_id)"
            ),
            own!(
                "UPDATE customers c SET email = $5, phone = NULL, website = NULL, rib = NULL, tags = '{}', external_id = NULL,
                     nin_sealed = NULL, nin_last4 = NULL, deleted_at = coalesce(c.deleted_at, now()), version = c.version + 1,
                     name = CASE WHEN own.fiscal THEN c.name ELSE $3 END,
                     first_name = CASE WHEN own.fiscal THEN c.first_name END, last_name = CASE WHEN own.fiscal THEN c.last_name END,
                     company_name = CASE WHEN own.fiscal THEN c.company_name END, nif = CASE WHEN own.fiscal THEN c.nif END,
                     nis = CASE WHEN own.fiscal THEN c.nis END, rc = CASE WHEN own.fiscal THEN c.rc END,
                     ai = CASE WHEN own.fiscal THEN c.ai END
                 FROM own WHERE c.id = own.id"
            ),
            "UPDATE customer_contacts SET name = $3, email = NULL, phone = NULL, position = NULL WHERE email = ANY($2)",
            "DELETE FROM customer_invitations WHERE email = ANY($2)",
            own!("UPDATE customer_projects p SET name = p.id::text, description = '' FROM own WHERE own.id = p.customer_id"),
            "DELETE FROM customer_project_members WHERE user_id = $1",
            "DELETE FROM customer_members WHERE user_id = $1",
        ],
    )
    .await
}

/// Jobs and live events about him. Those that run right now are for another round: false.
///
/// # Errors
/// When the database is away.
pub async fn work(conn: &mut PgConn, whom: Whom<'_>, present: Uuid) -> Result<(i64, bool), StoreError> {
    let json = whom.identity.in_json(whom.user);
    let unique = pattern(&whom.identity.unique(whom.user));
    let mut rows = 0;
    for statement in [
        // Of those that wait only what is his: somebody else may be called so.
        "DELETE FROM jobs WHERE state = 'queued' AND (subject_type = 'user' AND subject_id = $1 OR payload::text ~* $3)",
        "DELETE FROM jobs WHERE state IN ('succeeded', 'dead', 'cancelled')
             AND (subject_type = 'user' AND subject_id = $1 OR payload::text ~* $2 OR errors::text ~* $2 OR result::text ~* $2)",
        "DELETE FROM events WHERE user_id = $1 OR data::text ~* $2",
    ] {
        rows += sql(statement)
            .bind::<SqlUuid, _>(whom.user)
            .bind::<Text, _>(pattern(&json))
            .bind::<Text, _>(unique.clone())
            .execute(conn)
            .await?;
    }
    let busy: Vec<Busy> = sql(
        "SELECT id FROM jobs WHERE state = 'running' AND subject_id IS DISTINCT FROM $3
             AND (subject_type = 'user' AND subject_id = $1 OR payload::text ~* $2) LIMIT 1",
    )
    .bind::<SqlUuid, _>(whom.user)
    .bind::<Text, _>(unique)
    .bind::<SqlUuid, _>(present)
    .load(conn)
    .await?;
    Ok((i64::try_from(rows).unwrap_or(i64::MAX), busy.is_empty()))
}

#[derive(QueryableByName)]
struct Busy {
    #[diesel(sql_type = SqlUuid)]
    #[expect(dead_code, reason = "that there is one is all that counts")]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Rows {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// His addresses wherever they are: in every column of text or JSON of every table. What the search knows of his tickets it forgets,
/// and reads them again as they are then.
///
/// # Errors
/// When the database is away.
pub async fn addresses(conn: &mut PgConn, whom: Whom<'_>) -> Result<i64, StoreError> {
    let unique = whom.identity.unique(whom.user);
    let (names, known, find) = (&whom.identity.names, &whom.identity.addresses, pattern(&unique));
    words::forget(conn, whom.user, names, known, &find).await?;
    if unique.find.is_empty() {
        return Ok(0);
    }
    // A tag may be an address. The tickets' tags become others below, and those are registered then.
    sql("DELETE FROM tags WHERE name ~* $1")
        .bind::<Text, _>(find)
        .execute(conn)
        .await?;
    let found: Rows = sql("SELECT scrub_everywhere($1, $2) AS rows")
        .bind::<Array<Text>, _>(unique.find)
        .bind::<Array<Text>, _>(unique.put)
        .get_result(conn)
        .await?;
    Ok(found.rows)
}

/// A line of the audit trail, and what its fields become.
#[derive(Debug, QueryableByName)]
pub struct Redacted {
    /// As it is.
    #[diesel(embed)]
    pub line: Stored,
    /// Its fields without the person.
    #[diesel(sql_type = Jsonb)]
    pub scrubbed: serde_json::Value,
    /// He did it: where from goes as well.
    #[diesel(sql_type = Bool)]
    pub his: bool,
}

/// Lines after this one that tell of the person.
///
/// # Errors
/// When the database is away.
pub async fn lines(conn: &mut PgConn, whom: Whom<'_>, after: i64, limit: i64) -> Result<Vec<Redacted>, StoreError> {
    let json = whom.identity.in_json(whom.user);
    Ok(sql(
        "SELECT l.id, l.uid, l.at, l.actor_id, l.actor_kind, l.action, l.subject_type, l.subject_id, l.data, l.ip, l.user_agent,
             l.request_id, l.session_id, l.mark, l.redaction, scrub_text(l.data::text, $2, $3)::jsonb AS scrubbed,
             l.actor_id IS NOT DISTINCT FROM $1 AS his
         FROM audit_log l WHERE l.id > $5
             AND (l.actor_id = $1 AND (l.ip IS NOT NULL OR l.user_agent IS NOT NULL) OR l.data::text ~* $7
                 -- Somebody else may be called so: names go from lines that are about him.
                 OR l.data::text ~* $4 AND (l.actor_id = $1 OR l.subject_id = $1
                     OR l.subject_id IN (SELECT customer_id FROM customer_members WHERE user_id = $1)
                     OR l.subject_id IN (SELECT id FROM tickets WHERE requester_user_id = $1 OR requester_email = ANY($8))))
         ORDER BY l.id LIMIT $6",
    )
    .bind::<SqlUuid, _>(whom.user)
    .bind::<Array<Text>, _>(json.find.clone())
    .bind::<Array<Text>, _>(json.put.clone())
    .bind::<Text, _>(pattern(&json))
    .bind::<BigInt, _>(after)
    .bind::<BigInt, _>(limit)
    .bind::<Text, _>(pattern(&whom.identity.unique(whom.user)))
    .bind::<Array<Text>, _>(whom.identity.addresses.clone())
    .load(conn)
    .await?)
}

/// Takes the person out of lines. Their marks stay in the chain; the redactions vouch for what they say now.
///
/// # Errors
/// When the database refuses.
pub async fn redact(conn: &mut PgConn, lines: &[Stored]) -> Result<(), StoreError> {
    sql("UPDATE audit_log l SET data = x.data, ip = x.ip, user_agent = x.user_agent, mark = x.mark, redaction = x.redaction
         FROM unnest($1, $2, $3, $4, $5, $6) AS x(id, data, ip, user_agent, mark, redaction) WHERE l.id = x.id")
    .bind::<Array<BigInt>, _>(lines.iter().map(|line| line.id).collect::<Vec<_>>())
    .bind::<Array<Jsonb>, _>(lines.iter().map(|line| line.data.clone()).collect::<Vec<_>>())
    .bind::<Array<Nullable<Text>>, _>(lines.iter().map(|line| line.ip.clone()).collect::<Vec<_>>())
    .bind::<Array<Nullable<Text>>, _>(lines.iter().map(|line| line.user_agent.clone()).collect::<Vec<_>>())
    .bind::<Array<Nullable<Binary>>, _>(lines.iter().map(|line| line.mark.clone()).collect::<Vec<_>>())
    .bind::<Array<Nullable<Binary>>, _>(lines.iter().map(|line| line.redaction.clone()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// The account is nobody's any more; its address is free. Tables that were made since the beginning go with it.
///
/// # Errors
/// When the database is away.
pub async fn account(conn: &mut PgConn, whom: Whom<'_>, now: DateTime<Utc>) -> Result<i64, StoreError> {
    let files = run(conn, whom, &TABLES).await?;
    let n = sql(
        "UPDATE users SET email = $2, name = $3, phone = NULL, password_hash = NULL, status = 'deactivated', email_verified_at = NULL,
             last_login_at = NULL, password_changed_at = NULL, session_version = session_version + 1, updated_at = $4,
             deleted_at = coalesce(deleted_at, $4), version = version + 1
         WHERE id = $1",
    )
    .bind::<SqlUuid, _>(whom.user)
    .bind::<Text, _>(pseudo_address(whom.user, 0))
    .bind::<Text, _>(pseudonym(whom.user))
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(files + i64::try_from(n).unwrap_or(i64::MAX))
}

/// From now on nobody signs in with the account.
///
/// # Errors
/// When the database is away.
pub async fn close(conn: &mut PgConn, user: Uuid, by: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE users SET status = 'deactivated', password_hash = NULL, session_version = session_version + 1, updated_at = $2,
             updated_by = $3, version = version + 1 WHERE id = $1")
        .bind::<SqlUuid, _>(user)
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(by)
        .execute(conn)
        .await?;
    Ok(())
}
