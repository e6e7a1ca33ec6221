//! Idempotency keys: a repeated request gets the first one's answer.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, Binary, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A request that carries a key.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who sends it; keys of different people are different.
    pub actor_id: Uuid,
    /// The key.
    pub key: String,
    /// Method and path.
    pub route: String,
    /// SHA-256 of the body.
    pub body_hash: [u8; 32],
}

/// A key held for one run of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Who sent the request.
    pub actor_id: Uuid,
    /// The key.
    pub key: String,
    /// This claim and no other: a later holder has another one.
    pub claim: Uuid,
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: i32,
    /// Headers worth repeating, name to value.
    pub headers: serde_json::Value,
    /// Body.
    pub body: Vec<u8>,
}

/// What is known about a request's key.
#[derive(Debug)]
pub enum Claim {
    /// It is new: go on, [`mark`] inside the work's transaction, then [`finish`] or [`release`].
    New(Held),
    /// The same request is being worked on.
    InFlight,
    /// The key was used for another request.
    Reused,
    /// The same request was carried out, and the process died before its answer was kept.
    AnswerLost,
    /// The same request was answered.
    Answered(Answer),
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Bool)]
    same: bool,
    #[diesel(sql_type = Bool)]
    lost: bool,
    #[diesel(sql_type = Nullable<Integer>)]
    status: Option<i32>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    headers: Option<serde_json::Value>,
    #[diesel(sql_type = Nullable<Binary>)]
    body: Option<Vec<u8>>,
}

/// Claims keys that nobody has used yet, at `now` until `locked_until`; `None` for one that is there already, about which [`claim`]
/// tells more. Nothing here waits for a request under way with the same key.
///
/// # Errors
/// When the database is away.
pub async fn claim_new(
    conn: &mut PgConn,
    wanted: &[(Request, DateTime<Utc>, DateTime<Utc>)],
) -> Result<Vec<Option<Held>>, StoreError> {
    #[derive(QueryableByName)]
    struct Fresh {
        #[diesel(sql_type = SqlUuid)]
        claim: Uuid,
    }
    let claims: Vec<Uuid> = wanted.iter().map(|_| Uuid::now_v7()).collect();
    let of = |part: fn(&Request) -> &str| wanted.iter().map(|(one, ..)| part(one)).collect::<Vec<_>>();
    // A claim that a crash takes back is claimed again; the work's own commit writes the claim before it. In one order everywhere, so
    // that two processes with the same keys do not wait for each other.
    let fresh: Vec<Fresh> = sql(unflushed!(
        "INSERT INTO idempotency_keys (actor_id, key, route, body_hash, created_at, locked_until, claim)
         SELECT n.* FROM unflushed CROSS JOIN unnest($1, $2, $3, $4, $5, $6, $7) AS n(actor_id, key, route, hash, at, until, claim)
         ORDER BY n.actor_id, n.key
         ON CONFLICT (actor_id, key) DO NOTHING RETURNING claim"
    ))
    .bind::<Array<SqlUuid>, _>(wanted.iter().map(|(one, ..)| one.actor_id).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(of(|one| &one.key))
    .bind::<Array<Text>, _>(of(|one| &one.route))
    .bind::<Array<Binary>, _>(
        wanted
            .iter()
            .map(|(one, ..)| one.body_hash.as_slice())
            .collect::<Vec<_>>(),
    )
    .bind::<Array<Timestamptz>, _>(wanted.iter().map(|(_, now, _)| *now).collect::<Vec<_>>())
    .bind::<Array<Timestamptz>, _>(wanted.iter().map(|(.., until)| *until).collect::<Vec<_>>())
    .bind::<Array<SqlUuid>, _>(&claims)
    .load(conn)
    .await?;
    let held = wanted.iter().zip(claims).map(|((one, ..), claim)| {
        fresh.iter().any(|row| row.claim == claim).then(|| Held {
            actor_id: one.actor_id,
            key: one.key.clone(),
            claim,
        })
    });
    Ok(held.collect())
}

/// Claims the key until `locked_until`, or says why not. A claim whose holder died is taken over after that time unless its
/// work was committed; keys are forgotten after a day.
///
/// # Errors
/// When the database is away.
pub async fn claim(
    conn: &mut PgConn,
    request: &Request,
    now: DateTime<Utc>,
    locked_until: DateTime<Utc>,
) -> Result<Claim, StoreError> {
    let held = Held {
        actor_id: request.actor_id,
        key: request.key.clone(),
        claim: Uuid::now_v7(),
    };
    // A claim that a crash takes back is claimed again; the work's own commit writes the claim before it.
    let claimed = sql(unflushed!(
        "INSERT INTO idempotency_keys AS k (actor_id, key, route, body_hash, created_at, locked_until, claim)
         SELECT $1, $2, $3, $4, $5, $6, $7 FROM unflushed
         ON CONFLICT (actor_id, key) DO UPDATE SET route = excluded.route, body_hash = excluded.body_hash, status = NULL,
             headers = NULL, body = NULL, created_at = excluded.created_at, locked_until = excluded.locked_until,
             claim = excluded.claim, committed = false
         WHERE k.created_at < $5 - interval '1 day'
            OR (k.status IS NULL AND NOT k.committed AND k.locked_until < $5 AND k.route = $3 AND k.body_hash = $4)"
    ))
    .bind::<SqlUuid, _>(request.actor_id)
    .bind::<Text, _>(&request.key)
    .bind::<Text, _>(&request.route)
    .bind::<Binary, _>(request.body_hash.as_slice())
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(locked_until)
    .bind::<SqlUuid, _>(held.claim)
    .execute(conn)
    .await?;
    if claimed > 0 {
        return Ok(Claim::New(held));
    }
    let rows: Vec<Row> = sql(
        "SELECT route = $3 AND body_hash = $4 AS same, committed AND locked_until < $5 AS lost, status,
             headers, body
         FROM idempotency_keys WHERE actor_id = $1 AND key = $2",
    )
    .bind::<SqlUuid, _>(request.actor_id)
    .bind::<Text, _>(&request.key)
    .bind::<Text, _>(&request.route)
    .bind::<Binary, _>(request.body_hash.as_slice())
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(match rows.into_iter().next() {
        Some(row) if !row.same => Claim::Reused,
        Some(Row {
            status: Some(status),
            headers,
            body,
            ..
        }) => Claim::Answered(Answer {
            status,
            headers: headers.unwrap_or_default(),
            body: body.unwrap_or_default(),
        }),
        Some(Row { lost: true, .. }) => Claim::AnswerLost,
        // No row: the holder released the key between the two statements; the caller may try again.
        _ => Claim::InFlight,
    })
}

/// Keeps the claim for longer; false when it was lost.
///
/// # Errors
/// When the database is away.
pub async fn renew(conn: &mut PgConn, held: &Held, locked_until: DateTime<Utc>) -> Result<bool, StoreError> {
    let renewed = sql(unflushed!(
        "UPDATE idempotency_keys SET locked_until = $4 FROM unflushed
         WHERE actor_id = $1 AND key = $2 AND claim = $3 AND status IS NULL"
    ))
    .bind::<SqlUuid, _>(held.actor_id)
    .bind::<Text, _>(&held.key)
    .bind::<SqlUuid, _>(held.claim)
    .bind::<Timestamptz, _>(locked_until)
    .execute(conn)
    .await?;
    Ok(renewed > 0)
}

/// Notes, inside the work's transaction, that this claim did the work.
///
/// # Errors
/// [`StoreError::Fenced`] when the claim was lost, because another process may have done the work: roll back.
pub async fn mark(conn: &mut PgConn, held: &Held) -> Result<(), StoreError> {
    let marked = sql("UPDATE idempotency_keys SET committed = true WHERE actor_id = $1 AND key = $2 AND claim = $3")
        .bind::<SqlUuid, _>(held.actor_id)
        .bind::<Text, _>(&held.key)
        .bind::<SqlUuid, _>(held.claim)
        .execute(conn)
        .await?;
    if marked > 0 { Ok(()) } else { Err(StoreError::Fenced) }
}

/// Keeps answers for those who repeat the requests.
///
/// # Errors
/// When the database is away.
pub async fn finish(conn: &mut PgConn, answers: &[(Held, Answer)]) -> Result<(), StoreError> {
    let headers = answers.iter().map(|(_, answer)| answer.headers.to_string());
    // The caller has the answer; one that a crash takes back is `AnswerLost` to him who repeats the request all the same.
    sql(unflushed!(
        "UPDATE idempotency_keys k SET status = n.status, headers = n.headers::jsonb, body = n.body
         FROM unflushed CROSS JOIN unnest($1, $2, $3, $4, $5, $6) AS n(actor_id, key, claim, status, headers, body)
         WHERE k.actor_id = n.actor_id AND k.key = n.key AND k.claim = n.claim"
    ))
    .bind::<Array<SqlUuid>, _>(answers.iter().map(|(held, _)| held.actor_id).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(answers.iter().map(|(held, _)| held.key.as_str()).collect::<Vec<_>>())
    .bind::<Array<SqlUuid>, _>(answers.iter().map(|(held, _)| held.claim).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(answers.iter().map(|(_, answer)| answer.status).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(headers.collect::<Vec<_>>())
    .bind::<Array<Binary>, _>(
        answers
            .iter()
            .map(|(_, answer)| answer.body.as_slice())
            .collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives the key back after a request that failed on our side, so that it can be repeated. One whose work was committed stays.
///
/// # Errors
/// When the database is away.
pub async fn release(conn: &mut PgConn, held: &Held) -> Result<(), StoreError> {
    sql("DELETE FROM idempotency_keys
         WHERE actor_id = $1 AND key = $2 AND claim = $3 AND status IS NULL AND NOT committed")
    .bind::<SqlUuid, _>(held.actor_id)
    .bind::<Text, _>(&held.key)
    .bind::<SqlUuid, _>(held.claim)
    .execute(conn)
    .await?;
    Ok(())
}
