//! Adding jobs, in the caller's transaction.

use diesel::{
    QueryableByName,
    sql_types::{Array, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use jobs::NewJob;
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    sql::{Statement, sql},
};

#[derive(QueryableByName)]
struct Live {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    unique_key: String,
}

/// The twelve arrays that [`insert_jobs!`] reads, in the order of its columns.
pub(crate) fn bind_jobs<'a>(statement: Statement<'a>, jobs: &'a [NewJob]) -> Result<Statement<'a>, StoreError> {
    let payloads = jobs.iter().map(NewJob::payload).collect::<Result<Vec<_>, _>>()?;
    let kinds = jobs.iter().map(|job| job.subject().map(|s| s.kind.as_str()));
    let limits = jobs
        .iter()
        .map(|job| i16::try_from(job.max_attempts()).unwrap_or(i16::MAX));
    Ok(statement
        .bind::<Array<SqlUuid>, _>(jobs.iter().map(NewJob::id).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(jobs.iter().map(NewJob::kind).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(jobs.iter().map(|job| job.queue().as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(payloads)
        .bind::<Array<SmallInt>, _>(jobs.iter().map(|job| job.order().as_i16()).collect::<Vec<_>>())
        .bind::<Array<Nullable<Timestamptz>>, _>(jobs.iter().map(NewJob::due_at).collect::<Vec<_>>())
        .bind::<Array<SmallInt>, _>(limits.collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(jobs.iter().map(NewJob::unique_key).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(kinds.collect::<Vec<_>>())
        .bind::<Array<Nullable<SqlUuid>>, _>(jobs.iter().map(|job| job.subject().map(|s| s.id)).collect::<Vec<_>>())
        .bind::<Array<Nullable<SqlUuid>>, _>(jobs.iter().map(NewJob::actor_id).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(jobs.iter().map(NewJob::trace_context).collect::<Vec<_>>()))
}

/// Adds jobs in one statement and returns their ids in order. A job whose unique key is taken by a live job is not added;
/// that job's id stands in its place.
///
/// # Errors
/// When arguments cannot be encoded or the database refuses; then none is added.
pub async fn enqueue(conn: &mut PgConn, jobs: &[NewJob]) -> Result<Vec<Uuid>, StoreError> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let added = bind_jobs(
        sql(insert_jobs!(
            "unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        )),
        jobs,
    )?
    .execute(conn)
    .await?;
    let mut ids: Vec<Uuid> = jobs.iter().map(NewJob::id).collect();
    if added < jobs.len() {
        adopt_live(conn, jobs, &mut ids).await?;
    }
    Ok(ids)
}

/// Puts the id of the live job in place of one that was not added.
async fn adopt_live(conn: &mut PgConn, jobs: &[NewJob], ids: &mut [Uuid]) -> Result<(), StoreError> {
    let unique: Vec<&NewJob> = jobs.iter().filter(|job| job.unique_key().is_some()).collect();
    let live: Vec<Live> = sql(
        "SELECT j.id, j.kind, j.unique_key FROM jobs j JOIN unnest($1, $2) AS n(kind, unique_key)
                 ON j.kind = n.kind AND j.unique_key = n.unique_key
             WHERE j.unique_key IS NOT NULL AND j.state IN ('queued', 'running')",
    )
    .bind::<Array<Text>, _>(unique.iter().map(|job| job.kind()).collect::<Vec<_>>())
    .bind::<Array<Nullable<Text>>, _>(unique.iter().map(|job| job.unique_key()).collect::<Vec<_>>())
    .load(conn)
    .await?;
    for (job, id) in jobs.iter().zip(ids) {
        let taken = live
            .iter()
            .find(|l| l.kind == job.kind() && Some(l.unique_key.as_str()) == job.unique_key());
        if let Some(taken) = taken {
            *id = taken.id;
        }
    }
    Ok(())
}
