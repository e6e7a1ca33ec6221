//! Projects of customers, and who is assigned to them.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{Member, Reached};
use crate::{
    PgConn, StoreError,
    scope::Scope,
    sql::{like, sql},
};

/// A project.
#[derive(Debug, Clone, QueryableByName)]
pub struct Project {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Whose it is.
    #[diesel(sql_type = SqlUuid)]
    pub customer_id: Uuid,
    /// What he is called.
    #[diesel(sql_type = Text)]
    pub customer_name: String,
    /// Name, one of its kind with this customer.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// What it is about.
    #[diesel(sql_type = Text)]
    pub description: String,
    /// Colour, see `domain::ticket::colour`.
    #[diesel(sql_type = Nullable<Text>)]
    pub colour: Option<String>,
    /// Since when it takes nothing new.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub archived_at: Option<DateTime<Utc>>,
    /// Number of people who are assigned to it.
    #[diesel(sql_type = BigInt)]
    pub assigned: i64,
    /// Counts changes, of who is assigned as well.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

impl Project {
    /// The key to what hangs on its customer.
    #[must_use]
    pub const fn customer(&self) -> Reached {
        Reached(self.customer_id)
    }
}

/// Which projects are wanted; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct ProjectFilter {
    /// Of this customer.
    pub customer: Option<Uuid>,
    /// Part of the name.
    pub text: Option<String>,
    /// Archived ones, or those in use.
    pub archived: Option<bool>,
    /// Those that take a ticket of this address, see [`project_takes`].
    pub takes: Option<String>,
}

/// What a person fills in.
#[derive(Debug, Clone, Copy)]
pub struct ProjectColumns<'a> {
    /// Name.
    pub name: &'a str,
    /// Description.
    pub description: &'a str,
    /// Colour.
    pub colour: Option<&'a str>,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Whether the project `p` takes a ticket of the address in this placeholder: its person sees the project, or the customer himself has the address.
macro_rules! takes {
    ($email:literal) => {
        concat!(
            "(EXISTS (SELECT FROM customers tc WHERE tc.id = p.customer_id AND tc.email = ",
            $email,
            ") OR EXISTS (SELECT FROM users tu WHERE tu.email = ",
            $email,
            " AND tu.deleted_at IS NULL AND p.id IN (",
            seen_projects!("tu.id"),
            ")))"
        )
    };
}

macro_rules! select_project {
    ($($rest:expr),+) => {
        concat!(
            "SELECT p.id, p.customer_id, c.name AS customer_name, p.name, p.description, p.colour, p.archived_at,
                (SELECT count(*) FROM customer_project_members x WHERE x.project_id = p.id) AS assigned,
                p.version, p.created_at, p.updated_at
             FROM customer_projects p JOIN customers c ON c.id = p.customer_id AND c.deleted_at IS NULL
             WHERE ($1::uuid IS NULL OR p.id IN (",
            seen_projects!("$1"),
            ")) ",
            $($rest),+
        )
    };
}

/// Projects by name after the one with this name and id.
///
/// # Errors
/// When the database is away.
pub async fn projects(
    conn: &mut PgConn,
    scope: Scope,
    filter: &ProjectFilter,
    after: Option<&(String, Uuid)>,
    limit: i64,
) -> Result<Vec<Project>, StoreError> {
    let text = filter.text.as_deref().map(like);
    Ok(sql(select_project!(
        "AND ($2::uuid IS NULL OR p.customer_id = $2)
         AND ($3::text IS NULL OR fold_text(p.name) LIKE '%' || fold_text($3) || '%')
         AND ($4::boolean IS NULL OR (p.archived_at IS NOT NULL) = $4)
         AND ($8::text IS NULL OR ",
        takes!("$8"),
        ")
         AND ($5::text IS NULL OR (p.name, p.id) > ($5, $6::uuid))
         ORDER BY p.name, p.id LIMIT $7"
    ))
    .bind::<Nullable<SqlUuid>, _>(scope.user())
    .bind::<Nullable<SqlUuid>, _>(filter.customer)
    .bind::<Nullable<Text>, _>(text)
    .bind::<Nullable<Bool>, _>(filter.archived)
    .bind::<Nullable<Text>, _>(after.map(|after| after.0.as_str()))
    .bind::<Nullable<SqlUuid>, _>(after.map(|after| after.1))
    .bind::<BigInt, _>(limit)
    .bind::<Nullable<Text>, _>(filter.takes.as_deref())
    .load(conn)
    .await?)
}

/// A project.
///
/// # Errors
/// [`StoreError::NotFound`] also when the scope does not reach it.
pub async fn project(conn: &mut PgConn, scope: Scope, id: Uuid) -> Result<Project, StoreError> {
    Ok(sql(select_project!("AND p.id = $2"))
        .bind::<Nullable<SqlUuid>, _>(scope.user())
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// Whether somebody leads a customer: all of its projects are his to see and to manage.
///
/// # Errors
/// When the database is away.
pub async fn leads(conn: &mut PgConn, customer: Uuid, user: Uuid) -> Result<bool, StoreError> {
    let row: Count = sql("SELECT count(*) AS n FROM customer_members
         WHERE customer_id = $1 AND user_id = $2 AND role IN ('owner', 'admin')")
    .bind::<SqlUuid, _>(customer)
    .bind::<SqlUuid, _>(user)
    .get_result(conn)
    .await?;
    Ok(row.n > 0)
}

/// Number of projects of a customer; read under the customer's lock.
///
/// # Errors
/// When the database is away.
pub async fn project_count(conn: &mut PgConn, customer: Reached) -> Result<i64, StoreError> {
    let row: Count = sql("SELECT count(*) AS n FROM customer_projects WHERE customer_id = $1")
        .bind::<SqlUuid, _>(customer.id())
        .get_result(conn)
        .await?;
    Ok(row.n)
}

/// Stores a project.
///
/// # Errors
/// [`StoreError::Conflict`] with `customer_projects_name` when the customer has one of this name.
pub async fn insert_project(
    conn: &mut PgConn,
    customer: Reached,
    id: Uuid,
    columns: ProjectColumns<'_>,
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO customer_projects (id, customer_id, name, description, colour, created_at, updated_at, created_by, updated_by)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $7)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Text, _>(columns.name)
    .bind::<Text, _>(columns.description)
    .bind::<Nullable<Text>, _>(columns.colour)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Changes a project that still has the version it was read with.
///
/// # Errors
/// [`StoreError::Stale`]; [`StoreError::Conflict`] as for [`insert_project`].
pub async fn update_project(
    conn: &mut PgConn,
    project: &Project,
    columns: ProjectColumns<'_>,
    archived_at: Option<DateTime<Utc>>,
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE customer_projects SET name = $3, description = $4, colour = $5, archived_at = $6, updated_at = $7, updated_by = $8,
             version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(project.id)
    .bind::<Integer, _>(project.version)
    .bind::<Text, _>(columns.name)
    .bind::<Text, _>(columns.description)
    .bind::<Nullable<Text>, _>(columns.colour)
    .bind::<Nullable<Timestamptz>, _>(archived_at)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(by)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Who is assigned to a project.
///
/// # Errors
/// When the database is away.
pub async fn assigned(conn: &mut PgConn, project: &Project) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> =
        sql("SELECT user_id AS id FROM customer_project_members WHERE project_id = $1 ORDER BY added_at, user_id")
            .bind::<SqlUuid, _>(project.id)
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// People who act for a project's customer: those who are assigned to it, then those who lead the customer, then the others by name. With a text
/// only those whose name or address has it.
///
/// # Errors
/// When the database is away.
pub async fn project_people(
    conn: &mut PgConn,
    project: &Project,
    text: Option<&str>,
    limit: i64,
) -> Result<Vec<Member>, StoreError> {
    let text = text.map(like);
    let rows = sql(
        "SELECT m.user_id, u.name, u.email, m.role, m.added_at, r.rank
         FROM customer_members m JOIN users u ON u.id = m.user_id
             CROSS JOIN LATERAL (SELECT coalesce(array_position(ARRAY['owner', 'admin', 'technical', 'billing', 'viewer'], m.role), 9) AS rank) r
         WHERE m.customer_id = $1 AND u.deleted_at IS NULL
           AND ($3::text IS NULL OR fold_text(u.name) LIKE '%' || fold_text($3) || '%' OR lower(u.email) LIKE '%' || lower($3) || '%')
         ORDER BY NOT EXISTS (SELECT FROM customer_project_members x WHERE x.project_id = $2 AND x.user_id = m.user_id),
                  r.rank, u.name, u.id LIMIT $4",
    )
    .bind::<SqlUuid, _>(project.customer_id)
    .bind::<SqlUuid, _>(project.id)
    .bind::<Nullable<Text>, _>(text)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// How many of these people act for a customer; each counts once.
///
/// # Errors
/// When the database is away.
pub async fn acting(conn: &mut PgConn, customer: Reached, people: &[Uuid]) -> Result<i64, StoreError> {
    let row: Count = sql(
        "SELECT count(*) AS n FROM customer_members m JOIN users u ON u.id = m.user_id
         WHERE m.customer_id = $1 AND m.user_id = ANY($2) AND u.deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Array<SqlUuid>, _>(people)
    .get_result(conn)
    .await?;
    Ok(row.n)
}

/// Assigns people who act for the project's customer, and takes others out. Those who are assigned already stay as they are.
///
/// # Errors
/// When the database refuses; somebody who does not act for the customer is refused by a key.
pub async fn assign(
    conn: &mut PgConn,
    project: &Project,
    add: &[Uuid],
    remove: &[Uuid],
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("DELETE FROM customer_project_members WHERE project_id = $1 AND user_id = ANY($2)")
        .bind::<SqlUuid, _>(project.id)
        .bind::<Array<SqlUuid>, _>(remove)
        .execute(conn)
        .await?;
    sql(
        "INSERT INTO customer_project_members (project_id, customer_id, user_id, added_by, added_at)
         SELECT $1, $2, x.id, $4, $5 FROM unnest($3) AS x(id) ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(project.id)
    .bind::<SqlUuid, _>(project.customer_id)
    .bind::<Array<SqlUuid>, _>(add)
    .bind::<SqlUuid, _>(by)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes somebody out of all projects of a customer; returns how many there were.
///
/// # Errors
/// When the database refuses.
pub async fn unassign(conn: &mut PgConn, customer: Reached, user: Uuid) -> Result<usize, StoreError> {
    let n = sql("DELETE FROM customer_project_members WHERE customer_id = $1 AND user_id = $2")
        .bind::<SqlUuid, _>(customer.id())
        .bind::<SqlUuid, _>(user)
        .execute(conn)
        .await?;
    Ok(n)
}

/// Whether a ticket of this address may be opened in a project: its person sees the project, or the customer himself has the address.
///
/// # Errors
/// When the database is away.
pub async fn project_takes(conn: &mut PgConn, project: &Project, email: &str) -> Result<bool, StoreError> {
    let row: Count = sql(concat!(
        "SELECT count(*) AS n FROM customer_projects p WHERE p.id = $1 AND ",
        takes!("$2")
    ))
    .bind::<SqlUuid, _>(project.id)
    .bind::<Text, _>(email)
    .get_result(conn)
    .await?;
    Ok(row.n > 0)
}
