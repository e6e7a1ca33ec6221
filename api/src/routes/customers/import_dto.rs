//! Imports of customers as the API shows and takes them.

use app::customer::import::{Reported, Shown};
use chrono::{DateTime, Utc};
use domain::{customer::import::text, locale::Locale};
use serde::{Deserialize, Serialize};
use store::customer_import::Import;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::words::{CustomerImportColumnWord, CustomerImportStateWord};

/// An import of customers in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CustomerImportSummary {
    /// Id.
    id: Uuid,
    /// Name of the file.
    name: String,
    /// Where it stands.
    state: CustomerImportStateWord,
    /// Bytes of the file.
    size: i64,
    /// Rows of the file.
    total: i32,
    /// Rows that the present step has dealt with: of `total` while it is checked, of `valid` while it is imported.
    processed: i32,
    /// Rows that the check found good.
    valid: i32,
    /// Rows about somebody who is there already.
    duplicates: i32,
    /// Rows with mistakes.
    rejected: i32,
    /// Customers made.
    imported: i32,
    /// When it was uploaded.
    created_at: DateTime<Utc>,
    /// When it ended.
    finished_at: Option<DateTime<Utc>>,
}

impl From<Import> for CustomerImportSummary {
    fn from(row: Import) -> Self {
        Self {
            id: row.id,
            name: row.name,
            state: CustomerImportStateWord::stored(row.state),
            size: row.size,
            total: row.total,
            processed: row.processed,
            valid: row.accepted,
            duplicates: row.duplicates,
            rejected: row.rejected,
            imported: row.imported,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

/// An import of customers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerImport)]
pub(super) struct ImportDto {
    /// What lists show.
    #[serde(flatten)]
    summary: CustomerImportSummary,
    /// Why it failed; for whoever looks after the installation.
    error: Option<String>,
    /// How the text of the file is written: `utf-8`, `utf-8-bom`, `utf-16` or `windows-1252`.
    encoding: String,
    /// What stands between two cells.
    delimiter: String,
    /// First row of the file.
    header: Vec<String>,
    /// What each column holds; proposed at first. `null` for one that is left out.
    mapping: Vec<Option<CustomerImportColumnWord>>,
    /// Rows below the header, the first five.
    sample: Vec<Vec<String>>,
    /// Several customers may have the same address for mail.
    shared_emails: bool,
    /// What was checked: send it along to confirm. `null` before the check.
    fingerprint: Option<String>,
    /// The same file was imported before.
    imported_before: Option<DateTime<Utc>>,
    /// The file and its rows are still there; they are deleted after 30 days.
    has_file: bool,
    /// The job that works on it, or did last; its progress comes as live events `job.progress`.
    job_id: Option<Uuid>,
}

impl From<Shown> for ImportDto {
    fn from(shown: Shown) -> Self {
        let row = shown.import;
        let mapping = row
            .mapping
            .iter()
            .map(|name| name.clone().map(CustomerImportColumnWord::stored));
        Self {
            error: row.error.clone(),
            encoding: row.encoding.clone(),
            delimiter: row.delimiter.clone(),
            header: row.header.clone(),
            mapping: mapping.collect(),
            sample: shown.sample,
            shared_emails: row.shared_emails,
            fingerprint: row
                .fingerprint
                .as_deref()
                .map(|hash| data_encoding::HEXLOWER.encode(hash)),
            imported_before: shown.imported_before,
            has_file: row.file_id.is_some(),
            job_id: row.job_id,
            summary: row.into(),
        }
    }
}

/// What the columns of a file hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CustomerImportMapping)]
pub(super) struct MappingDto {
    /// As many entries as the file has columns; `null` leaves one out. Needed are the address for mail, and the name of the company or
    /// first and last name.
    #[schema(max_items = 200)]
    pub(super) mapping: Vec<Option<CustomerImportColumnWord>>,
    /// Several customers may have the same address for mail; otherwise the second one counts as a duplicate.
    #[serde(default)]
    pub(super) shared_emails: bool,
}

/// What is confirmed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CustomerImportConfirmation)]
pub(super) struct ConfirmationDto {
    /// `fingerprint` of the import as it was shown after the check.
    #[schema(min_length = 64, max_length = 64)]
    pub(super) fingerprint: String,
}

/// Something wrong with a row.
#[derive(Debug, Serialize, ToSchema)]
struct CustomerImportIssue {
    /// What the cell should hold; `null` when it is about the whole row.
    column: Option<CustomerImportColumnWord>,
    /// Stable code.
    code: String,
    /// A sentence in the language asked for.
    message: String,
    /// The cell, shortened; empty for national identification numbers.
    value: String,
    /// What it collides with: number of a customer, or a line of the file.
    other: Option<i64>,
}

/// What became of a row, or would.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerImportRow)]
pub(super) struct RowDto {
    /// Line of the file, the header being on the first.
    line: i32,
    /// `valid`, `imported`, `duplicate` or `rejected`.
    outcome: String,
    /// Name, as far as it could be read.
    name: String,
    /// The customer that was made.
    customer_id: Option<Uuid>,
    /// What is wrong.
    issues: Vec<CustomerImportIssue>,
}

impl RowDto {
    pub(super) fn new(reported: Reported, locale: Locale) -> Self {
        let issue = |issue: domain::customer::import::RowIssue| CustomerImportIssue {
            column: issue.column.map(Into::into),
            message: text::message(&issue, locale),
            code: issue.code,
            value: issue.value,
            other: issue.other,
        };
        Self {
            line: reported.row.line,
            outcome: reported.row.outcome,
            name: reported.row.name,
            customer_id: reported.row.customer_id,
            issues: reported.issues.into_iter().map(issue).collect(),
        }
    }
}
