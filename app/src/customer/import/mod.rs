//! Customers from a file. Upload, check and import are three steps: the check makes nobody and says of each row what would become of
//! it; the import makes what was checked, under the very mapping that was confirmed.

mod carry;
mod check;
mod report;
mod steps;
mod verdict;

pub use carry::carry_out;
pub use check::check;
pub use report::{Reported, export, rows};
pub use steps::{cancel, confirm, list, show, start_check, upload};

use domain::{
    customer::import::{Column, ImportState, Mapping, RowIssue, Table},
    words::WordSet,
};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{
    audit::{self, Actor, Entry},
    customer_import::{self, Import},
    user,
};
use uuid::Uuid;

use crate::{App, AppError, Tx, vault};

/// Hears how far a job is, in percent; an error means that another worker has it.
pub type Progress<'a> = dyn Fn(i16) -> BoxFuture<'static, Result<(), AppError>> + Send + Sync + 'a;

/// An import as its owner sees it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The row.
    pub import: Import,
    /// First rows of the file; empty once its time is over.
    pub sample: Vec<Vec<String>>,
    /// When the same file was imported before, by whomever.
    pub imported_before: Option<chrono::DateTime<chrono::Utc>>,
}

/// An issue as kept with its row.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    column: Option<Column>,
    code: String,
    value: String,
    other: Option<i64>,
}

fn kept(issues: &[RowIssue]) -> Result<serde_json::Value, AppError> {
    let kept: Vec<Kept> = issues
        .iter()
        .map(|issue| Kept {
            column: issue.column,
            code: issue.code.clone(),
            value: issue.value.clone(),
            other: issue.other,
        })
        .collect();
    serde_json::to_value(kept).map_err(|error| AppError::Internal(error.to_string()))
}

fn unkept(value: &serde_json::Value) -> Result<Vec<RowIssue>, AppError> {
    let kept: Vec<Kept> =
        serde_json::from_value(value.clone()).map_err(|error| AppError::Internal(error.to_string()))?;
    let issue = |kept: Kept| RowIssue {
        column: kept.column,
        code: kept.code,
        value: kept.value,
        other: kept.other,
    };
    Ok(kept.into_iter().map(issue).collect())
}

/// What is pinned by a confirmation: the file, what its columns hold, and the settings.
fn fingerprint(import: &Import) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(&import.sha256);
    for column in &import.mapping {
        hash.update(column.as_deref().unwrap_or("-"));
        hash.update([0]);
    }
    hash.update([u8::from(import.shared_emails)]);
    hash.finalize().to_vec()
}

fn mapping_of(import: &Import) -> Mapping {
    import
        .mapping
        .iter()
        .map(|name| name.as_deref().and_then(Column::parse))
        .collect()
}

/// The file of an import, read again.
async fn table(app: &App, import: &Import) -> Result<Table, AppError> {
    let file = import.file_id.ok_or(AppError::NotFound)?;
    let (_, bytes) = vault::get(app, file).await?;
    blocking(move || Table::read(&bytes).map_err(|fault| AppError::Internal(fault.to_string()))).await?
}

/// Work for a processor, away from those who answer.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| AppError::Internal(error.to_string()))
}

/// Audits a step that a job took for the owner of an import.
async fn audit_for_owner(app: &App, tx: &mut Tx, import: &Import, action: &str) -> Result<(), AppError> {
    let owner = user::by_id(tx.conn()?, import.created_by).await?;
    let actor = Actor {
        user_id: Some(owner.id),
        kind: "user",
        name: owner.name,
        ..Actor::default()
    };
    audit::append(tx.conn()?, &actor, app.now(), entry(import, action)).await?;
    Ok(())
}

fn entry<'a>(import: &Import, action: &'a str) -> Entry<'a> {
    Entry {
        action,
        subject_type: "customer_import",
        subject_id: Some(import.id),
        data: serde_json::json!({
            "file": import.name,
            "sha256": data_encoding::HEXLOWER.encode(&import.sha256),
            "rows": import.total,
            "valid": import.accepted,
            "duplicates": import.duplicates,
            "rejected": import.rejected,
            "imported": import.imported,
        }),
    }
}

/// Ends an import that its job could not bring to an end.
///
/// # Errors
/// When the database is away.
pub async fn give_up(app: &App, id: Uuid, reason: &str) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let mut import = customer_import::find_for_update(tx.conn()?, id, None).await?;
    if ![ImportState::Checking, ImportState::Importing]
        .iter()
        .any(|state| import.state == state.as_str())
    {
        return Ok(());
    }
    ImportState::Failed.as_str().clone_into(&mut import.state);
    import.error = Some(reason.chars().take(500).collect());
    import.finished_at = Some(app.now());
    customer_import::update(tx.conn()?, &import).await?;
    audit_for_owner(app, &mut tx, &import, "customer_import.fail").await?;
    tx.commit().await
}
