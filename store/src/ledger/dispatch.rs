//! What is due.

use diesel::{
    QueryableByName,
    sql_types::{Array, Integer, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A due job.
#[derive(Debug, Clone, QueryableByName)]
pub struct Due {
    /// Queue.
    #[diesel(sql_type = Text)]
    pub queue: String,
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Attempt that a claim must find.
    #[diesel(sql_type = Integer)]
    pub attempt: i32,
}

/// The first due jobs of each queue by priority and age; `windows` says how many of each. Reads each priority by itself,
/// so that jobs scheduled for later are never walked over.
///
/// # Errors
/// When the database is away.
pub async fn due(conn: &mut PgConn, windows: &[(&str, i32)]) -> Result<Vec<Due>, StoreError> {
    let rows = sql("SELECT q.queue, x.id, x.attempt FROM unnest($1, $2) AS q(queue, size)
         CROSS JOIN LATERAL (SELECT y.id, y.attempt FROM generate_series(0, 3) AS p(priority)
             CROSS JOIN LATERAL (SELECT j.id, j.attempt, j.run_at FROM jobs j
                 WHERE j.state = 'queued' AND j.queue = q.queue AND j.priority = p.priority AND j.run_at <= now()
                 ORDER BY j.run_at, j.id LIMIT q.size) y
             ORDER BY p.priority, y.run_at, y.id LIMIT q.size) x")
    .bind::<Array<Text>, _>(windows.iter().map(|w| w.0).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(windows.iter().map(|w| w.1).collect::<Vec<_>>())
    .load(conn)
    .await?;
    Ok(rows)
}
