//! The audit trail as a whole: linking its lines, and looking whether it is still whole.

mod link;
mod verify;

pub use link::link;
pub use verify::{Finding, Report, verify};

use chrono::TimeDelta;
use domain::{audit::chain::Key, permission::Permission};
use store::{
    PgConn,
    alert::NewAlert,
    audit::{
        self, Entry,
        chain::{self, Stored},
    },
    privacy::steps,
};

use crate::{App, AppError, Caller, account::alerts, master_key};

/// Findings that an alert names; the check itself names all.
const NAMED: usize = 20;
/// Lines that are vouched for anew at once.
const VOUCHED: i64 = 1000;

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
pub(crate) struct Keys {
    /// The present one first, then those it replaced, newest first.
    all: Vec<Key>,
    /// Lines from which on keys mark and link no more, with the number of those that still do.
    replaced: Vec<(i64, usize)>,
    /// Lines that wait may bear the mark of a former key.
    late: bool,
    /// Keys that replaced those that are here.
    newer: Vec<String>,
    /// All keys that the trail names and that are not here.
    pub(crate) missing: Vec<String>,
}

/// Refuses to go on without keys.
pub(crate) fn need(missing: &[String]) -> Result<(), AppError> {
    if missing.is_empty() {
        return Ok(());
    }
    Err(AppError::Internal(format!(
        "the trail cannot be followed without the master key {}: name it in CM_MASTER_KEYS_OLD",
        missing.join(", ")
    )))
}

impl Keys {
    pub(crate) async fn of(app: &App, conn: &mut PgConn) -> Result<Self, AppError> {
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

    /// Those under which something is made now.
    fn present(&self) -> &[Key] {
        if self.late { &self.all } else { &self.all[..1] }
    }

    /// Whether a line that waits has a genuine mark.
    fn waiting(&self, line: &Stored) -> bool {
        let mark = line.mark.as_deref();
        if line.redaction.is_some() {
            return self.vouched(line);
        }
        self.present()
            .iter()
            .any(|key| mark == Some(key.mark(&line.line()).as_slice()))
    }

    /// Whether a redaction vouches for what a line says since a person was taken out of it.
    fn vouched(&self, line: &Stored) -> bool {
        let (Some(mark), Some(redaction)) = (&line.mark, &line.redaction) else {
            return false;
        };
        vouches(self.present(), line, mark, redaction)
    }

    /// The mark that a line was written with, as long as it says what it said then, or what a redaction vouches for. Of lines from before there were
    /// marks it is the one they would have.
    pub(crate) fn genuine(&self, line: &Stored) -> Option<Vec<u8>> {
        match (&line.mark, &line.redaction) {
            (Some(mark), Some(_)) => self.vouched(line).then(|| mark.clone()),
            (Some(mark), None) => self
                .all
                .iter()
                .any(|key| key.mark(&line.line()) == mark.as_slice())
                .then(|| mark.clone()),
            (None, None) => self.all.last().map(|key| key.mark(&line.line()).to_vec()),
            (None, Some(_)) => None,
        }
    }

    /// Vouches for what a line says now, which was written with this mark.
    pub(crate) fn vouch(&self, line: &Stored, mark: &[u8]) -> Vec<u8> {
        let key = &self.all[0];
        key.redaction(mark, &key.mark(&line.line())).to_vec()
    }
}

fn vouches(keys: &[Key], line: &Stored, mark: &[u8], redaction: &[u8]) -> bool {
    keys.iter()
        .any(|key| redaction == key.redaction(mark, &key.mark(&line.line())))
}

/// Vouches anew, under the present key, for lines that a former one vouched for. Returns how many they were.
pub(crate) async fn vouch_anew(app: &App) -> Result<usize, AppError> {
    let (mut after, mut done) = (0, 0);
    loop {
        let mut tx = app.begin().await?;
        let keys = Keys::of(app, tx.conn()?).await?;
        let lines = chain::redacted(tx.conn()?, after, VOUCHED).await?;
        let Some(last) = lines.last() else { return Ok(done) };
        after = last.id;
        let mut anew = Vec::new();
        for mut line in lines {
            let (Some(mark), Some(redaction)) = (line.mark.clone(), line.redaction.clone()) else {
                continue;
            };
            if vouches(&keys.all[1..], &line, &mark, &redaction) {
                line.redaction = Some(keys.vouch(&line, &mark));
                anew.push(line);
            }
        }
        steps::redact(tx.conn()?, &anew).await?;
        done += anew.len();
        tx.commit().await?;
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
/// not in it. Needs a fresh factor.
///
/// # Errors
/// [`AppError::Forbidden`], [`AppError::StepUp`]; when the database is away.
pub async fn exported(app: &App, caller: &Caller, filter: serde_json::Value) -> Result<i64, AppError> {
    caller.need(Permission::AuditExport)?;
    caller.fresh_factor(app.now())?;
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
