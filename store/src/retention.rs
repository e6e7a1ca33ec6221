//! Deleting what is past its time, and the report of it.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Jsonb, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::privacy::Timer;
use uuid::Uuid;

use crate::{
    PgConn, StoreError, attachment, customer_import, event, mailbox_test, privacy, sms,
    sql::sql,
    ticket::{print, scheduled},
};

/// Imports of one statement, each with its rows.
const IMPORTS: i64 = 20;
/// Copies of personal data, and runs of scheduled exports, of one statement, each with its parts.
const EXPORTS: i64 = 20;

/// A run of the timers.
#[derive(Debug, Clone, QueryableByName)]
pub struct Run {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// When it ended.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// Rows deleted, by timer; those without any are not named.
    #[diesel(sql_type = Jsonb)]
    pub deleted: serde_json::Value,
}

/// Deletes what this timer let go before `before`, in pieces of about `limit` rows. Returns how many rows went.
///
/// # Errors
/// When the database is away; what went before stays gone.
pub async fn prune(conn: &mut PgConn, timer: Timer, before: DateTime<Utc>, limit: i64) -> Result<usize, StoreError> {
    let mut deleted = 0;
    for text in statements(timer) {
        loop {
            let rows = match timer {
                Timer::Events => event::prune(conn, before, limit).await?,
                Timer::LooseUploads => attachment::prune_loose(conn, before, limit).await?,
                Timer::MailboxTests => mailbox_test::prune(conn, before, limit).await?,
                Timer::TicketPrints => print::prune(conn, before, limit).await?,
                Timer::TicketExports => scheduled::prune(conn, before, limit.min(EXPORTS)).await?,
                Timer::Imports => customer_import::prune(conn, before, limit.min(IMPORTS)).await?,
                Timer::Texts => sms::message::prune(conn, before, limit).await?,
                Timer::PersonalExports => privacy::export::expire(conn, before, limit.min(EXPORTS)).await?,
                _ => {
                    sql(text)
                        .bind::<Timestamptz, _>(before)
                        .bind::<BigInt, _>(limit)
                        .execute(conn)
                        .await?
                }
            };
            deleted += rows;
            if rows == 0 {
                break;
            }
        }
    }
    Ok(deleted)
}

/// What deletes; one empty text where the entity's own module knows how.
const fn statements(timer: Timer) -> &'static [&'static str] {
    match timer {
        Timer::Events
        | Timer::LooseUploads
        | Timer::MailboxTests
        | Timer::TicketPrints
        | Timer::TicketExports
        | Timer::Imports
        | Timer::Texts
        | Timer::PersonalExports => &[""],
        Timer::SignInLeftovers => &[
            "DELETE FROM refresh_tokens WHERE id IN (SELECT id FROM refresh_tokens WHERE expires_at < $1 LIMIT $2)",
            "DELETE FROM auth_challenges WHERE id IN (SELECT id FROM auth_challenges WHERE expires_at < $1 LIMIT $2)",
            "DELETE FROM oidc_flows WHERE id IN
                 (SELECT id FROM oidc_flows WHERE expires_at < $1 AND coalesce(linkable_until < $1, true) LIMIT $2)",
            "DELETE FROM passkey_ceremonies WHERE id IN (SELECT id FROM passkey_ceremonies WHERE expires_at < $1 LIMIT $2)",
            "DELETE FROM sms_codes WHERE id IN (SELECT id FROM sms_codes WHERE expires_at < $1 LIMIT $2)",
            "DELETE FROM login_failures WHERE (account, source) IN
                 (SELECT account, source FROM login_failures WHERE last_at < $1 LIMIT $2)",
            "DELETE FROM idempotency_keys WHERE (actor_id, key) IN
                 (SELECT actor_id, key FROM idempotency_keys WHERE created_at < $1 LIMIT $2)",
        ],
        Timer::MailedLinks => {
            &["DELETE FROM mailed_links WHERE id IN (SELECT id FROM mailed_links WHERE expires_at < $1 LIMIT $2)"]
        }
        Timer::Sessions => {
            &["DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE idle_expires_at < $1 LIMIT $2)"]
        }
        Timer::Bulks => &[
            "DELETE FROM ticket_bulks WHERE id IN (SELECT id FROM ticket_bulks WHERE created_at < $1 LIMIT least($2, 20))",
        ],
        Timer::Drafts => &["DELETE FROM ticket_drafts WHERE (user_id, ticket_id, kind) IN
                 (SELECT user_id, ticket_id, kind FROM ticket_drafts WHERE updated_at < $1 LIMIT $2)"],
        // That a rule acted on a stay in a state is known while the stay goes on; else it would act on it again.
        Timer::AutomationRuns => &[
            "DELETE FROM automation_runs WHERE id IN (SELECT x.id FROM automation_runs x
                 JOIN automation_rules r ON r.id = x.rule_id JOIN tickets t ON t.id = x.ticket_id
                 WHERE x.created_at < $1 AND x.state NOT IN ('queued', 'held')
                     AND (x.state IN ('not_met', 'skipped') OR r.deleted_at IS NOT NULL OR r.number <> x.number OR t.deleted_at IS NOT NULL
                         OR x.key <> 'stay:' || (extract(epoch FROM coalesce((SELECT max(e.at) FROM ticket_events e
                             WHERE e.ticket_id = t.id AND e.kind = 'state_changed'), t.created_at)) * 1000000)::bigint) LIMIT $2)",
            "UPDATE automation_runs SET finding = NULL, actions = NULL, chain = '{}' WHERE id IN (SELECT id FROM automation_runs
                 WHERE created_at < $1 AND state NOT IN ('queued', 'held') AND (finding IS NOT NULL OR actions IS NOT NULL) LIMIT $2)",
        ],
        Timer::WebhookDeliveries => &["DELETE FROM webhook_deliveries WHERE id IN
                 (SELECT id FROM webhook_deliveries WHERE created_at < $1 AND state <> 'queued' LIMIT $2)"],
        Timer::Notifications => {
            &["DELETE FROM notifications WHERE id IN (SELECT id FROM notifications WHERE created_at < $1 LIMIT $2)"]
        }
        Timer::Runs => {
            &["DELETE FROM retention_runs WHERE id IN (SELECT id FROM retention_runs WHERE at < $1 LIMIT $2)"]
        }
        // A session names the browser it began in for as long as it is kept.
        Timer::Devices => &["DELETE FROM known_devices WHERE id IN (SELECT d.id FROM known_devices d
             WHERE d.last_seen_at < $1 AND NOT EXISTS (SELECT FROM sessions s WHERE s.device_id = d.id) LIMIT $2)"],
        Timer::LoginJournal => {
            &["DELETE FROM login_journal WHERE id IN (SELECT id FROM login_journal WHERE at < $1 LIMIT $2)"]
        }
        Timer::TakenPapers => &[
            "WITH late AS (SELECT id, file_id FROM kyc_documents WHERE deleted_at < $1 AND file_id IS NOT NULL LIMIT $2),
                  closed AS (UPDATE kyc_documents SET file_id = NULL, name = '' WHERE id IN (SELECT id FROM late))
             DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM late)",
        ],
        Timer::IdentityPapers => &[
            "WITH late AS (SELECT d.id, d.file_id FROM customers c JOIN kyc_cases k ON k.customer_id = c.id
                           JOIN kyc_documents d ON d.case_id = k.id AND d.file_id IS NOT NULL
                           WHERE coalesce(c.deleted_at, CASE WHEN c.status = 'inactive' THEN c.status_at END) < $1
                              OR k.state = 'expired' AND k.expires_at < $1 OR k.closed_at < $1 LIMIT $2),
                  closed AS (UPDATE kyc_documents SET file_id = NULL, name = '', deleted_at = coalesce(deleted_at, $1)
                             WHERE id IN (SELECT id FROM late))
             DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM late)",
        ],
        // After the last of them nothing needs the name of somebody who was erased.
        Timer::FiscalDocuments => &[
            "WITH late AS (SELECT d.id, d.file_id FROM customers c JOIN customer_documents d ON d.customer_id = c.id
                           WHERE c.deleted_at < $1 LIMIT $2),
                  gone AS (DELETE FROM customer_documents WHERE id IN (SELECT id FROM late))
             DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM late)",
            "UPDATE customers SET name = '[erased]', first_name = NULL, last_name = NULL, company_name = NULL, nif = NULL, nis = NULL,
                 rc = NULL, ai = NULL WHERE id IN (SELECT id FROM customers WHERE deleted_at < $1 AND email LIKE 'erased-%@erased.invalid'
                 AND name NOT LIKE '[erased%' LIMIT $2)",
        ],
        Timer::RawMails => &[
            "UPDATE raw_mails SET sha256 = '' WHERE id IN (SELECT id FROM raw_mails WHERE received_at < $1 AND sha256 <> ''
                 AND state IN ('processed', 'duplicate', 'bounce', 'dropped') LIMIT $2)",
            "DELETE FROM mail_provider_events WHERE id IN (SELECT id FROM mail_provider_events WHERE received_at < $1 LIMIT $2)",
        ],
        Timer::Alerts => &[
            "DELETE FROM security_alerts WHERE id IN (SELECT id FROM security_alerts WHERE acknowledged_at < $1 LIMIT $2)",
        ],
    }
}

/// Keeps the report of a run.
///
/// # Errors
/// When the database refuses.
pub async fn record(conn: &mut PgConn, run: &Run) -> Result<(), StoreError> {
    sql("INSERT INTO retention_runs (id, at, deleted) VALUES ($1, $2, $3)")
        .bind::<SqlUuid, _>(run.id)
        .bind::<Timestamptz, _>(run.at)
        .bind::<Jsonb, _>(&run.deleted)
        .execute(conn)
        .await?;
    Ok(())
}

/// Runs, newest first, after this one.
///
/// # Errors
/// When the database is away.
pub async fn runs(conn: &mut PgConn, after: Option<(DateTime<Utc>, Uuid)>, limit: i64) -> Result<Vec<Run>, StoreError> {
    let (at, id) = after.unzip();
    Ok(sql(
        "SELECT id, at, deleted FROM retention_runs WHERE $1 IS NULL OR (at, id) < ($1, $2)
         ORDER BY at DESC, id DESC LIMIT $3",
    )
    .bind::<Nullable<Timestamptz>, _>(at)
    .bind::<Nullable<SqlUuid>, _>(id)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}
