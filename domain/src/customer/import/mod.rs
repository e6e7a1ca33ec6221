//! Customers from a spreadsheet: reading the file, telling its columns, and each row as the form would have it.

pub mod column;
pub mod row;
pub mod table;
pub mod text;

pub use column::{Column, Mapping, MappingFault};
pub use row::{Address, RowIssue, Typed};
pub use table::{Encoding, Fault, Table};

/// Largest file, in bytes.
pub const MAX_SIZE: usize = 20_000_000;
/// Most rows below the header.
pub const MAX_ROWS: usize = 100_000;
/// Most columns.
pub const MAX_COLUMNS: usize = 200;
