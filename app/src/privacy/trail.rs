//! Taking a person out of the audit trail without breaking it. The chain is made of marks, not of words: a line keeps the mark it was
//! written with, and gets a redaction, which only the product can make and which vouches for what the line says afterwards.

use store::{
    audit::chain::Stored,
    privacy::steps::{self, Whom},
};

use crate::{App, AppError, Tx, audit};

/// Lines of one transaction.
const LINES: i64 = 500;

/// Takes the person out of the next lines that tell of him, those after `after`, which moves on; `None` when there are no more. A line
/// that is not as it was written is left for the check to find.
pub(super) async fn redact(app: &App, tx: &mut Tx, whom: Whom<'_>, after: &mut i64) -> Result<Option<i64>, AppError> {
    let keys = audit::Keys::of(app, tx.conn()?).await?;
    audit::need(&keys.missing)?;
    let lines = steps::lines(tx.conn()?, whom, *after, LINES).await?;
    let Some(last) = lines.last() else { return Ok(None) };
    *after = last.line.id;
    let mut redacted = Vec::with_capacity(lines.len());
    for found in lines {
        let Some(mark) = keys.genuine(&found.line) else {
            continue;
        };
        let mut line = Stored {
            data: found.scrubbed,
            mark: Some(mark.clone()),
            ..found.line
        };
        if found.his {
            (line.ip, line.user_agent) = (None, None);
        }
        line.redaction = Some(keys.vouch(&line, &mark));
        redacted.push(line);
    }
    steps::redact(tx.conn()?, &redacted).await?;
    Ok(Some(i64::try_from(redacted.len()).unwrap_or(i64::MAX)))
}
