//! Links new lines into the chain of the day, and seals the day when it is over.

use domain::audit::chain::Key;
use store::audit::chain::{self, Batch, Day, Stored};

use super::Keys;
use crate::{App, AppError, Tx};

/// Lines of one batch.
const BATCH: i64 = 2000;

/// Links every line that waits, in batches of one transaction each. Returns how many were linked. Lines whose mark is wrong
/// are never linked: they were written around the product, and `verify` names them.
///
/// # Errors
/// When the database is away.
pub async fn link(app: &App) -> Result<usize, AppError> {
    let keys = Keys::of(app, &mut *app.conn().await?).await?;
    super::need(&keys.newer)?;
    let mut linked = 0;
    loop {
        let mut tx = app.begin().await?;
        chain::lock(tx.conn()?).await?;
        let (some, more) = batch(app, &keys, &mut tx).await?;
        tx.commit().await?;
        linked += some;
        if !more {
            return Ok(linked);
        }
    }
}

async fn batch(app: &App, keys: &Keys, tx: &mut Tx) -> Result<(usize, bool), AppError> {
    let key = &keys.all[0];
    let today = app.now().date_naive();
    let mut last = chain::last_batch(tx.conn()?).await?;
    let mut sealed = chain::last_day(tx.conn()?).await?;
    if let Some(open) = &last
        && open.day < today
        && sealed.as_ref().is_none_or(|day| day.day < open.day)
    {
        sealed = Some(close(app, key, tx, open).await?);
    }
    let waiting = chain::pending(tx.conn()?, BATCH).await?;
    let more = i64::try_from(waiting.len()).unwrap_or(0) == BATCH;
    // Lines without a mark count as genuine only before the first marked one was linked.
    let before_marks = last.as_ref().is_none_or(|batch| batch.unmarked);
    let unmarked = before_marks && waiting.first().is_some_and(|line| line.mark.is_none());
    let mut refused = Vec::new();
    let mut good: Vec<(i64, Vec<u8>)> = Vec::new();
    for line in &waiting {
        match genuine(keys, line, unmarked) {
            Genuine::Yes(mark) => good.push((line.id, mark)),
            Genuine::No => refused.push(line.id),
            Genuine::Later => {}
        }
    }
    if !refused.is_empty() {
        tracing::error!(lines = ?refused, "audit lines with a wrong mark: somebody wrote them around the product");
        chain::refuse(tx.conn()?, &refused).await?;
    }
    if good.is_empty() {
        return Ok((0, more && !refused.is_empty()));
    }
    let day = last.as_ref().map_or(today, |batch| batch.day.max(today));
    let start = match last.take_if(|batch| batch.day == day) {
        Some(batch) => (batch.seq, batch.head),
        None => {
            let seq = chain::last_batch(tx.conn()?).await?.map_or(0, |batch| batch.seq);
            let before = sealed.as_ref().map(|day| day.seal.as_slice());
            (seq, key.begin(day, before).to_vec())
        }
    };
    let head = good
        .iter()
        .fold(start.1, |head, (id, mark)| key.link(&head, *id, mark).to_vec());
    let batch = Batch {
        seq: start.0 + 1,
        day,
        ids: good.iter().map(|(id, _)| *id).collect(),
        head,
        unmarked,
    };
    chain::insert_batch(tx.conn()?, &batch, app.now()).await?;
    Ok((good.len(), true))
}

enum Genuine {
    Yes(Vec<u8>),
    No,
    /// Of another batch than the one at hand: a batch is of marked or of unmarked lines.
    Later,
}

fn genuine(keys: &Keys, line: &Stored, unmarked: bool) -> Genuine {
    match &line.mark {
        Some(_) if unmarked => Genuine::Later,
        Some(mark) if keys.waiting(line) => Genuine::Yes(mark.clone()),
        None if unmarked => Genuine::Yes(keys.all[0].mark(&line.line()).to_vec()),
        _ => Genuine::No,
    }
}

/// Seals the day of this batch, which is its last. The seal goes to the log as well: kept elsewhere, it shows when somebody
/// rewrote the whole trail.
async fn close(app: &App, key: &Key, tx: &mut Tx, last: &Batch) -> Result<Day, AppError> {
    let lines = chain::lines_of(tx.conn()?, last.day).await?;
    let day = Day {
        day: last.day,
        lines,
        seal: key.seal(last.day, lines, &last.head).to_vec(),
        head: last.head.clone(),
    };
    chain::insert_day(tx.conn()?, &day, app.now()).await?;
    tracing::info!(day = %day.day, lines, seal = %super::verify::hex(&day.seal), "day of the audit trail sealed");
    Ok(day)
}
