//! Work whose job is over without having ended it: its worker died at the last attempt, or somebody discarded it.

use diesel::{
    QueryableByName,
    sql_types::{BigInt, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A kind of work that is a row of its own besides its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A copy of all that is kept about a person.
    Export,
    /// The erasure of a person.
    Erasure,
    /// One change of many tickets.
    Bulk,
    /// A run of a rule.
    Run,
    /// A delivery of a webhook.
    Delivery,
    /// A ticket that is being printed.
    Print,
    /// A file that a virus scanner has not judged.
    Check,
    /// A mail that goes out.
    Mail,
    /// A mail about an account.
    AccountMail,
    /// A scheduled export that is being made.
    TicketExport,
    /// Pictures of a message that are being fetched.
    Pictures,
    /// A tag whose tickets are being given another one.
    Tag,
}

impl Work {
    /// All kinds.
    pub const ALL: [Self; 12] = [
        Self::Export,
        Self::Erasure,
        Self::Bulk,
        Self::Run,
        Self::Delivery,
        Self::Print,
        Self::Check,
        Self::Mail,
        Self::AccountMail,
        Self::TicketExport,
        Self::Pictures,
        Self::Tag,
    ];
}

macro_rules! without_job {
    ($table:literal, $open:literal, $kind:literal) => {
        concat!(
            "SELECT w.id FROM ",
            $table,
            " w WHERE ",
            $open,
            " AND NOT EXISTS (SELECT FROM jobs j WHERE j.kind = '",
            $kind,
            "' AND j.unique_key = w.id::text AND j.state IN ('queued', 'running')) ORDER BY w.id LIMIT $1"
        )
    };
}

/// Rows that are not at their end and have no job that will bring them there, at most `limit`.
///
/// # Errors
/// When the database is away.
pub async fn among(conn: &mut PgConn, work: Work, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let rows: Vec<Row> = sql(match work {
        Work::Export => without_job!("personal_exports", "w.state IN ('queued', 'running')", "export_person"),
        Work::Erasure => without_job!("personal_erasures", "w.state IN ('running')", "erase_person"),
        Work::Bulk => without_job!("ticket_bulks", "w.state IN ('queued', 'running')", "change_tickets"),
        Work::Run => without_job!("automation_runs", "w.state IN ('queued')", "run_rule"),
        Work::Delivery => without_job!("webhook_deliveries", "w.state IN ('queued')", "send_webhook"),
        Work::Print => without_job!("ticket_prints", "w.state IN ('queued', 'running')", "render_ticket_pdf"),
        Work::Check => without_job!("attachments", "w.state = 'checking'", "check_file"),
        Work::Mail => without_job!("outgoing_mails", "w.state = 'queued' AND w.kind <> 'account'", "send_mail"),
        Work::AccountMail => {
            "SELECT w.id FROM outgoing_mails w WHERE w.state = 'queued' AND w.kind = 'account'
                 AND NOT EXISTS (SELECT FROM jobs j WHERE j.id = w.id AND j.state IN ('queued', 'running')) ORDER BY w.id LIMIT $1"
        }
        Work::TicketExport => {
            without_job!(
                "ticket_export_runs",
                "w.state IN ('queued', 'running')",
                "make_ticket_export"
            )
        }
        Work::Pictures => {
            "SELECT w.message_id AS id FROM message_picture_sets w WHERE w.state = 'queued'
                 AND NOT EXISTS (SELECT FROM jobs j WHERE j.kind = 'fetch_pictures' AND j.unique_key = w.message_id::text
                     AND j.state IN ('queued', 'running')) ORDER BY w.message_id LIMIT $1"
        }
        Work::Tag => without_job!("tags", "w.moving_to IS NOT NULL", "move_tag"),
    })
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
