//! Whether articles helped. Who says so is a mark that leads to nobody.

use diesel::sql_types::{Binary, Bool, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// Notes a vote, or changes it; a voter has one for each article.
///
/// # Errors
/// When the database refuses.
pub async fn vote(conn: &mut PgConn, article: Uuid, voter: &[u8], helpful: bool) -> Result<(), StoreError> {
    sql(
        "INSERT INTO knowledge_votes (article_id, voter, helpful) VALUES ($1, $2, $3)
         ON CONFLICT (article_id, voter) DO UPDATE SET helpful = excluded.helpful",
    )
    .bind::<SqlUuid, _>(article)
    .bind::<Binary, _>(voter)
    .bind::<Bool, _>(helpful)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that an article spared somebody a ticket; said again it counts once.
///
/// # Errors
/// When the database refuses.
pub async fn solved(conn: &mut PgConn, article: Uuid, voter: &[u8]) -> Result<(), StoreError> {
    sql("INSERT INTO knowledge_solved (article_id, voter) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind::<SqlUuid, _>(article)
        .bind::<Binary, _>(voter)
        .execute(conn)
        .await?;
    Ok(())
}
