//! What can go wrong in the database, told apart as far as callers act on it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

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
    /// Anything else.
    #[error("database: {0}")]
    Database(DieselError),
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
    /// The same operation may succeed later without any change.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable(_) => true,
            Self::Database(DieselError::DatabaseError(kind, _)) => matches!(
                kind,
                DatabaseErrorKind::SerializationFailure
                    | DatabaseErrorKind::ClosedConnection
                    | DatabaseErrorKind::UnableToSendCommand
                    | DatabaseErrorKind::Unknown
            ),
            Self::Database(DieselError::BrokenTransactionManager | DieselError::RollbackTransaction) => true,
            _ => false,
        }
    }
}
