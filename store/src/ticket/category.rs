//! Categories of tickets.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Ticket;
use crate::{PgConn, StoreError, sql::sql};

/// What people say about a category.
#[derive(Debug, Clone, QueryableByName)]
pub struct Words {
    /// Name in French.
    #[diesel(sql_type = Text)]
    pub name_fr: String,
    /// Name in English.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Name in Arabic.
    #[diesel(sql_type = Text)]
    pub name_ar: String,
    /// Description in French.
    #[diesel(sql_type = Text)]
    pub description_fr: String,
    /// Description in English.
    #[diesel(sql_type = Text)]
    pub description_en: String,
    /// Description in Arabic.
    #[diesel(sql_type = Text)]
    pub description_ar: String,
}

/// A category.
#[derive(Debug, Clone, QueryableByName)]
pub struct Category {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The category above it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub parent_id: Option<Uuid>,
    /// Place among its siblings, from 1.
    #[diesel(sql_type = Integer)]
    pub position: i32,
    /// Names and descriptions.
    #[diesel(embed)]
    pub words: Words,
    /// New tickets may have it.
    #[diesel(sql_type = Bool)]
    pub active: bool,
    /// Tickets that name none have it.
    #[diesel(sql_type = Bool)]
    pub is_default: bool,
    /// Where its tickets go.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub group_id: Option<Uuid>,
    /// How urgent its tickets begin.
    #[diesel(sql_type = Nullable<Text>)]
    pub priority: Option<String>,
    /// What whoever gets its tickets should know.
    #[diesel(sql_type = Array<Text>)]
    pub skills: Vec<String>,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

macro_rules! select_category {
    ($rest:literal) => {
        concat!(
            "SELECT id, parent_id, position, name_fr, name_en, name_ar, description_fr, description_en, description_ar, active,
                is_default, group_id, priority, skills, version FROM ticket_categories ",
            $rest
        )
    };
}

/// All categories, siblings in their order.
///
/// # Errors
/// When the database is away.
pub async fn all(conn: &mut PgConn) -> Result<Vec<Category>, StoreError> {
    Ok(sql(select_category!(
        "ORDER BY parent_id NULLS FIRST, position, id LIMIT 1000"
    ))
    .load(conn)
    .await?)
}

/// A category.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Category, StoreError> {
    Ok(sql(select_category!("WHERE id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// Only one at a time changes the tree.
///
/// # Errors
/// When the database is away.
pub async fn lock(conn: &mut PgConn) -> Result<(), StoreError> {
    sql("SELECT 1 FROM ticket_category_tree FOR UPDATE")
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds a category after its siblings. `seed` names one that is there from the first launch: known already, nothing is added.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut PgConn,
    category: &Category,
    seed: Option<&str>,
    by: Option<Uuid>,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let words = &category.words;
    let n = sql("INSERT INTO ticket_categories (id, seed, parent_id, position, name_fr, name_en, name_ar, description_fr, description_en,
             description_ar, active, is_default, group_id, priority, skills, created_at, updated_at, created_by, updated_by)
         VALUES ($1, $2, $3, (SELECT coalesce(max(position), 0) + 1 FROM ticket_categories WHERE parent_id IS NOT DISTINCT FROM $3),
             $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16, $16) ON CONFLICT (seed) DO NOTHING")
    .bind::<SqlUuid, _>(category.id)
    .bind::<Nullable<Text>, _>(seed)
    .bind::<Nullable<SqlUuid>, _>(category.parent_id)
    .bind::<Text, _>(words.name_fr.as_str())
    .bind::<Text, _>(words.name_en.as_str())
    .bind::<Text, _>(words.name_ar.as_str())
    .bind::<Text, _>(words.description_fr.as_str())
    .bind::<Text, _>(words.description_en.as_str())
    .bind::<Text, _>(words.description_ar.as_str())
    .bind::<Bool, _>(category.active)
    .bind::<Bool, _>(category.is_default)
    .bind::<Nullable<SqlUuid>, _>(category.group_id)
    .bind::<Nullable<Text>, _>(category.priority.as_deref())
    .bind::<Array<Text>, _>(&category.skills)
    .bind::<Timestamptz, _>(at)
    .bind::<Nullable<SqlUuid>, _>(by)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// The one that is the default is it no longer.
///
/// # Errors
/// When the database refuses.
pub async fn clear_default(conn: &mut PgConn, by: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE ticket_categories SET is_default = false, updated_at = $1, updated_by = $2, version = version + 1 WHERE is_default")
        .bind::<Timestamptz, _>(at)
        .bind::<SqlUuid, _>(by)
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes what people say about a category and where it sends its tickets, if it still has its version.
///
/// # Errors
/// [`StoreError::Stale`] when it changed meanwhile.
pub async fn update(conn: &mut PgConn, category: &Category, by: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
    let words = &category.words;
    let n = sql(
        "UPDATE ticket_categories SET name_fr = $3, name_en = $4, name_ar = $5, description_fr = $6, description_en = $7,
             description_ar = $8, active = $9, is_default = $10, group_id = $11, priority = $12, skills = $13, updated_at = $14,
             updated_by = $15, version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(category.id)
    .bind::<Integer, _>(category.version)
    .bind::<Text, _>(words.name_fr.as_str())
    .bind::<Text, _>(words.name_en.as_str())
    .bind::<Text, _>(words.name_ar.as_str())
    .bind::<Text, _>(words.description_fr.as_str())
    .bind::<Text, _>(words.description_en.as_str())
    .bind::<Text, _>(words.description_ar.as_str())
    .bind::<Bool, _>(category.active)
    .bind::<Bool, _>(category.is_default)
    .bind::<Nullable<SqlUuid>, _>(category.group_id)
    .bind::<Nullable<Text>, _>(category.priority.as_deref())
    .bind::<Array<Text>, _>(&category.skills)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Puts these below `parent`, in this order; they are all its children then. `moved` says which version must still be there.
///
/// # Errors
/// [`StoreError::Stale`] when the one that is moved changed meanwhile.
pub async fn place(
    conn: &mut PgConn,
    moved: (Uuid, i32),
    parent: Option<Uuid>,
    children: &[Uuid],
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE ticket_categories SET parent_id = $3, updated_at = $4, updated_by = $5, version = version + 1
         WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(moved.0)
    .bind::<Integer, _>(moved.1)
    .bind::<Nullable<SqlUuid>, _>(parent)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 {
        return Err(StoreError::Stale);
    }
    sql("UPDATE ticket_categories c SET position = x.n::int FROM unnest($1) WITH ORDINALITY AS x(id, n) WHERE c.id = x.id")
        .bind::<Array<SqlUuid>, _>(children)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Used {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How many tickets that are not over each category has, counted up to 10,000.
///
/// # Errors
/// When the database is away.
pub async fn open_tickets(conn: &mut PgConn) -> Result<Vec<(Uuid, i64)>, StoreError> {
    let rows: Vec<Used> = sql(
        "SELECT c.id, (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.category_id = c.id AND t.deleted_at IS NULL
             AND t.state NOT IN ('resolved', 'closed') LIMIT 10000) x) AS n FROM ticket_categories c",
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.n)).collect())
}

/// Gives a ticket that is locked another category. Staff alone do this; the wall lets no customer.
///
/// # Errors
/// When the database refuses.
pub async fn set(conn: &mut PgConn, ticket: &Ticket, category: Option<Uuid>) -> Result<(), StoreError> {
    sql("UPDATE tickets SET category_id = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(ticket.summary.id)
        .bind::<Nullable<SqlUuid>, _>(category)
        .execute(conn)
        .await?;
    Ok(())
}
