//! The audit trail as a whole: linking its lines, and looking whether it is still whole.

mod link;
mod verify;

pub use link::link;
pub use verify::{Finding, Report, verify};

use domain::audit::chain::Key;
use store::{
    alert::NewAlert,
    audit::{self, Entry},
};

use crate::{App, AppError, Caller, account::alerts};

/// Findings that an alert names; the check itself names all.
const NAMED: usize = 20;

/// The key of marks and chains.
pub(crate) fn key(app: &App) -> Result<Key, AppError> {
    Key::new(&app.keys.derive("audit")?).ok_or_else(|| AppError::Internal("no key for the audit trail".to_owned()))
}

/// Looks whether the trail is whole; whatever is wrong with it is an alert for those in charge.
///
/// # Errors
/// When the database is away.
pub async fn watch(app: &App) -> Result<Report, AppError> {
    let report = verify(app, None).await?;
    let findings: Vec<String> = report.findings.iter().map(Finding::to_string).collect();
    let Some(first) = findings.first() else {
        return Ok(report);
    };
    for finding in &findings {
        tracing::error!(%finding, "the audit trail was tampered with");
    }
    let now = app.now();
    let alert = NewAlert {
        kind: "audit_tampered",
        severity: "critical",
        user_id: None,
        ip: None,
        data: serde_json::json!({ "findings": findings.len(), "first": &findings[..findings.len().min(NAMED)] }),
        // What is wrong stays wrong: it is told again when there is more of it.
        once_key: Some(format!("audit_tampered:{}:{first}", findings.len())),
    };
    let mut tx = app.begin().await?;
    alerts::raise(&mut tx, alert, now).await?;
    tx.commit().await?;
    Ok(report)
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
