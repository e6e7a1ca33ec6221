//! Filters that a person kept under a name, for himself or for colleagues. Each statement carries who asks.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A filter under a name.
#[derive(Debug, Clone, QueryableByName)]
pub struct SavedView {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The list.
    #[diesel(sql_type = Text)]
    pub list: String,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Query string of the list.
    #[diesel(sql_type = Text)]
    pub query: String,
    /// Who sees it besides its owner: `own` (nobody), `group`, `staff`.
    #[diesel(sql_type = Text)]
    pub audience: String,
    /// The group that sees it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub group_id: Option<Uuid>,
    /// What that is called.
    #[diesel(sql_type = Nullable<Text>)]
    pub group_name: Option<String>,
    /// Whose it is.
    #[diesel(sql_type = SqlUuid)]
    pub owner_id: Uuid,
    /// What he is called.
    #[diesel(sql_type = Text)]
    pub owner_name: String,
    /// The list opens with it, for whoever asks.
    #[diesel(sql_type = Bool)]
    pub opening: bool,
    /// Version.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// Views as the person `$1` sees them: `v` is the view, `a` how he has those of its list stand.
macro_rules! select_view {
    ($rest:literal) => {
        concat!(
            "SELECT v.id, v.list, v.name, v.query, v.audience, v.group_id,
                (SELECT g.name FROM support_groups g WHERE g.id = v.group_id) AS group_name,
                v.user_id AS owner_id, u.name AS owner_name, coalesce(a.opening = v.id, false) AS opening, v.version
             FROM saved_views v JOIN users u ON u.id = v.user_id
                LEFT JOIN saved_view_arrangements a ON a.user_id = $1 AND a.list = v.list
             WHERE ",
            $rest
        )
    };
}

/// The views that a person kept of one list, as he has them stand; 100 at most.
///
/// # Errors
/// When the database is away.
pub async fn of_user(conn: &mut PgConn, user: Uuid, list: &str) -> Result<Vec<SavedView>, StoreError> {
    Ok(sql(select_view!(
        "v.user_id = $1 AND v.list = $2 ORDER BY array_position(a.places, v.id), v.name, v.id LIMIT 100"
    ))
    .bind::<SqlUuid, _>(user)
    .bind::<Text, _>(list)
    .load(conn)
    .await?)
}

/// Lets one transaction at a time decide how many views somebody keeps, until it ends.
///
/// # Errors
/// When the database is away.
pub async fn hold(conn: &mut PgConn, user: Uuid) -> Result<(), StoreError> {
    sql("SELECT pg_advisory_xact_lock(hashtextextended('saved views of ' || $1::text, 0))")
        .bind::<SqlUuid, _>(user)
        .execute(conn)
        .await?;
    Ok(())
}

/// Those and what colleagues show to a person who sees the list: to all staff, and to the groups he is in. As he has them stand, his own
/// before others'; 200 at most. What somebody showed who has no account any more is gone with it.
///
/// # Errors
/// When the database is away.
pub async fn shown_to(conn: &mut PgConn, user: Uuid, list: &str) -> Result<Vec<SavedView>, StoreError> {
    Ok(sql(select_view!(
        "v.list = $2 AND (v.user_id = $1 OR u.deleted_at IS NULL AND (v.audience = 'staff' OR v.audience = 'group'
             AND EXISTS (SELECT FROM group_members m WHERE m.group_id = v.group_id AND m.user_id = $1)))
         ORDER BY array_position(a.places, v.id), v.user_id <> $1, v.name, v.id LIMIT 200"
    ))
    .bind::<SqlUuid, _>(user)
    .bind::<Text, _>(list)
    .load(conn)
    .await?)
}

/// A view of a person's own, and, for those who may see to `shared` ones, one that somebody shows to others. It stays as it is until the
/// transaction ends.
///
/// # Errors
/// [`StoreError::NotFound`] also when it is somebody else's.
pub async fn held(conn: &mut PgConn, user: Uuid, id: Uuid, shared: bool) -> Result<SavedView, StoreError> {
    Ok(sql(select_view!(
        "v.id = $2 AND (v.user_id = $1 OR $3 AND v.audience <> 'own') FOR UPDATE OF v"
    ))
    .bind::<SqlUuid, _>(user)
    .bind::<SqlUuid, _>(id)
    .bind::<Bool, _>(shared)
    .get_result(conn)
    .await?)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Keeps a view; one of the same name is replaced, and is shown to whom it was. Returns its id.
///
/// # Errors
/// When the database refuses.
pub async fn put(
    conn: &mut PgConn,
    user: Uuid,
    list: &str,
    (name, query): (&str, &str),
    at: DateTime<Utc>,
) -> Result<Uuid, StoreError> {
    let row: Id = sql(
        "INSERT INTO saved_views (id, user_id, list, name, query, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (user_id, list, name) DO UPDATE SET query = excluded.query, version = saved_views.version + 1 RETURNING id",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(user)
    .bind::<Text, _>(list)
    .bind::<Text, _>(name)
    .bind::<Text, _>(query)
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await?;
    Ok(row.id)
}

/// Changes a view of its owner's. Its version is the one after `view.version`.
///
/// # Errors
/// [`StoreError::NotFound`] also when it is somebody else's; [`StoreError::Conflict`] when he has another of this name.
pub async fn update(conn: &mut PgConn, view: &SavedView) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE saved_views SET name = $3, query = $4, audience = $5, group_id = $6, version = version + 1
         WHERE id = $1 AND user_id = $2",
    )
    .bind::<SqlUuid, _>(view.id)
    .bind::<SqlUuid, _>(view.owner_id)
    .bind::<Text, _>(view.name.as_str())
    .bind::<Text, _>(view.query.as_str())
    .bind::<Text, _>(view.audience.as_str())
    .bind::<Nullable<SqlUuid>, _>(view.group_id)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Forgets a view of its owner's.
///
/// # Errors
/// [`StoreError::NotFound`] also when it is somebody else's.
pub async fn delete(conn: &mut PgConn, owner: Uuid, id: Uuid) -> Result<(), StoreError> {
    let n = sql("DELETE FROM saved_views WHERE id = $1 AND user_id = $2")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(owner)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Keeps how a person has the views of a list stand, and with which one it opens.
///
/// # Errors
/// When the database refuses.
pub async fn arrange(
    conn: &mut PgConn,
    user: Uuid,
    list: &str,
    places: &[Uuid],
    opening: Option<Uuid>,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO saved_view_arrangements (user_id, list, places, opening) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id, list) DO UPDATE SET places = excluded.places, opening = excluded.opening",
    )
    .bind::<SqlUuid, _>(user)
    .bind::<Text, _>(list)
    .bind::<Array<SqlUuid>, _>(places)
    .bind::<Nullable<SqlUuid>, _>(opening)
    .execute(conn)
    .await?;
    Ok(())
}
