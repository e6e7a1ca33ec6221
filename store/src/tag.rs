//! Words that tickets are marked with.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    sql::{like, sql},
};

/// A tag.
#[derive(Debug, Clone, QueryableByName)]
pub struct Tag {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The word.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Colour of the palette.
    #[diesel(sql_type = Text)]
    pub colour: String,
    /// No longer offered.
    #[diesel(sql_type = Bool)]
    pub retired: bool,
    /// Its tickets are given this one instead.
    #[diesel(sql_type = Nullable<Text>)]
    pub moving_to: Option<String>,
    /// Who wanted that.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub moving_by: Option<Uuid>,
    /// Raised by each change.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// How many tickets have a tag.
#[derive(Debug, Clone, QueryableByName)]
pub struct Counted {
    /// The tag.
    #[diesel(embed)]
    pub tag: Tag,
    /// All of them.
    #[diesel(sql_type = BigInt)]
    pub tickets: i64,
    /// Those neither resolved nor closed.
    #[diesel(sql_type = BigInt)]
    pub open: i64,
    /// Those that were opened since the moment asked about.
    #[diesel(sql_type = BigInt)]
    pub recent: i64,
}

macro_rules! select_tag {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, colour, retired, moving_to, moving_by, version FROM tags ",
            $rest
        )
    };
}

/// All of them by name, 2,000 at most.
///
/// # Errors
/// When the database is away.
pub async fn all(conn: &mut PgConn) -> Result<Vec<Tag>, StoreError> {
    Ok(sql(select_tag!("ORDER BY name LIMIT 2000")).load(conn).await?)
}

/// Those that hold a text after the one with this name, with their figures.
///
/// # Errors
/// When the database is away.
pub async fn counted(
    conn: &mut PgConn,
    text: Option<&str>,
    since: DateTime<Utc>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Counted>, StoreError> {
    let text = text.map(like);
    Ok(sql(
        "SELECT g.id, g.name, g.colour, g.retired, g.moving_to, g.moving_by, g.version, c.tickets, c.open, c.recent
         FROM (SELECT * FROM tags WHERE ($1::text IS NULL OR fold_text(name) LIKE '%' || fold_text($1) || '%')
                   AND ($3::text IS NULL OR name > $3) ORDER BY name LIMIT $4) g
             CROSS JOIN LATERAL (SELECT count(*) AS tickets,
                     count(*) FILTER (WHERE t.state NOT IN ('resolved', 'closed')) AS open,
                     count(*) FILTER (WHERE t.created_at >= $2) AS recent
                 FROM tickets t WHERE t.deleted_at IS NULL AND t.tags <> '{}' AND t.tags @> ARRAY[g.name]) c
         ORDER BY g.name",
    )
    .bind::<Nullable<Text>, _>(text)
    .bind::<Timestamptz, _>(since)
    .bind::<Nullable<Text>, _>(after)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// One, held until the end of the transaction. Tickets go on being marked with it meanwhile.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn lock(conn: &mut PgConn, id: Uuid) -> Result<Tag, StoreError> {
    Ok(sql(select_tag!("WHERE id = $1 FOR NO KEY UPDATE"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// One that is to go: no ticket is being marked with it, and none will be until the transaction ends. Whoever marks one holds the ticket
/// while he waits, so none may be changed from here on.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn seize(conn: &mut PgConn, id: Uuid) -> Result<Tag, StoreError> {
    Ok(sql(select_tag!("WHERE id = $1 FOR UPDATE"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// The one of this name.
///
/// # Errors
/// When the database is away.
pub async fn named(conn: &mut PgConn, name: &str) -> Result<Option<Tag>, StoreError> {
    let rows: Vec<Tag> = sql(select_tag!("WHERE name = $1"))
        .bind::<Text, _>(name)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next())
}

/// Adds one; `None` when the word has a row already.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut PgConn,
    name: &str,
    colour: &str,
    now: DateTime<Utc>,
) -> Result<Option<Tag>, StoreError> {
    let rows: Vec<Tag> = sql(
        "INSERT INTO tags (id, name, colour, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
         ON CONFLICT DO NOTHING RETURNING id, name, colour, retired, moving_to, moving_by, version",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Text, _>(name)
    .bind::<Text, _>(colour)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Changes one that still has the version it was read with.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn update(conn: &mut PgConn, tag: &Tag, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE tags SET colour = $3, retired = $4, moving_to = $5, moving_by = $6, updated_at = $7, version = version + 1
         WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(tag.id)
    .bind::<Integer, _>(tag.version)
    .bind::<Text, _>(tag.colour.as_str())
    .bind::<Bool, _>(tag.retired)
    .bind::<Nullable<Text>, _>(tag.moving_to.as_deref())
    .bind::<Nullable<SqlUuid>, _>(tag.moving_by)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Takes one away.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn delete(conn: &mut PgConn, id: Uuid) -> Result<(), StoreError> {
    let n = sql("DELETE FROM tags WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Tickets that have it; `limit` at most, in the order of ids.
///
/// # Errors
/// When the database is away.
pub async fn tickets(conn: &mut PgConn, name: &str, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> = sql(
        "SELECT id FROM tickets WHERE deleted_at IS NULL AND tags <> '{}' AND tags @> ARRAY[$1] ORDER BY id LIMIT $2",
    )
    .bind::<Text, _>(name)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Another tag moves to this one. Whoever holds this one keeps it so.
///
/// # Errors
/// When the database is away.
pub async fn is_awaited(conn: &mut PgConn, name: &str) -> Result<bool, StoreError> {
    let rows: Vec<Name> = sql("SELECT name FROM tags WHERE moving_to = $1 LIMIT 1")
        .bind::<Text, _>(name)
        .load(conn)
        .await?;
    Ok(!rows.is_empty())
}

/// The tickets of one of these words are being given another one. None begins to move until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn any_moving(conn: &mut PgConn, names: &[&str]) -> Result<bool, StoreError> {
    let rows: Vec<Tag> = sql(select_tag!("WHERE name = ANY($1) ORDER BY id FOR SHARE"))
        .bind::<Array<Text>, _>(names)
        .load(conn)
        .await?;
    Ok(rows.iter().any(|tag| tag.moving_to.is_some()))
}

/// Rules that name it, in a condition or an action.
///
/// # Errors
/// When the database is away.
pub async fn rules(conn: &mut PgConn, name: &str) -> Result<Vec<String>, StoreError> {
    let rows: Vec<Name> = sql(
        "SELECT name FROM automation_rules WHERE deleted_at IS NULL
             AND jsonb_path_exists(spec, '$.**.tag ? (@ == $name)', jsonb_build_object('name', $1::text)) ORDER BY name LIMIT 20",
    )
    .bind::<Text, _>(name)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}
