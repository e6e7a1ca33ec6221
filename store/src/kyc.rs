//! Verification of identity. Everything is reached through the customer it belongs to.

mod ending;
pub mod policy;

pub use ending::{ending, over, warned};

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, audit::Actor, customer::Reached, scope::Scope, sql::sql};

/// A case.
#[derive(Debug, Clone, QueryableByName)]
pub struct Case {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Customer.
    #[diesel(sql_type = SqlUuid)]
    pub customer_id: Uuid,
    /// State, see `domain::kyc::State`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// When it was handed in.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Who handed it in.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub submitted_by: Option<Uuid>,
    /// Who reviews it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub reviewer_id: Option<Uuid>,
    /// His name.
    #[diesel(sql_type = Nullable<Text>)]
    pub reviewer_name: Option<String>,
    /// When it was decided.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Why, as told to the customer.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// Digest of the documents that were decided on.
    #[diesel(sql_type = Nullable<Binary>)]
    pub documents_digest: Option<Vec<u8>>,
    /// Until when an approval holds.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub expires_at: Option<DateTime<Utc>>,
    /// [`CURRENT`], [`RENEWAL`] or [`PAST`].
    #[diesel(sql_type = Text)]
    pub part: String,
    /// When it became past.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub closed_at: Option<DateTime<Utc>>,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// The part of the case whose state the customer's own repeats.
pub const CURRENT: &str = "current";
/// That of the case that is to take its place.
pub const RENEWAL: &str = "renewal";
/// That of a case whose place was taken.
pub const PAST: &str = "past";

/// The cases of a customer that are not past.
#[derive(Debug, Clone, Default)]
pub struct Cases {
    /// Where he stands, once something was given.
    pub current: Option<Case>,
    /// What is to take its place: only beside an approval.
    pub renewal: Option<Case>,
}

/// A document of a case.
#[derive(Debug, Clone, QueryableByName)]
pub struct KycDocument {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// What it is, see `domain::kyc::Paper`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Encrypted file.
    #[diesel(sql_type = SqlUuid)]
    pub file_id: Uuid,
    /// Safe file name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Type by content.
    #[diesel(sql_type = Text)]
    pub content_type: String,
    /// Size in bytes.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// SHA-256 of the content.
    #[diesel(sql_type = Binary)]
    pub sha256: Vec<u8>,
    /// Who uploaded it.
    #[diesel(sql_type = SqlUuid)]
    pub uploaded_by: Uuid,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// A step of a case.
#[derive(Debug, Clone, QueryableByName)]
pub struct KycEvent {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// State before.
    #[diesel(sql_type = Text)]
    pub from_state: String,
    /// State after.
    #[diesel(sql_type = Text)]
    pub to_state: String,
    /// Why.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// Who did it.
    #[diesel(sql_type = Text)]
    pub actor_name: String,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// Of a case that renews another one.
    #[diesel(sql_type = Bool)]
    pub renewal: bool,
}

/// Somebody who opened a document.
#[derive(Debug, Clone, QueryableByName)]
pub struct DocumentView {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Document.
    #[diesel(sql_type = SqlUuid)]
    pub document_id: Uuid,
    /// What it is.
    #[diesel(sql_type = Text)]
    pub document_kind: String,
    /// Who opened it.
    #[diesel(sql_type = Text)]
    pub viewer_name: String,
    /// From where.
    #[diesel(sql_type = Nullable<Text>)]
    pub ip: Option<String>,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
}

/// A case that waits, with its customer.
#[derive(Debug, Clone, QueryableByName)]
pub struct Waiting {
    /// Customer.
    #[diesel(sql_type = SqlUuid)]
    pub customer_id: Uuid,
    /// His number.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// His name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// `individual` or `corporate`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// `submitted` or `in_review`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Who reviews it.
    #[diesel(sql_type = Nullable<Text>)]
    pub reviewer_name: Option<String>,
    /// When it was handed in.
    #[diesel(sql_type = Timestamptz)]
    pub submitted_at: DateTime<Utc>,
    /// When the case began.
    #[diesel(sql_type = Timestamptz)]
    pub opened_at: DateTime<Utc>,
    /// Case.
    #[diesel(sql_type = SqlUuid)]
    pub case_id: Uuid,
    /// It renews an approval that is still in force.
    #[diesel(sql_type = Bool)]
    pub renewal: bool,
}

macro_rules! select_case {
    ($rest:literal) => {
        concat!(
            "SELECT k.id, k.customer_id, k.state, k.submitted_at, k.submitted_by, k.reviewer_id, r.name AS reviewer_name,
                k.decided_at, k.reason, k.documents_digest, k.expires_at, k.part, k.closed_at, k.version
             FROM kyc_cases k LEFT JOIN users r ON r.id = k.reviewer_id ",
            $rest
        )
    };
}

fn sorted(rows: Vec<Case>) -> Cases {
    let mut cases = Cases::default();
    for case in rows {
        if case.part == RENEWAL {
            cases.renewal = Some(case);
        } else {
            cases.current = Some(case);
        }
    }
    cases
}

/// The cases of a customer that are not past.
///
/// # Errors
/// When the database is away.
pub async fn cases(conn: &mut PgConn, customer: Reached) -> Result<Cases, StoreError> {
    let rows = sql(select_case!("WHERE k.customer_id = $1 AND k.part <> 'past'"))
        .bind::<SqlUuid, _>(customer.id())
        .load(conn)
        .await?;
    Ok(sorted(rows))
}

/// The past cases of a customer, the last one first; fifty at most.
///
/// # Errors
/// When the database is away.
pub async fn past_cases(conn: &mut PgConn, customer: Reached) -> Result<Vec<Case>, StoreError> {
    let rows = sql(select_case!(
        "WHERE k.customer_id = $1 AND k.part = 'past' ORDER BY k.closed_at DESC, k.id DESC LIMIT 50"
    ))
    .bind::<SqlUuid, _>(customer.id())
    .load(conn)
    .await?;
    Ok(rows)
}

/// The cases of a customer that are not past, locked until the transaction ends. Lock order: customer before cases.
///
/// # Errors
/// When the database is away.
pub async fn locked_cases(conn: &mut PgConn, customer: Reached) -> Result<Cases, StoreError> {
    let rows = sql(select_case!(
        "WHERE k.customer_id = $1 AND k.part <> 'past' ORDER BY k.id FOR UPDATE OF k"
    ))
    .bind::<SqlUuid, _>(customer.id())
    .load(conn)
    .await?;
    Ok(sorted(rows))
}

/// The cases of a customer, locked until the transaction ends; a new one when there is none. Lock order: customer before cases.
///
/// # Errors
/// When the database is away.
pub async fn open_case(conn: &mut PgConn, customer: Reached, at: DateTime<Utc>) -> Result<Cases, StoreError> {
    sql(
        "INSERT INTO kyc_cases (id, customer_id, state, created_at, updated_at) VALUES ($1, $2, 'collecting', $3, $3)
         ON CONFLICT (customer_id) WHERE part = 'current' DO NOTHING",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(customer.id())
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    locked_cases(conn, customer).await
}

/// Begins a case that renews `current`, and returns it, locked until the transaction ends.
///
/// # Errors
/// [`StoreError::NotFound`] when there is one already.
pub async fn open_renewal(
    conn: &mut PgConn,
    customer: Reached,
    current: &Case,
    at: DateTime<Utc>,
) -> Result<Case, StoreError> {
    let id = Uuid::now_v7();
    sql(
        "INSERT INTO kyc_cases (id, customer_id, state, part, renews, created_at, updated_at)
         VALUES ($1, $2, 'collecting', 'renewal', $3, $4, $4) ON CONFLICT (customer_id) WHERE part = 'renewal' DO NOTHING",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(customer.id())
    .bind::<SqlUuid, _>(current.id)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    let row = sql(select_case!("WHERE k.customer_id = $1 AND k.id = $2 FOR UPDATE OF k"))
        .bind::<SqlUuid, _>(customer.id())
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?;
    Ok(row)
}

/// Writes the case with its new values if it still has its version, the state of its customer with it when it is the current one,
/// and the step when the state changed. Of a customer's cases the one that becomes past is written first: one is current, one open and
/// one in force at most.
///
/// # Errors
/// [`StoreError::Stale`].
pub async fn update_case(
    conn: &mut PgConn,
    case: &Case,
    from: &str,
    actor: &Actor,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    // What is only carried on was decided by somebody else.
    let decided =
        case.state != from && matches!(case.state.as_str(), "approved" | "rejected" | "more_info" | "revoked");
    let n = sql(
        "WITH k AS (UPDATE kyc_cases SET state = $3, submitted_at = $4, submitted_by = $5, reviewer_id = $6,
                claimed_at = CASE WHEN $3 = 'in_review' THEN $11 ELSE claimed_at END, decided_at = $7,
                decided_by = CASE WHEN $12 THEN $13 ELSE decided_by END, reason = $8, documents_digest = $9, expires_at = $10,
                part = $17, closed_at = $18, updated_at = $11, version = version + 1
            WHERE id = $1 AND version = $2 RETURNING id, customer_id),
         e AS (INSERT INTO kyc_events (id, case_id, from_state, to_state, reason, actor_id, actor_name, at)
            SELECT $14, k.id, $15, $3, $8, $13, $16, $11 FROM k WHERE $15 <> $3)
         UPDATE customers c SET kyc_state = CASE WHEN $17 = 'current' THEN $3 ELSE c.kyc_state END, updated_at = $11,
             version = version + 1 FROM k WHERE c.id = k.customer_id",
    )
    .bind::<SqlUuid, _>(case.id)
    .bind::<Integer, _>(case.version)
    .bind::<Text, _>(case.state.as_str())
    .bind::<Nullable<Timestamptz>, _>(case.submitted_at)
    .bind::<Nullable<SqlUuid>, _>(case.submitted_by)
    .bind::<Nullable<SqlUuid>, _>(case.reviewer_id)
    .bind::<Nullable<Timestamptz>, _>(case.decided_at)
    .bind::<Nullable<Text>, _>(case.reason.as_deref())
    .bind::<Nullable<Binary>, _>(case.documents_digest.as_deref())
    .bind::<Nullable<Timestamptz>, _>(case.expires_at)
    .bind::<Timestamptz, _>(at)
    .bind::<Bool, _>(decided)
    .bind::<Nullable<SqlUuid>, _>(actor.user_id)
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Text, _>(from)
    .bind::<Text, _>(actor.name.as_str())
    .bind::<Text, _>(case.part.as_str())
    .bind::<Nullable<Timestamptz>, _>(case.closed_at)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

macro_rules! select_document {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.kind, d.file_id, d.name, f.content_type, f.size, f.sha256, d.uploaded_by, d.created_at
             FROM kyc_documents d JOIN kyc_cases k ON k.id = d.case_id JOIN sealed_files f ON f.id = d.file_id
             WHERE k.customer_id = $1 AND d.deleted_at IS NULL ",
            $rest
        )
    };
}

/// The documents of one of a customer's cases, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn documents(conn: &mut PgConn, customer: Reached, case: &Case) -> Result<Vec<KycDocument>, StoreError> {
    let rows = sql(select_document!(
        "AND d.case_id = $2 ORDER BY d.created_at, d.id LIMIT 200"
    ))
    .bind::<SqlUuid, _>(customer.id())
    .bind::<SqlUuid, _>(case.id)
    .load(conn)
    .await?;
    Ok(rows)
}

/// One document.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn document(conn: &mut PgConn, customer: Reached, id: Uuid) -> Result<KycDocument, StoreError> {
    let row = sql(select_document!("AND d.id = $2"))
        .bind::<SqlUuid, _>(customer.id())
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?;
    Ok(row)
}

/// Stores the record of a document whose file is stored.
///
/// # Errors
/// When the database refuses.
pub async fn insert_document(conn: &mut PgConn, case: &Case, document: &KycDocument) -> Result<(), StoreError> {
    sql(
        "INSERT INTO kyc_documents (id, case_id, kind, file_id, name, uploaded_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(document.id)
    .bind::<SqlUuid, _>(case.id)
    .bind::<Text, _>(document.kind.as_str())
    .bind::<SqlUuid, _>(document.file_id)
    .bind::<Text, _>(document.name.as_str())
    .bind::<SqlUuid, _>(document.uploaded_by)
    .bind::<Timestamptz, _>(document.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a document out of a case.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn delete_document(conn: &mut PgConn, case: &Case, id: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql("UPDATE kyc_documents SET deleted_at = $3 WHERE id = $1 AND case_id = $2 AND deleted_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(case.id)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// The last hundred steps of a customer's cases, newest first.
///
/// # Errors
/// When the database is away.
pub async fn events(conn: &mut PgConn, customer: Reached) -> Result<Vec<KycEvent>, StoreError> {
    let rows = sql(
        "SELECT e.id, e.from_state, e.to_state, e.reason, e.actor_name, e.at, k.renews IS NOT NULL AS renewal
         FROM kyc_events e JOIN kyc_cases k ON k.id = e.case_id
         WHERE k.customer_id = $1 ORDER BY e.at DESC, e.id DESC LIMIT 100",
    )
    .bind::<SqlUuid, _>(customer.id())
    .load(conn)
    .await?;
    Ok(rows)
}

/// Notes that somebody opens a document.
///
/// # Errors
/// When the database refuses.
pub async fn note_view(
    conn: &mut PgConn,
    customer: Reached,
    document: Uuid,
    actor: &Actor,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "INSERT INTO kyc_document_views (id, document_id, case_id, viewer_id, ip, at)
         SELECT $1, d.id, d.case_id, $4, $5, $6 FROM kyc_documents d JOIN kyc_cases k ON k.id = d.case_id
         WHERE d.id = $3 AND k.customer_id = $2",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(customer.id())
    .bind::<SqlUuid, _>(document)
    .bind::<Nullable<SqlUuid>, _>(actor.user_id)
    .bind::<Nullable<Text>, _>(actor.ip.as_deref())
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Who opened documents of a customer's cases, the last first; 500 at most.
///
/// # Errors
/// When the database is away.
pub async fn views(conn: &mut PgConn, customer: Reached) -> Result<Vec<DocumentView>, StoreError> {
    let rows = sql(
        "SELECT v.id, v.document_id, d.kind AS document_kind, u.name AS viewer_name, v.ip, v.at
         FROM kyc_document_views v JOIN kyc_documents d ON d.id = v.document_id JOIN kyc_cases k ON k.id = v.case_id
            JOIN users u ON u.id = v.viewer_id
         WHERE k.customer_id = $1 ORDER BY v.at DESC, v.id DESC LIMIT 500",
    )
    .bind::<SqlUuid, _>(customer.id())
    .load(conn)
    .await?;
    Ok(rows)
}

/// In which order cases that wait are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Longest waiting first.
    Submitted,
    /// Handed in last first.
    SubmittedLast,
    /// The oldest case first, however often it was handed in.
    Opened,
    /// The newest case first.
    OpenedLast,
}

macro_rules! select_waiting {
    ($at:literal, $after:literal, $order:literal) => {
        concat!(
            "SELECT c.id AS customer_id, c.number, c.name, c.kind, k.state, r.name AS reviewer_name, k.submitted_at,
                k.created_at AS opened_at, k.id AS case_id, k.part = 'renewal' AS renewal
             FROM kyc_cases k JOIN customers c ON c.id = k.customer_id LEFT JOIN users r ON r.id = k.reviewer_id
             WHERE k.state IN ('submitted', 'in_review') AND c.deleted_at IS NULL
                AND ($1::uuid IS NULL OR EXISTS (SELECT 1 FROM customer_members m WHERE m.customer_id = c.id AND m.user_id = $1))
                AND ($2::timestamptz IS NULL OR (",
            $at,
            ", k.id) ",
            $after,
            " ($2, $3::uuid))
                AND ($5::text IS NULL OR k.state = $5) AND ($6::uuid IS NULL OR k.reviewer_id = $6)
             ORDER BY ",
            $at,
            " ",
            $order,
            ", k.id ",
            $order,
            " LIMIT $4"
        )
    };
}

impl Waiting {
    /// Its place in a list.
    #[must_use]
    pub const fn place(&self, order: Order) -> (DateTime<Utc>, Uuid) {
        match order {
            Order::Submitted | Order::SubmittedLast => (self.submitted_at, self.case_id),
            Order::Opened | Order::OpenedLast => (self.opened_at, self.case_id),
        }
    }
}

/// Cases that wait for a reviewer or are with one: all, those in a state, those of one reviewer.
///
/// # Errors
/// When the database is away.
pub async fn waiting(
    conn: &mut PgConn,
    scope: Scope,
    (state, reviewer): (Option<&str>, Option<Uuid>),
    order: Order,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Waiting>, StoreError> {
    let (at, id) = after.unzip();
    let text = match order {
        Order::Submitted => select_waiting!("k.submitted_at", ">", "ASC"),
        Order::SubmittedLast => select_waiting!("k.submitted_at", "<", "DESC"),
        Order::Opened => select_waiting!("k.created_at", ">", "ASC"),
        Order::OpenedLast => select_waiting!("k.created_at", "<", "DESC"),
    };
    let rows = sql(text)
        .bind::<Nullable<SqlUuid>, _>(scope.user())
        .bind::<Nullable<Timestamptz>, _>(at)
        .bind::<Nullable<SqlUuid>, _>(id)
        .bind::<BigInt, _>(limit)
        .bind::<Nullable<Text>, _>(state)
        .bind::<Nullable<SqlUuid>, _>(reviewer)
        .load(conn)
        .await?;
    Ok(rows)
}
