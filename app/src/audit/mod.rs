//! The audit trail as a whole: linking its lines, and looking whether it is still whole.

mod link;
mod verify;

pub use link::link;
pub use verify::{Finding, Report, verify};

use chrono::TimeDelta;
use domain::audit::chain::Key;
use store::{
    PgConn,
    alert::NewAlert,
    audit::{
        self, Entry,
        chain::{self, Stored},
    },
};

use crate::{App, AppError, Caller, account::alerts, master_key};

/// Findings that an alert names; the check itself names all.
const NAMED: usize = 20;

/// The key of marks and chains.
pub(crate) fn key(app: &App) -> Result<Key, AppError> {
    key_of(&app.keys.derive("audit")?)
}

fn key_of(bytes: &[u8; 32]) -> Result<Key, AppError> {
    Key::new(bytes).ok_or_else(|| AppError::Internal("no key for the audit trail".to_owned()))
}

/// How long after a replacement of the master key lines are still accepted that a former one marked: they were on their way.
const ON_THEIR_WAY: TimeDelta = TimeDelta::hours(1);

/// The keys under which lines were marked and linked.
struct Keys {
    /// The present one first, then those it replaced, newest first.
    all: Vec<Key>,
    /// Lines from which on keys mark and link no more, with the number of those that still do.
    replaced: Vec<(i64, usize)>,
    /// Lines that wait may bear the mark of a former key.
    late: bool,
    /// Keys that replaced those that are here.
    newer: Vec<String>,
    /// All keys that the trail names and that are not here.
    missing: Vec<String>,
}

/// Refuses to go on without keys.
fn need(missing: &[String]) -> Result<(), AppError> {
    if missing.is_empty() {
        return Ok(());
    }
    Err(AppError::Internal(format!(
        "the trail cannot be followed without the master key {}: name it in CM_MASTER_KEYS_OLD",
        missing.join(", ")
    )))
}

impl Keys {
    async fn of(app: &App, conn: &mut PgConn) -> Result<Self, AppError> {
        let keys = app.keys.derive_all("audit")?;
        let all: Vec<Key> = keys.iter().map(key_of).collect::<Result<_, _>>()?;
        let replaced = chain::replacements(conn).await?;
        let ids: Vec<String> = std::iter::once(app.keys.id()).chain(app.keys.former_ids()).collect();
        let present = replaced.iter().find(|one| one.key_id == app.keys.id());
        Ok(Self {
            all,
            newer: master_key::newer(app, &replaced),
            missing: master_key::missing(app, &replaced),
            replaced: replaced
                .iter()
                .filter_map(|one| Some((one.id, ids.iter().position(|id| *id == one.key_id)? + 1)))
                .collect(),
            late: present.is_none_or(|one| app.now() - one.at <= ON_THEIR_WAY),
        })
    }

    /// Whether a line that waits has a genuine mark.
    fn waiting(&self, line: &Stored) -> bool {
        let mark = line.mark.as_deref();
        let keys = if self.late { &self.all[..] } else { &self.all[..1] };
        keys.iter().any(|key| mark == Some(key.mark(&line.line()).as_slice()))
    }
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
