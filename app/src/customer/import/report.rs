//! What became of each row.

use std::collections::HashMap;

use domain::{
    customer::import::{RowIssue, text},
    locale::Locale,
};
use store::{
    PgConn, audit,
    customer_import::{self, Import, Row},
};
use uuid::Uuid;

use super::{entry, steps::allowed, table, unkept};
use crate::{App, AppError, Caller};

/// Rows read at once for a download.
const CHUNK: i64 = 5000;

/// A row of the report.
#[derive(Debug, Clone)]
pub struct Reported {
    /// As stored.
    pub row: Row,
    /// What is wrong with it.
    pub issues: Vec<RowIssue>,
}

fn outcomes(outcome: Option<&str>) -> Vec<&str> {
    match outcome {
        None => Vec::new(),
        Some("faulty") => vec!["duplicate", "rejected"],
        Some(one) => vec![one],
    }
}

async fn own(conn: &mut PgConn, caller: &Caller, id: Uuid) -> Result<Import, AppError> {
    allowed(caller)?;
    Ok(customer_import::find(conn, id, Some(caller.user_id)).await?)
}

/// Rows after a line, in the order of the file; `outcome` is one of the row's, or `faulty` for duplicates and rejected ones.
///
/// # Errors
/// [`AppError::NotFound`] when the import is somebody else's.
pub async fn rows(
    app: &App,
    caller: &Caller,
    id: Uuid,
    outcome: Option<&str>,
    after: i32,
    limit: i64,
) -> Result<Vec<Reported>, AppError> {
    let mut conn = app.conn().await?;
    own(&mut conn, caller, id).await?;
    let rows = customer_import::rows(&mut conn, id, &outcomes(outcome), after, limit).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Reported {
                issues: unkept(row.errors.take())?,
                row,
            })
        })
        .collect()
}

/// The rows that were not good, as they stand in the file, with line and reasons behind them: to be mended and uploaded again. The
/// first row is the header.
///
/// # Errors
/// [`AppError::NotFound`] also when the time of the file is over.
pub async fn export(app: &App, caller: &Caller, id: Uuid, locale: Locale) -> Result<Vec<Vec<String>>, AppError> {
    let import = own(&mut *app.conn().await?, caller, id).await?;
    let table = table(app, &import).await?;
    let cells: HashMap<u32, &Vec<String>> = table.lines.iter().map(|line| (line.number, &line.cells)).collect();
    let (line, reason) = match locale {
        Locale::Fr => ("Ligne", "Motif"),
        Locale::En => ("Line", "Reason"),
        Locale::Ar => ("السطر", "السبب"),
    };
    // Rows of another width than the header are among those to be mended.
    let width = cells
        .values()
        .map(|cells| cells.len())
        .fold(table.header.len(), usize::max);
    let row = |mut cells: Vec<String>, number: String, reason: String| {
        cells.resize(width, String::new());
        cells.extend([number, reason]);
        cells
    };
    let mut out = vec![row(table.header.clone(), line.to_owned(), reason.to_owned())];
    let mut after = 0;
    loop {
        let faulty = outcomes(Some("faulty"));
        let rows = customer_import::rows(&mut *app.conn().await?, id, &faulty, after, CHUNK).await?;
        let Some(last) = rows.last() else { break };
        after = last.line;
        for found in rows {
            let number = u32::try_from(found.line).unwrap_or_default();
            let cells = cells.get(&number).map(|cells| (*cells).clone()).unwrap_or_default();
            let reasons: Vec<String> = unkept(found.errors)?
                .iter()
                .map(|issue| text::sentence(issue, locale))
                .collect();
            out.push(row(cells, found.line.to_string(), reasons.join("; ")));
        }
    }
    let mut tx = app.begin().await?;
    let entry = entry(&import, "customer_import.export");
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    tx.commit().await?;
    Ok(out)
}
