//! The audit trail as a whole: linking its lines, and looking whether it is still whole.

mod link;
mod verify;

pub use link::link;
pub use verify::{Finding, Report, verify};

use domain::audit::chain::Key;
use store::audit::{self, Entry};

use crate::{App, AppError, Caller};

/// The key of marks and chains.
pub(crate) fn key(app: &App) -> Result<Key, AppError> {
    Key::new(&app.keys.derive("audit")?).ok_or_else(|| AppError::Internal("no key for the audit trail".to_owned()))
}

/// Notes that somebody exports lines of the trail. Returns the place from which the export reads backwards: its own line is
/// not in it.
///
/// # Errors
/// When the database is away.
pub async fn exported(app: &App, caller: &Caller, filter: serde_json::Value) -> Result<i64, AppError> {
    let mut tx = app.begin().await?;
    let entry = Entry {
        action: "audit.export",
        subject_type: "audit",
        subject_id: None,
        data: domain::audit::redact(filter),
    };
    let newest = audit::explore::newest(tx.conn()?).await?;
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    tx.commit().await?;
    Ok(newest.saturating_add(1))
}
