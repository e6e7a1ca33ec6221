//! The audit trail as a whole: linking its lines, and looking whether it is still whole.

mod link;
mod verify;

pub use link::link;
pub use verify::{Finding, Report, verify};

use domain::audit::chain::Key;

use crate::{App, AppError};

/// The key of marks and chains.
pub(crate) fn key(app: &App) -> Result<Key, AppError> {
    Key::new(&app.keys.derive("audit")?).ok_or_else(|| AppError::Internal("no key for the audit trail".to_owned()))
}
