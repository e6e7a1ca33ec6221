//! Schema migrations, embedded in the binary. An advisory lock lets only one process run them at a time.

use diesel_async::{AsyncConnection, AsyncMigrationHarness, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{PgConn, StoreError};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

/// Key of the advisory lock; any constant that nothing else uses.
const LOCK: &str = "SELECT pg_advisory_lock(7246951)";

async fn harness(url: &str) -> Result<AsyncMigrationHarness<PgConn>, StoreError> {
    let mut conn = PgConn::establish(url)
        .await
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    conn.batch_execute(LOCK).await?;
    Ok(AsyncMigrationHarness::new(conn))
}

fn failed(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(format!("migration failed: {error}"))
}

/// Runs what is missing and returns its names. Needs a multi-threaded runtime.
///
/// # Errors
/// When the server is away or a migration fails; what ran before it stays.
pub async fn migrate(url: &str) -> Result<Vec<String>, StoreError> {
    let mut harness = harness(url).await?;
    let ran = harness.run_pending_migrations(MIGRATIONS).map_err(failed)?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

/// Names of migrations that have not run.
///
/// # Errors
/// When the server is away.
pub async fn pending(url: &str) -> Result<Vec<String>, StoreError> {
    let mut harness = harness(url).await?;
    let pending = harness.pending_migrations(MIGRATIONS).map_err(failed)?;
    Ok(pending.iter().map(|m| m.name().to_string()).collect())
}

/// Undoes every migration, newest first: for the test that each can be undone.
///
/// # Errors
/// When the server is away or a `down.sql` fails.
pub async fn revert_all(url: &str) -> Result<(), StoreError> {
    let mut harness = harness(url).await?;
    harness.revert_all_migrations(MIGRATIONS).map_err(failed)?;
    Ok(())
}

/// Creates database `name` unless it exists; `url` leads to a database on the same server. The name must be a plain word.
///
/// # Errors
/// When the server is away or refuses.
pub async fn create_database(url: &str, name: &str) -> Result<(), StoreError> {
    let mut conn = PgConn::establish(url)
        .await
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    match conn.batch_execute(&format!("CREATE DATABASE {name}")).await {
        Err(diesel::result::Error::DatabaseError(_, info)) if info.message().contains("already exists") => Ok(()),
        other => Ok(other?),
    }
}
