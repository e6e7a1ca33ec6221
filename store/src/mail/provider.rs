//! What providers of outgoing mail report by themselves.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A report about to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewReport<'a> {
    /// Provider.
    pub provider: &'a str,
    /// The provider's id of it.
    pub event_id: &'a str,
    /// What became of the mail.
    pub kind: &'a str,
    /// The mail.
    pub mail: Uuid,
    /// What the provider calls the mail.
    pub provider_id: Option<&'a str>,
    /// As it came.
    pub raw: &'a serde_json::Value,
}

/// Keeps a report; `false` when it was kept before.
///
/// # Errors
/// When the database refuses.
pub async fn keep(conn: &mut PgConn, new: &NewReport<'_>, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let n = sql(
        "INSERT INTO mail_provider_events (id, provider, event_id, kind, outgoing_mail_id, provider_id, raw, received_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (provider, event_id) DO NOTHING",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Text, _>(new.provider)
    .bind::<Text, _>(new.event_id)
    .bind::<Text, _>(new.kind)
    .bind::<SqlUuid, _>(new.mail)
    .bind::<Nullable<Text>, _>(new.provider_id)
    .bind::<Jsonb, _>(new.raw)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

#[derive(QueryableByName)]
struct Mail {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The mail that a provider called by this name in an earlier report.
///
/// # Errors
/// When the database is away.
pub async fn named(conn: &mut PgConn, provider: &str, name: &str) -> Result<Option<Uuid>, StoreError> {
    let rows: Vec<Mail> = sql(
        "SELECT outgoing_mail_id AS id FROM mail_provider_events WHERE provider = $1 AND provider_id = $2 ORDER BY received_at LIMIT 1",
    )
    .bind::<Text, _>(provider)
    .bind::<Text, _>(name)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().map(|row| row.id))
}

/// Counts a report of this moment, about mail of ours or about nothing that is known.
///
/// # Errors
/// When the database refuses.
pub async fn count(conn: &mut PgConn, provider: &str, ours: bool, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("INSERT INTO mail_provider_figures (provider, day, ours, unknown)
         VALUES ($1, ($3 AT TIME ZONE 'UTC')::date, $2::int, (NOT $2)::int)
         ON CONFLICT (provider, day) DO UPDATE SET ours = mail_provider_figures.ours + excluded.ours,
             unknown = mail_provider_figures.unknown + excluded.unknown")
    .bind::<Text, _>(provider)
    .bind::<Bool, _>(ours)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}
