//! What can go wrong in the database, told apart as far as callers act on it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::sqlstate;

/// A failed database operation.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The row does not exist, or not for this caller.
    #[error("no such row")]
    NotFound,
    /// The row changed since the caller read it.
    #[error("the row changed meanwhile")]
    Stale,
    /// A unique constraint refused the row.
    #[error("constraint `{0}` refused the row")]
    Conflict(String),
    /// The attempt that wants to finish a job no longer owns it.
    #[error("the job belongs to another attempt")]
    Fenced,
    /// A value in the database is not one this release knows.
    #[error("unexpected value in the database: {0}")]
    Corrupt(String),
    /// The job's arguments could not be encoded.
    #[error(transparent)]
    Encode(#[from] jobs::EncodeError),
    /// No connection to be had; the operation may be tried again.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// Anything else; the log names its SQLSTATE.
    #[error("database: {}", described(.0))]
    Database(DieselError),
}

/// The server's words, with the SQLSTATE when there is one.
fn described(error: &DieselError) -> String {
    match error {
        DieselError::DatabaseError(_, info) => match sqlstate::code(&**info) {
            Some(code) => format!("{error} [{code}]"),
            None => error.to_string(),
        },
        other => other.to_string(),
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::NotFound,
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                Self::Conflict(info.constraint_name().unwrap_or("unknown").to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, info) => {
                Self::Unavailable(info.message().to_owned())
            }
            other => Self::Database(other),
        }
    }
}

impl StoreError {
    /// The server has no room on its disk; what was asked for did not happen.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Database(DieselError::DatabaseError(_, info)) if sqlstate::code(&**info) == Some(sqlstate::DISK_FULL))
    }

    /// The same operation may succeed later without any change.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable(_) => true,
            Self::Database(DieselError::DatabaseError(kind, info)) => sqlstate::is_transient(kind, &**info),
            Self::Database(DieselError::BrokenTransactionManager | DieselError::RollbackTransaction) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel_async::SimpleAsyncConnection;
    use testkit::TestDb;

    use crate::{Conn, Pool, StoreError};

    async fn run(conn: &mut Conn, sql: &str) -> Result<(), StoreError> {
        Ok(conn.batch_execute(sql).await?)
    }

    async fn refusal(pool: &Pool, sql: &str) -> StoreError {
        run(&mut pool.get().await.unwrap(), sql).await.unwrap_err()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_passes_is_told_from_what_stays_wrong() {
        let db = TestDb::new().await;
        let pool = crate::connect(&db.url, 4).unwrap();
        let stays = [
            ("SELECT none", "42703"),
            ("SELECT 1 / 0", "22012"),
            ("SELECT convert_from('\\xff', 'UTF8')", "22021"),
            ("DO $$ BEGIN RAISE 'no'; END $$", "P0001"),
        ];
        for (sql, code) in stays {
            let error = refusal(&pool, sql).await;
            assert!(
                !error.is_transient() && error.to_string().ends_with(&format!("[{code}]")),
                "{error}"
            );
        }
        let passes = [
            ("SET statement_timeout = 20; SELECT pg_sleep(5)", "57014"),
            ("DO $$ BEGIN RAISE 'no room' USING ERRCODE = '53100'; END $$", "53100"),
        ];
        for (sql, code) in passes {
            let error = refusal(&pool, sql).await;
            assert!(
                error.is_transient() && error.to_string().ends_with(&format!("[{code}]")),
                "{error}"
            );
            assert_eq!(error.is_full(), code == "53100", "{error}");
        }
        // Its last words (57P01) may be lost with the connection; either way it passes.
        let ended = refusal(&pool, "SET ROLE NONE; SELECT pg_terminate_backend(pg_backend_pid())").await;
        assert!(ended.is_transient(), "{ended}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_deadlock_passes_and_so_does_a_lock_that_is_taken() {
        let db = TestDb::new().await;
        let pool = crate::connect(&db.url, 4).unwrap();
        let (mut one, mut two) = (pool.get().await.unwrap(), pool.get().await.unwrap());
        run(&mut one, "BEGIN; SELECT pg_advisory_xact_lock(1)").await.unwrap();
        run(&mut two, "BEGIN; SELECT pg_advisory_xact_lock(2)").await.unwrap();
        let error = refusal(&pool, "SET lock_timeout = 20; SELECT pg_advisory_lock(1)").await;
        assert!(
            error.is_transient() && error.to_string().ends_with("[55P03]"),
            "{error}"
        );
        let (first, second) = tokio::join!(
            run(&mut one, "SELECT pg_advisory_xact_lock(2)"),
            run(&mut two, "SELECT pg_advisory_xact_lock(1)"),
        );
        let error = first.and(second).unwrap_err();
        assert!(
            error.is_transient() && error.to_string().ends_with("[40P01]"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_server_that_is_away_and_an_address_that_is_none_say_so() {
        let pool = crate::connect("postgres://u:hunter2@127.0.0.1:1/d", 1).unwrap();
        let error = pool.get().await.err().unwrap();
        assert!(
            error.is_transient() && error.to_string().contains("127.0.0.1 port 1"),
            "{error}"
        );
        for wrong in ["", "localhost", "mysql://u:hunter2@h/d", "postgres://"] {
            let error = crate::connect(wrong, 1).unwrap_err().to_string();
            assert!(error.contains("address") && !error.contains("hunter2"), "{error}");
        }
    }
}
