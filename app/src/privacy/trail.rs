//! Taking a person out of the audit trail without breaking it. The chain is made of marks, not of words: a line keeps the mark it was
//! written with, and gets a redaction, which only the product can make and which vouches for what the line says afterwards.

use store::{
    audit::chain::Stored,
    privacy::steps::{self, Whom},
};

use crate::{App, AppError, Tx, audit};

/// Lines read at once.
const LINES: i64 = 1000;

/// Takes the person out of every line that tells of him. A line that is not as it was written is left for the check to find.
pub(super) async fn redact(app: &App, tx: &mut Tx, whom: Whom<'_>) -> Result<i64, AppError> {
    let keys = audit::Keys::of(app, tx.conn()?).await?;
    audit::need(&keys.missing)?;
    let (mut after, mut rows) = (0, 0);
    loop {
        let lines = steps::lines(tx.conn()?, whom, after, LINES).await?;
        let Some(last) = lines.last() else { return Ok(rows) };
        after = last.line.id;
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
            steps::redact(tx.conn()?, &line).await?;
            rows += 1;
        }
    }
}
