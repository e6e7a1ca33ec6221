//! Reading the trail: filters, and pages from the newest line backwards.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    sql::{like, sql},
};

/// Which lines are wanted; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Account that acted.
    pub actor_id: Option<Uuid>,
    /// Kind of actor.
    pub actor_kind: Option<String>,
    /// Beginning of the action, such as `ticket.` or `ticket.create`.
    pub action: Option<String>,
    /// Kind of subject.
    pub subject_type: Option<String>,
    /// Subject.
    pub subject_id: Option<Uuid>,
    /// Source address.
    pub ip: Option<String>,
    /// Request.
    pub request_id: Option<String>,
    /// Session.
    pub session_id: Option<Uuid>,
    /// At or after.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
}

/// A line as people read it.
#[derive(Debug, Clone, QueryableByName)]
pub struct Shown {
    /// Place in the trail.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// Account that acted.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub actor_id: Option<Uuid>,
    /// Kind of actor.
    #[diesel(sql_type = Text)]
    pub actor_kind: String,
    /// Its name now.
    #[diesel(sql_type = Nullable<Text>)]
    pub actor_name: Option<String>,
    /// Its address now.
    #[diesel(sql_type = Nullable<Text>)]
    pub actor_email: Option<String>,
    /// What was done.
    #[diesel(sql_type = Text)]
    pub action: String,
    /// Kind of subject.
    #[diesel(sql_type = Text)]
    pub subject_type: String,
    /// Subject.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub subject_id: Option<Uuid>,
    /// Changed fields.
    #[diesel(sql_type = Jsonb)]
    pub data: serde_json::Value,
    /// Source address.
    #[diesel(sql_type = Nullable<Text>)]
    pub ip: Option<String>,
    /// User agent.
    #[diesel(sql_type = Nullable<Text>)]
    pub user_agent: Option<String>,
    /// Request.
    #[diesel(sql_type = Nullable<Text>)]
    pub request_id: Option<String>,
    /// Session.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub session_id: Option<Uuid>,
}

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Id of the newest line; 0 when there is none.
///
/// # Errors
/// When the database is away.
pub async fn newest(conn: &mut PgConn) -> Result<i64, StoreError> {
    let row: Newest = sql("SELECT coalesce(max(id), 0) AS id FROM audit_log")
        .get_result(conn)
        .await?;
    Ok(row.id)
}

/// Lines before this id, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Shown>, StoreError> {
    // `starts_with` would not use the index.
    let action = filter.action.as_ref().map(|text| format!("{}%", like(text)));
    Ok(sql(
        "SELECT l.id, l.at, l.actor_id, l.actor_kind, u.name AS actor_name, u.email AS actor_email, l.action, l.subject_type,
             l.subject_id, l.data, l.ip, l.user_agent, l.request_id, l.session_id
         FROM audit_log l LEFT JOIN users u ON u.id = l.actor_id
         WHERE ($1::bigint IS NULL OR l.id < $1) AND ($2::uuid IS NULL OR l.actor_id = $2)
           AND ($3::text IS NULL OR l.actor_kind = $3) AND ($4::text IS NULL OR l.action LIKE $4)
           AND ($5::text IS NULL OR l.subject_type = $5) AND ($6::uuid IS NULL OR l.subject_id = $6)
           AND ($7::text IS NULL OR l.ip = $7) AND ($8::text IS NULL OR l.request_id = $8)
           AND ($9::uuid IS NULL OR l.session_id = $9)
           AND ($10::timestamptz IS NULL OR l.at >= $10) AND ($11::timestamptz IS NULL OR l.at < $11)
         ORDER BY l.id DESC LIMIT $12",
    )
    .bind::<Nullable<BigInt>, _>(before)
    .bind::<Nullable<SqlUuid>, _>(filter.actor_id)
    .bind::<Nullable<Text>, _>(filter.actor_kind.as_deref())
    .bind::<Nullable<Text>, _>(action.as_deref())
    .bind::<Nullable<Text>, _>(filter.subject_type.as_deref())
    .bind::<Nullable<SqlUuid>, _>(filter.subject_id)
    .bind::<Nullable<Text>, _>(filter.ip.as_deref())
    .bind::<Nullable<Text>, _>(filter.request_id.as_deref())
    .bind::<Nullable<SqlUuid>, _>(filter.session_id)
    .bind::<Nullable<Timestamptz>, _>(filter.from)
    .bind::<Nullable<Timestamptz>, _>(filter.to)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}
