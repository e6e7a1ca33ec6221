//! What can go wrong in a use case, in terms that hold for HTTP, the command line and jobs alike.

use std::collections::BTreeMap;

use store::StoreError;

/// One wrong field of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer to the field (RFC 6901).
    pub pointer: String,
    /// Stable code.
    pub code: String,
    /// A sentence.
    pub detail: String,
    /// What its text in the reader's language names, such as a line.
    pub params: BTreeMap<&'static str, String>,
}

impl FieldError {
    /// An error at `pointer`.
    pub fn new(pointer: &str, code: &str, detail: impl ToString) -> Self {
        Self {
            pointer: pointer.to_owned(),
            code: code.to_owned(),
            detail: detail.to_string(),
            params: BTreeMap::new(),
        }
    }

    /// The same with something its text names.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.insert(name, value.to_string());
        self
    }
}

/// A use case that did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// No such thing, or not for this caller.
    #[error("not found")]
    NotFound,
    /// It changed since the caller read it.
    #[error("it changed meanwhile")]
    Stale,
    /// The caller's role does not allow it.
    #[error("not permitted")]
    Forbidden,
    /// The caller may do such things, but not this one.
    #[error("not permitted: {message}")]
    Denied {
        /// Stable code.
        code: String,
        /// A sentence that says what is missing.
        message: String,
    },
    /// The caller must prove anew who he is, then repeat it.
    #[error("a fresh proof of identity is needed")]
    StepUp,
    /// The caller is not signed in, or no longer.
    #[error("not signed in")]
    Unauthenticated,
    /// The rules refuse it in the present state.
    #[error("refused: {message}")]
    Refused {
        /// Stable code.
        code: String,
        /// A sentence that says what to do.
        message: String,
        /// What would be accepted instead.
        allowed: Vec<String>,
    },
    /// The input is wrong.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// The question makes no sense.
    #[error("unclear: {detail}")]
    Unclear {
        /// Stable code.
        code: &'static str,
        /// A sentence.
        detail: String,
    },
    /// It collides with something that exists.
    #[error("conflict: {detail}")]
    Conflict {
        /// Stable code.
        code: String,
        /// A sentence.
        detail: String,
    },
    /// Too many tries.
    #[error("too many requests")]
    TooMany {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// Others are served; the same call may succeed in a moment.
    #[error("too much is being done at once")]
    Busy {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// Something it needs is away; the same call may succeed later.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// There is no room to keep it; once there is, the same call succeeds.
    #[error("no room: {0}")]
    Full(String),
    /// A defect or a broken environment; the text is for the log only.
    #[error("internal: {0}")]
    Internal(String),
}

impl AppError {
    /// One wrong field.
    #[must_use]
    pub fn invalid(pointer: &str, code: &str, detail: impl ToString) -> Self {
        Self::Invalid(vec![FieldError::new(pointer, code, detail)])
    }

    /// The present state does not allow it, whatever is asked for.
    #[must_use]
    pub fn refused(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Refused {
            code: code.into(),
            message: message.into(),
            allowed: Vec::new(),
        }
    }

    /// The same call may succeed later without any change.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(_) | Self::Full(_) | Self::Stale | Self::TooMany { .. } | Self::Busy { .. }
        )
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Stale | StoreError::Fenced => Self::Stale,
            StoreError::Conflict(constraint) => Self::Conflict {
                code: "already_exists".to_owned(),
                detail: format!("refused by `{constraint}`"),
            },
            full if full.is_full() => Self::Full(full.to_string()),
            transient if transient.is_transient() => Self::Unavailable(transient.to_string()),
            other => Self::Internal(other.to_string()),
        }
    }
}
