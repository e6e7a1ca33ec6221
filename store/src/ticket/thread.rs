//! What threading asks of the database.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

#[derive(QueryableByName)]
struct Match {
    #[diesel(sql_type = Text)]
    message_id: String,
    #[diesel(sql_type = SqlUuid)]
    ticket_id: Uuid,
}

#[derive(QueryableByName)]
struct Role {
    #[diesel(sql_type = Text)]
    role: String,
}

/// Tickets in which these Message-IDs were seen.
///
/// # Errors
/// When the database is away.
pub async fn tickets_by_message_ids(conn: &mut PgConn, ids: &[String]) -> Result<Vec<(String, Uuid)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Match> =
        sql("SELECT message_id, ticket_id FROM message_ids WHERE message_id = ANY($1) ORDER BY seen_at DESC")
            .bind::<Array<Text>, _>(ids)
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(|row| (row.message_id, row.ticket_id)).collect())
}

/// Remembers Message-IDs seen in a ticket.
///
/// # Errors
/// When the database refuses.
pub async fn remember_message_ids(
    conn: &mut PgConn,
    ticket: Uuid,
    ids: &[String],
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    sql("INSERT INTO message_ids (message_id, ticket_id, seen_at)
         SELECT DISTINCT id, $1::uuid, $2::timestamptz FROM unnest($3) AS u(id) ON CONFLICT DO NOTHING")
    .bind::<SqlUuid, _>(ticket)
    .bind::<Timestamptz, _>(at)
    .bind::<Array<Text>, _>(ids)
    .execute(conn)
    .await?;
    Ok(())
}

/// Role of `email` in a ticket.
///
/// # Errors
/// When the database is away.
pub async fn participant_role(conn: &mut PgConn, ticket: Uuid, email: &str) -> Result<Option<String>, StoreError> {
    let rows: Vec<Role> = sql("SELECT role FROM ticket_participants WHERE ticket_id = $1 AND email = $2")
        .bind::<SqlUuid, _>(ticket)
        .bind::<Text, _>(email)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next().map(|row| row.role))
}

/// A ticket of a requester, with its subject as written.
#[derive(Debug, Clone, QueryableByName)]
pub struct RecentTicket {
    /// Number.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// Subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
}

/// The newest tickets of this requester since `since`, at most 50.
///
/// # Errors
/// When the database is away.
pub async fn recent_of(
    conn: &mut PgConn,
    requester: &str,
    since: DateTime<Utc>,
) -> Result<Vec<RecentTicket>, StoreError> {
    let rows = sql(
        "SELECT number, subject FROM tickets WHERE requester_email = $1 AND created_at > $2 AND deleted_at IS NULL
                    ORDER BY created_at DESC LIMIT 50",
    )
    .bind::<Text, _>(requester)
    .bind::<Timestamptz, _>(since)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Whether the customer whose ticket it is has this address: its own, a contact's or a member's.
///
/// # Errors
/// When the database is away.
pub async fn belongs_to_customer(conn: &mut PgConn, ticket: Uuid, email: &str) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        belongs: bool,
    }
    let rows: Vec<Row> = sql(
        "SELECT EXISTS (SELECT FROM tickets t JOIN customers c ON c.id = t.customer_id AND c.deleted_at IS NULL
            WHERE t.id = $1 AND (c.email = $2
                OR EXISTS (SELECT FROM customer_contacts o WHERE o.customer_id = c.id AND o.email = $2)
                OR EXISTS (SELECT FROM customer_members m JOIN users u ON u.id = m.user_id
                    WHERE m.customer_id = c.id AND u.email = $2 AND u.deleted_at IS NULL))) AS belongs",
    )
    .bind::<SqlUuid, _>(ticket)
    .bind::<Text, _>(email)
    .load(conn)
    .await?;
    Ok(rows.iter().any(|row| row.belongs))
}
