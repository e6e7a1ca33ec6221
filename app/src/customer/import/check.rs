//! The check of a file: every row by the rules of the form, then against the other rows, then against who is there.

use std::collections::HashMap;

use domain::customer::import::{Column, ImportState, Mapping, RowIssue, Table};
use store::customer_import::{self, RowRecord};
use uuid::Uuid;

use super::{
    Progress, audit_for_owner, blocking, fingerprint, kept, mapping_of, table,
    verdict::{self, Known},
};
use crate::{App, AppError};

/// Rows that are compared with customers, or written, at once.
const CHUNK: usize = 5000;

/// What the first look says of a row.
struct Judged {
    line: i32,
    name: String,
    keys: Vec<(Column, String)>,
    issues: Vec<RowIssue>,
    duplicate: bool,
}

/// Checks an import that waits for it; run twice it finds the same. `progress` hears percents.
///
/// # Errors
/// When the database or the storage is away; the job then tries again.
pub async fn check(app: &App, id: Uuid, progress: &Progress<'_>) -> Result<(), AppError> {
    let import = customer_import::find(&mut *app.conn().await?, id, None).await?;
    if import.state != ImportState::Checking.as_str() {
        return Ok(());
    }
    let pinned = fingerprint(&import);
    let (mapping, shared) = (mapping_of(&import), import.shared_emails);
    let table = table(app, &import).await?;
    progress(5).await?;
    let mut rows = blocking(move || judge(&table, &mapping, shared)).await?;
    progress(40).await?;
    let total = rows.len().max(1);
    let mut done = 0;
    for chunk in rows.chunks_mut(CHUNK) {
        let good = chunk.iter().filter(|row| row.issues.is_empty());
        let keys = good.flat_map(|row| row.keys.iter().map(|(column, value)| (*column, value.as_str())));
        let keys = verdict::collect(keys);
        let known = Known::new(customer_import::taken(&mut *app.conn().await?, &keys).await?);
        for row in chunk.iter_mut().filter(|row| row.issues.is_empty()) {
            row.issues = known.issues(row.keys.iter().map(|(column, value)| (*column, value.as_str())));
            row.duplicate = !row.issues.is_empty();
        }
        done += chunk.len();
        progress(i16::try_from(40 + done * 40 / total).unwrap_or(80)).await?;
    }

    let mut tx = app.begin().await?;
    let mut import = customer_import::find_for_update(tx.conn()?, id, None).await?;
    // Cancelled meanwhile, or another worker was quicker.
    if import.state != ImportState::Checking.as_str() || fingerprint(&import) != pinned {
        return Ok(());
    }
    customer_import::clear_rows(tx.conn()?, id).await?;
    let (mut accepted, mut duplicates, mut rejected) = (0, 0, 0);
    for chunk in rows.chunks(CHUNK) {
        let mut records = Vec::with_capacity(chunk.len());
        for row in chunk {
            let (outcome, count) = match (row.issues.is_empty(), row.duplicate) {
                (true, _) => ("valid", &mut accepted),
                (false, true) => ("duplicate", &mut duplicates),
                (false, false) => ("rejected", &mut rejected),
            };
            *count += 1;
            records.push(RowRecord {
                line: row.line,
                outcome,
                name: row.name.clone(),
                errors: kept(&row.issues)?,
            });
        }
        customer_import::insert_rows(tx.conn()?, id, &records).await?;
    }
    ImportState::Checked.as_str().clone_into(&mut import.state);
    import.processed = import.total;
    (import.accepted, import.duplicates, import.rejected) = (accepted, duplicates, rejected);
    customer_import::update(tx.conn()?, &import).await?;
    audit_for_owner(app, &mut tx, &import, "customer_import.checked").await?;
    tx.commit().await
}

/// Rows by the rules of the form, then against those before them: the first good one of several alike stays.
fn judge(table: &Table, mapping: &Mapping, shared_emails: bool) -> Vec<Judged> {
    let mut seen: HashMap<(Column, String), i32> = HashMap::new();
    let mut rows = Vec::with_capacity(table.lines.len());
    for line in &table.lines {
        let number = i32::try_from(line.number).unwrap_or(i32::MAX);
        let mut row = Judged {
            line: number,
            name: verdict::name_of(line, mapping),
            keys: Vec::new(),
            issues: Vec::new(),
            duplicate: false,
        };
        match verdict::judge(line, mapping) {
            Err(issues) => row.issues = issues,
            Ok(good) => {
                let keys: Vec<(Column, String)> = verdict::keys(&good, shared_emails)
                    .map(|(column, value)| (column, value.to_owned()))
                    .collect();
                for key in &keys {
                    if let Some(before) = seen.get(key) {
                        let issue = RowIssue::new(Some(key.0), "import_same_in_file", &key.1);
                        row.issues.push(issue.with(i64::from(*before)));
                    }
                }
                row.duplicate = !row.issues.is_empty();
                if !row.duplicate {
                    seen.extend(keys.iter().map(|key| (key.clone(), number)));
                }
                row.keys = keys;
            }
        }
        rows.push(row);
    }
    rows
}
