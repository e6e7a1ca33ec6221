//! Begin, commit and roll back. Use cases open transactions through `app`; this only speaks to the server.

use diesel_async::{AnsiTransactionManager, TransactionManager};

use crate::{Conn, PgConn, StoreError};

/// Opens a transaction.
///
/// # Errors
/// When the server is away or one is open already.
pub async fn begin(conn: &mut PgConn) -> Result<(), StoreError> {
    Ok(AnsiTransactionManager::begin_transaction(conn).await?)
}

/// Opens a transaction with statements of its own, the first of which is `BEGIN`.
///
/// # Errors
/// When the server is away or one is open already.
pub(crate) async fn begin_with(conn: &mut PgConn, statements: &str) -> Result<(), StoreError> {
    Ok(AnsiTransactionManager::begin_transaction_sql(conn, statements).await?)
}

/// Commits; afterwards the changes are durable.
///
/// # Errors
/// When the connection broke (the outcome is then unknown) or a deferred constraint refused.
pub async fn commit(conn: &mut PgConn) -> Result<(), StoreError> {
    Ok(AnsiTransactionManager::commit_transaction(conn).await?)
}

/// Rolls back.
///
/// # Errors
/// When the connection broke; the server then rolls back by itself.
pub async fn rollback(conn: &mut PgConn) -> Result<(), StoreError> {
    Ok(AnsiTransactionManager::rollback_transaction(conn).await?)
}

/// Closes a connection whose transaction is in a state nobody knows, instead of giving it back to the pool. The server rolls back
/// what it has not committed.
pub fn close(conn: Conn) {
    drop(Conn::take(conn));
}
