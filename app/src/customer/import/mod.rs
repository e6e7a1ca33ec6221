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

fn kept(issues: &[RowIssue]) -> Result<serde_json::Value, AppError> {
    serde_json::to_value(issues).map_err(|error| AppError::Internal(error.to_string()))
}

fn unkept(value: serde_json::Value) -> Result<Vec<RowIssue>, AppError> {
    serde_json::from_value(value).map_err(|error| AppError::Internal(error.to_string()))
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
    let actor = match user::by_id(tx.conn()?, import.created_by).await {
        Ok(owner) => Actor {
            user_id: Some(owner.id),
            kind: "user",
            name: owner.name,
            ..Actor::default()
        },
        // He left; what he began still comes to its end.
        Err(store::StoreError::NotFound) => Actor::product(),
        Err(error) => return Err(error.into()),
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

/// Ends imports whose job is over without having ended them: its worker died at the last attempt. Returns how many.
///
/// # Errors
/// When the database is away; what was ended stays so.
pub async fn give_up_abandoned(app: &App) -> Result<usize, AppError> {
    let abandoned = customer_import::abandoned(&mut *app.conn().await?, 100).await?;
    for id in &abandoned {
        give_up(app, *id, "the job that worked on it ended before it was done").await?;
    }
    Ok(abandoned.len())
}
