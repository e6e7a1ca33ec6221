//! Erasing a person: requests, what stands against it, and the statements of each step. Every step may run again.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::privacy::erasure::{Identity, Patterns};
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// An erasure that was asked for, goes on or is done.
#[derive(Debug, Clone, QueryableByName)]
pub struct Erasure {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Who is erased.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// His name; afterwards what is left of it.
    #[diesel(sql_type = Text)]
    pub user_name: String,
    /// `asked`, `withdrawn`, `running` or `done`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// When he asked for it himself.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub asked_at: Option<DateTime<Utc>>,
    /// Until when he may think it over.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub due_at: Option<DateTime<Utc>>,
    /// Staff who carried it out.
    #[diesel(sql_type = Nullable<Text>)]
    pub carried_by: Option<String>,
    /// Why.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// When it was done.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub done_at: Option<DateTime<Utc>>,
    /// Names and addresses, sealed, while it goes on.
    #[diesel(sql_type = Nullable<Binary>)]
    pub identity: Option<Vec<u8>>,
    /// Steps that are done.
    #[diesel(sql_type = Array<Text>)]
    pub steps: Vec<String>,
    /// Rows by step.
    #[diesel(sql_type = Jsonb)]
    pub erased: serde_json::Value,
    /// When the row was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.user_id, u.name AS user_name, e.state, e.asked_at, e.due_at,
                (SELECT c.name FROM users c WHERE c.id = e.carried_by) AS carried_by, e.reason, e.done_at, e.identity, e.steps,
                e.erased, e.created_at FROM personal_erasures e JOIN users u ON u.id = e.user_id ",
            $rest
        )
    };
}

/// The newest erasure of a person.
///
/// # Errors
/// When the database is away.
pub async fn newest(conn: &mut PgConn, user: Uuid) -> Result<Option<Erasure>, StoreError> {
    let rows: Vec<Erasure> = sql(select!(
        "WHERE e.user_id = $1 ORDER BY e.created_at DESC, e.id DESC LIMIT 1"
    ))
    .bind::<SqlUuid, _>(user)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next())
}

/// Erasures, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Erasure>, StoreError> {
    let (at, id) = after.unzip();
    Ok(sql(select!(
        "WHERE $1 IS NULL OR (e.created_at, e.id) < ($1, $2) ORDER BY e.created_at DESC, e.id DESC LIMIT $3"
    ))
    .bind::<Nullable<Timestamptz>, _>(at)
    .bind::<Nullable<SqlUuid>, _>(id)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// One erasure, locked until the transaction ends.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find_for_update(conn: &mut PgConn, id: Uuid) -> Result<Erasure, StoreError> {
    Ok(sql(select!("WHERE e.id = $1 FOR UPDATE OF e"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// Notes that somebody asks to be erased.
///
/// # Errors
/// [`StoreError::Conflict`] when he did already, or it goes on.
pub async fn ask(
    conn: &mut PgConn,
    (id, user): (Uuid, Uuid),
    due: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("INSERT INTO personal_erasures (id, user_id, state, asked_at, due_at, created_at) VALUES ($1, $2, 'asked', $3, $4, $3)")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(user)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(due)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes back what somebody asked for; false when there is nothing to take back.
///
/// # Errors
/// When the database is away.
pub async fn withdraw(conn: &mut PgConn, user: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let n = sql(
        "UPDATE personal_erasures SET state = 'withdrawn', withdrawn_at = $2 WHERE user_id = $1 AND state = 'asked'",
    )
    .bind::<SqlUuid, _>(user)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// Begins an erasure: the one that was asked for, or one without a request. Returns its id.
///
/// # Errors
/// [`StoreError::Conflict`] when it goes on already.
pub async fn begin(
    conn: &mut PgConn,
    (id, user): (Uuid, Uuid),
    (by, reason): (Uuid, &str),
    identity: &[u8],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("INSERT INTO personal_erasures (id, user_id, state, carried_by, reason, identity, started_at, created_at)
         VALUES ($1, $2, 'running', $3, $4, $5, $6, $6)
         ON CONFLICT (id) DO UPDATE SET state = 'running', carried_by = $3, reason = $4, identity = $5, started_at = $6")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(user)
        .bind::<SqlUuid, _>(by)
        .bind::<Text, _>(reason)
        .bind::<Binary, _>(identity)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Counts rows that a part of a step changed.
///
/// # Errors
/// When the database refuses.
pub async fn counted(conn: &mut PgConn, id: Uuid, step: &str, rows: i64) -> Result<(), StoreError> {
    sql("UPDATE personal_erasures SET erased = erased || jsonb_build_object($2::text, coalesce((erased ->> $2)::bigint, 0) + $3::bigint)
         WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(step)
        .bind::<BigInt, _>(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that a step is done, and how many rows it changed last.
///
/// # Errors
/// When the database refuses.
pub async fn stepped(conn: &mut PgConn, id: Uuid, step: &str, rows: i64) -> Result<(), StoreError> {
    counted(conn, id, step, rows).await?;
    sql("UPDATE personal_erasures SET steps = array_append(steps, $2) WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(step)
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends an erasure: what was looked for is wiped, also from the reason.
///
/// # Errors
/// When the database refuses.
pub async fn done(conn: &mut PgConn, id: Uuid, patterns: &Patterns, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE personal_erasures SET state = 'done', identity = NULL, done_at = $2, reason = scrub_text(reason, $3, $4) WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<Text>, _>(patterns.find.clone())
        .bind::<Array<Text>, _>(patterns.put.clone())
        .execute(conn)
        .await?;
    Ok(())
}

/// Whom an erasure is about. Accounts that were deleted are people as well.
#[derive(Debug, Clone, QueryableByName)]
pub struct Subject {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Key of the role.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// What the role allows.
    #[diesel(sql_type = Array<Text>)]
    pub permissions: Vec<String>,
    /// The account was deleted before.
    #[diesel(sql_type = Bool)]
    pub deleted: bool,
}

/// Says whether there is, or was, a person with this id.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn known(conn: &mut PgConn, user: Uuid) -> Result<(), StoreError> {
    let n = sql("SELECT 1 FROM users WHERE id = $1")
        .bind::<SqlUuid, _>(user)
        .execute(conn)
        .await?;
    if n == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// The person with this id, locked until the transaction ends.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn subject(conn: &mut PgConn, user: Uuid) -> Result<Subject, StoreError> {
    Ok(sql(
        "SELECT u.id, u.email, u.name, r.key AS role, r.effective AS permissions, u.deleted_at IS NOT NULL AS deleted
         FROM users u JOIN roles r ON r.id = u.role_id WHERE u.id = $1 FOR UPDATE OF u",
    )
    .bind::<SqlUuid, _>(user)
    .get_result(conn)
    .await?)
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    value: String,
}

/// By what a person is found: what his account says now, and what it said before.
///
/// # Errors
/// When the database is away.
pub async fn identity(conn: &mut PgConn, user: Uuid) -> Result<Identity, StoreError> {
    let found: Vec<Found> = sql(
        "WITH mine AS (SELECT id FROM tickets WHERE requester_user_id = $1
                       UNION SELECT ticket_id FROM ticket_participants WHERE user_id = $1)
         SELECT 'name' AS kind, name AS value FROM users WHERE id = $1
         UNION SELECT 'address', email FROM users WHERE id = $1
         UNION SELECT 'phone', phone FROM users WHERE id = $1 AND phone IS NOT NULL
         UNION SELECT 'phone', phone FROM sms_factors WHERE user_id = $1
         UNION SELECT 'address', email FROM user_identities WHERE user_id = $1 AND email IS NOT NULL
         UNION SELECT 'address', email FROM mailed_links WHERE user_id = $1
         UNION SELECT 'address', requester_email FROM tickets WHERE requester_user_id = $1
         UNION SELECT 'name', requester_name FROM tickets WHERE requester_user_id = $1
         UNION SELECT 'address', email FROM ticket_participants WHERE user_id = $1
         UNION SELECT 'name', name FROM ticket_participants WHERE user_id = $1
         UNION SELECT 'address', m.author_email FROM ticket_messages m JOIN mine ON mine.id = m.ticket_id
             WHERE m.author_user_id = $1 AND NOT m.is_staff AND m.author_email IS NOT NULL
         UNION SELECT 'address', v FROM audit_log a CROSS JOIN LATERAL (VALUES (a.data #>> '{email,from}'), (a.data #>> '{email,to}')) x (v)
             WHERE a.subject_type = 'user' AND a.subject_id = $1 AND a.data ? 'email' AND v IS NOT NULL
         UNION SELECT 'name', v FROM audit_log a CROSS JOIN LATERAL (VALUES (a.data #>> '{name,from}'), (a.data #>> '{name,to}')) x (v)
             WHERE a.subject_type = 'user' AND a.subject_id = $1 AND a.data ? 'name' AND v IS NOT NULL
         UNION SELECT 'name', c.name FROM customers c JOIN customer_members m ON m.customer_id = c.id AND m.user_id = $1
             AND m.role = 'owner' WHERE c.kind = 'individual'
             AND NOT EXISTS (SELECT FROM customer_members o WHERE o.customer_id = c.id AND o.user_id <> $1)
         UNION SELECT 'address', c.email FROM customers c JOIN customer_members m ON m.customer_id = c.id AND m.user_id = $1
             AND m.role = 'owner' WHERE c.kind = 'individual'
             AND NOT EXISTS (SELECT FROM customer_members o WHERE o.customer_id = c.id AND o.user_id <> $1)",
    )
    .bind::<SqlUuid, _>(user)
    .load(conn)
    .await?;
    let mut identity = Identity::default();
    for Found { kind, value } in found {
        match kind.as_str() {
            "name" => identity.names.push(value),
            "phone" => identity.phones.push(value),
            _ => identity.addresses.push(value),
        }
    }
    Ok(identity.cleaned())
}

/// A number with a name.
#[derive(Debug, Clone, QueryableByName)]
pub struct Count {
    /// Of what.
    #[diesel(sql_type = Text)]
    pub key: String,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// What must be settled first, and how much of each. Codes are those of [`domain::privacy::erasure::Obstacle`].
///
/// # Errors
/// When the database is away.
pub async fn obstacles(
    conn: &mut PgConn,
    user: Uuid,
    addresses: &[String],
    now: DateTime<Utc>,
) -> Result<Vec<Count>, StoreError> {
    Ok(sql(
        "WITH alone AS (SELECT c.* FROM customers c JOIN customer_members m ON m.customer_id = c.id AND m.user_id = $1
                 AND m.role = 'owner'
             WHERE NOT EXISTS (SELECT FROM customer_members o WHERE o.customer_id = c.id AND o.user_id <> $1 AND o.role = 'owner'))
         SELECT key, count FROM (
             SELECT 'last_owner' AS key, count(*) AS count FROM alone WHERE deleted_at IS NULL AND status <> 'inactive'
             UNION ALL SELECT 'customer_address', count(*) FROM customers c
                 WHERE c.email = ANY($2) AND c.deleted_at IS NULL AND c.status <> 'inactive' AND c.id NOT IN (SELECT id FROM alone)
             UNION ALL SELECT 'open_tickets', count(*) FROM tickets
                 WHERE requester_user_id = $1 AND deleted_at IS NULL AND state NOT IN ('resolved', 'closed')
             UNION ALL SELECT 'assigned_tickets', count(*) FROM tickets
                 WHERE assignee_id = $1 AND deleted_at IS NULL AND state NOT IN ('resolved', 'closed')
             UNION ALL SELECT 'identity_under_review', count(*) FROM kyc_cases k JOIN alone a ON a.id = k.customer_id
                 WHERE k.state IN ('submitted', 'in_review')
             UNION ALL SELECT 'last_admin', count(*) FROM users u JOIN roles r ON r.id = u.role_id AND r.key = 'admin'
                 WHERE u.id = $1 AND u.deleted_at IS NULL AND NOT EXISTS (SELECT FROM users o WHERE o.role_id = u.role_id AND o.id <> $1
                     AND o.deleted_at IS NULL AND o.status = 'active')
             UNION ALL SELECT 'cooling_off', count(*) FROM personal_erasures
                 WHERE user_id = $1 AND state = 'asked' AND due_at > $3
         ) x WHERE count > 0",
    )
    .bind::<SqlUuid, _>(user)
    .bind::<Array<Text>, _>(addresses.to_vec())
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?)
}

/// What would be erased, and what would be kept (keys beginning with `kept_`).
///
/// # Errors
/// When the database is away.
pub async fn preview(conn: &mut PgConn, user: Uuid, addresses: &[String]) -> Result<Vec<Count>, StoreError> {
    Ok(sql(
        "WITH mine AS (SELECT id, customer_id FROM tickets WHERE requester_user_id = $1 OR requester_email = ANY($2)
                       UNION SELECT t.id, t.customer_id FROM ticket_participants p JOIN tickets t ON t.id = p.ticket_id
                           WHERE p.user_id = $1 OR p.email = ANY($2)),
              his AS (SELECT m.id, EXISTS (SELECT FROM customers c WHERE c.id = t.customer_id AND c.kind = 'corporate') AS company
                      FROM ticket_messages m JOIN mine t ON t.id = m.ticket_id
                      WHERE NOT m.is_staff AND (m.author_user_id = $1 OR m.author_email = ANY($2))),
              own AS (SELECT c.id FROM customers c JOIN customer_members m ON m.customer_id = c.id AND m.user_id = $1
                          AND m.role = 'owner'
                      WHERE c.kind = 'individual'
                          AND NOT EXISTS (SELECT FROM customer_members o WHERE o.customer_id = c.id AND o.user_id <> $1))
         SELECT 'sessions' AS key, count(*) AS count FROM sessions WHERE user_id = $1
         UNION ALL SELECT 'factors', (SELECT count(*) FROM passkeys WHERE user_id = $1) + (SELECT count(*) FROM totp_factors WHERE user_id = $1)
             + (SELECT count(*) FROM sms_factors WHERE user_id = $1) + (SELECT count(*) FROM user_identities WHERE user_id = $1)
         UNION ALL SELECT 'api_tokens', count(*) FROM api_tokens WHERE user_id = $1
         UNION ALL SELECT 'memberships', count(*) FROM customer_members WHERE user_id = $1
         UNION ALL SELECT 'messages', count(*) FROM his WHERE NOT company
         UNION ALL SELECT 'files', count(*) FROM attachments a JOIN his ON his.id = a.message_id WHERE NOT his.company
         UNION ALL SELECT 'mails', count(*) FROM raw_mails WHERE from_address = ANY($2)
         UNION ALL SELECT 'customers', count(*) FROM own
         UNION ALL SELECT 'papers', count(*) FROM kyc_documents d JOIN kyc_cases k ON k.id = d.case_id JOIN own ON own.id = k.customer_id
             WHERE d.file_id IS NOT NULL AND (k.documents_digest IS NULL OR d.deleted_at IS NOT NULL)
         UNION ALL SELECT 'kept_papers', count(*) FROM kyc_documents d JOIN kyc_cases k ON k.id = d.case_id
             JOIN own ON own.id = k.customer_id
             WHERE d.file_id IS NOT NULL AND d.deleted_at IS NULL AND k.documents_digest IS NOT NULL
         UNION ALL SELECT 'kept_fiscal', count(*) FROM customer_documents d JOIN own ON own.id = d.customer_id
             WHERE d.deleted_at IS NULL AND d.category IN ('fiscal', 'contract')
         UNION ALL SELECT 'kept_messages', count(*) FROM his WHERE company
         UNION ALL SELECT 'kept_journal', count(*) FROM login_journal WHERE user_id = $1
         UNION ALL SELECT 'kept_audit', count(*) FROM audit_log WHERE actor_id = $1",
    )
    .bind::<SqlUuid, _>(user)
    .bind::<Array<Text>, _>(addresses.to_vec())
    .load(conn)
    .await?)
}
