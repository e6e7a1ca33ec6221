//! Customers from a spreadsheet: reading the file, telling its columns, and each row as the form would have it.

pub mod column;
pub mod row;
pub mod table;
pub mod text;

use crate::words::words;

pub use column::{Column, Mapping, MappingFault};
pub use row::{Address, RowIssue, Typed};
pub use table::{Encoding, Fault, Table};

words! {
    /// Where an import stands.
    ImportState as "CustomerImportState" {
        /// The file is there; what its columns hold is still to be said.
        Uploaded = "uploaded",
        /// Its rows are looked at.
        Checking = "checking",
        /// What would become of each row is known.
        Checked = "checked",
        /// Its rows become customers.
        Importing = "importing",
        /// Every row was dealt with.
        Done = "done",
        /// It could not go on.
        Failed = "failed",
        /// Somebody called it off.
        Cancelled = "cancelled",
    }
}

/// Largest file, in bytes.
pub const MAX_SIZE: usize = 20_000_000;
/// Most rows below the header.
pub const MAX_ROWS: usize = 100_000;
/// Most columns.
pub const MAX_COLUMNS: usize = 200;
