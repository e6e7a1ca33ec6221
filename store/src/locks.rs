//! The advisory locks of the product: one number each, listed in one place so that no two things wait for each other by mistake.

use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool},
};
use diesel_async::RunQueryDsl;

use crate::{PgConn, StoreError, sql::sql};

/// What is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub(crate) enum Lock {
    /// Migrations of the schema.
    Migrations = 7_246_951,
    /// Roles, and who holds them; a trigger of the migration `roles` takes it too.
    Roles = 7_246_952,
    /// Links of the audit chain.
    AuditChain = 7_246_953,
    /// Customers made by imports.
    CustomerImport = 7_246_954,
    /// Text messages that are queued.
    TextMessages = 7_246_955,
    /// Endpoints of webhooks that are added.
    WebhookEndpoints = 7_246_956,
    /// Reading tickets for the search.
    Search = 7_246_957,
}

/// Waits for the lock; it is held until the transaction ends.
pub(crate) async fn take(conn: &mut PgConn, lock: Lock) -> Result<(), StoreError> {
    sql("SELECT pg_advisory_xact_lock($1)")
        .bind::<BigInt, _>(lock as i64)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes the lock until the transaction ends, unless somebody else has it.
pub(crate) async fn try_take(conn: &mut PgConn, lock: Lock) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        taken: bool,
    }
    let row: Row = sql("SELECT pg_try_advisory_xact_lock($1) AS taken")
        .bind::<BigInt, _>(lock as i64)
        .get_result(conn)
        .await?;
    Ok(row.taken)
}
