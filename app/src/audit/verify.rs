//! Looks whether the audit trail is as it was written.

use std::{collections::HashMap, fmt};

use chrono::NaiveDate;
use domain::audit::chain::Key;
use store::audit::chain::{self, Batch, Day, Stored};

use super::Keys;
use crate::{App, AppError};

/// Batches read at once.
const PAGE: i64 = 20;
/// Lines read at once.
const LINES: i64 = 5000;

/// What is wrong with the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The line says something else than when it was written.
    Edited(i64),
    /// The line is gone.
    Removed(i64),
    /// The line was written around the product.
    Inserted(i64),
    /// The batch does not follow from its lines and the batches before it.
    Broken(i64),
    /// A batch is gone.
    Missing(i64),
    /// The seal of the day does not follow from its lines, or is gone.
    Day(NaiveDate),
    /// The trail does not hold a seal that it once had.
    Rewritten(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edited(id) => write!(f, "line {id} was edited"),
            Self::Removed(id) => write!(f, "line {id} was removed"),
            Self::Inserted(id) => write!(f, "line {id} was inserted around the product"),
            Self::Broken(seq) => write!(f, "batch {seq} does not follow from its lines and those before it"),
            Self::Missing(seq) => write!(f, "batch {seq} is missing"),
            Self::Day(day) => write!(f, "the seal of {day} is wrong or missing"),
            Self::Rewritten(seal) => write!(f, "the seal {seal} is not in the trail: it was rewritten or cut"),
        }
    }
}

/// What a look at the whole trail gave.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Linked lines that are as they were written.
    pub good: u64,
    /// Lines that wait for their link and are as they were written.
    pub waiting: u64,
    /// Lines that a person was taken out of; they are among the others.
    pub redacted: u64,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// The newest seal, to be kept elsewhere.
    pub seal: Option<(NaiveDate, String)>,
}

/// Bytes as small hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads the whole trail and names every line that was edited, removed or inserted. `kept` is a seal that was written down
/// elsewhere and must still be there.
///
/// # Errors
/// When the database is away.
pub async fn verify(app: &App, kept: Option<&str>) -> Result<Report, AppError> {
    let mut conn = app.conn().await?;
    let keys = Keys::of(app, &mut conn).await?;
    super::need(&keys.missing)?;
    let mut report = Report::default();
    let days = chain::days(&mut conn).await?;
    if let Some(kept) = kept
        && !days.iter().any(|day| hex(&day.seal).eq_ignore_ascii_case(kept.trim()))
    {
        report.findings.push(Finding::Rewritten(kept.trim().to_owned()));
    }
    report.seal = days.last().map(|day| (day.day, hex(&day.seal)));
    let mut walk = Walk {
        trail: &keys,
        keys: &keys.all,
        replaced: &keys.replaced,
        days: days.into_iter().map(|day| (day.day, day)).collect(),
        seq: 0,
        last: None,
        seal: None,
        lines: 0,
        marked: false,
    };
    loop {
        let batches = chain::batches(&mut conn, walk.seq, PAGE).await?;
        if batches.is_empty() {
            break;
        }
        for batch in batches {
            let lines = chain::lines(&mut conn, &batch.ids).await?;
            walk.batch(batch, lines, &mut report);
        }
    }
    walk.end(app.now().date_naive(), &mut report);
    strays(&keys, &mut conn, &mut report).await?;
    report
        .findings
        .extend(chain::lost(&mut conn).await?.into_iter().map(Finding::Removed));
    Ok(report)
}

/// Lines in no batch must wait for one, and be genuine.
async fn strays(keys: &Keys, conn: &mut store::PgConn, report: &mut Report) -> Result<(), AppError> {
    let mut after = 0;
    loop {
        let lines = chain::unlinked(conn, after, LINES).await?;
        let Some(last) = lines.last() else { return Ok(()) };
        after = last.id;
        let ids: Vec<i64> = lines.iter().map(|line| line.id).collect();
        let waiting = chain::waiting(conn, &ids).await?;
        for line in &lines {
            if keys.waiting(line) && waiting.contains(&line.id) {
                report.waiting += 1;
                report.redacted += u64::from(line.redaction.is_some());
            } else {
                report.findings.push(Finding::Inserted(line.id));
            }
        }
    }
}

struct Walk<'a> {
    /// Those that may have marked a line. Whoever linked it has seen that it came in time.
    trail: &'a Keys,
    /// Those that may have linked what comes next, the newest first: one that was replaced does so no more.
    keys: &'a [Key],
    /// Lines from which on only so many of them do.
    replaced: &'a [(i64, usize)],
    days: HashMap<NaiveDate, Day>,
    seq: i64,
    /// Day and head of the batch before.
    last: Option<(NaiveDate, Vec<u8>)>,
    /// The newest seal passed.
    seal: Option<Vec<u8>>,
    /// Lines of the day so far.
    lines: i64,
    /// A marked batch was passed.
    marked: bool,
}

/// What is linked of a line.
enum Linked<'a> {
    /// Its own mark.
    Mark(&'a [u8]),
    /// A line from before there were marks: the one it would have.
    Unmarked(&'a Stored),
}

/// The head after these lines.
fn follow(key: &Key, start: Vec<u8>, marks: &[(i64, Linked<'_>)]) -> Vec<u8> {
    marks.iter().fold(start, |head, (id, linked)| match linked {
        Linked::Mark(mark) => key.link(&head, *id, mark).to_vec(),
        Linked::Unmarked(line) => key.link(&head, *id, &key.mark(&line.line())).to_vec(),
    })
}

impl Walk<'_> {
    fn batch(&mut self, batch: Batch, lines: Vec<Stored>, report: &mut Report) {
        for missing in self.seq + 1..batch.seq {
            report.findings.push(Finding::Missing(missing));
        }
        let gap = batch.seq != self.seq + 1;
        self.seq = batch.seq;
        let within = match self.last.take() {
            Some((day, head)) if day == batch.day => Some(head),
            before => {
                if let Some((day, head)) = before {
                    self.close(day, &head, report);
                }
                self.lines = 0;
                None
            }
        };
        let found = report.findings.len();
        let marks = self.marks(&batch, &lines, report);
        // Whoever links does so under one key.
        let follows = self.keys.iter().any(|key| {
            let begin = || key.begin(batch.day, self.seal.as_deref()).to_vec();
            let start = within.clone().unwrap_or_else(begin);
            follow(key, start, &marks) == batch.head
        });
        for (line, left) in self.replaced {
            if batch.ids.contains(line) {
                self.keys = &self.keys[..self.keys.len().min(*left)];
            }
        }
        let unmarked_late = batch.unmarked && self.marked;
        self.marked |= !batch.unmarked;
        // A line that is gone or a missing batch breaks what follows by itself; saying so twice would hide what matters.
        if (!follows && !gap && found == report.findings.len()) || unmarked_late {
            report.findings.push(Finding::Broken(batch.seq));
        }
        self.lines += i64::try_from(batch.ids.len()).unwrap_or(0);
        self.last = Some((batch.day, batch.head));
    }

    /// The lines of a batch, as far as they are there, with what is linked of each.
    fn marks<'l>(&self, batch: &Batch, lines: &'l [Stored], report: &mut Report) -> Vec<(i64, Linked<'l>)> {
        let by_id: HashMap<i64, &Stored> = lines.iter().map(|line| (line.id, line)).collect();
        let mut marks = Vec::with_capacity(batch.ids.len());
        for id in &batch.ids {
            let Some(line) = by_id.get(id) else {
                report.findings.push(Finding::Removed(*id));
                continue;
            };
            match &line.mark {
                None if !batch.unmarked => report.findings.push(Finding::Edited(*id)),
                None => {
                    report.good += 1;
                    marks.push((*id, Linked::Unmarked(line)));
                }
                Some(mark) => {
                    if self.trail.genuine(line).is_some() {
                        report.good += 1;
                        report.redacted += u64::from(line.redaction.is_some());
                    } else {
                        report.findings.push(Finding::Edited(*id));
                    }
                    marks.push((*id, Linked::Mark(mark)));
                }
            }
        }
        marks
    }

    fn close(&mut self, day: NaiveDate, head: &[u8], report: &mut Report) {
        let expected = |seal: &[u8]| self.keys.iter().any(|key| key.seal(day, self.lines, head) == seal);
        match self.days.remove(&day) {
            Some(stored) => {
                if !expected(&stored.seal) || stored.head != head || stored.lines != self.lines {
                    report.findings.push(Finding::Day(day));
                }
                self.seal = Some(stored.seal);
            }
            None => report.findings.push(Finding::Day(day)),
        }
    }

    /// The last day is sealed only after it is over; a sealed day without batches is one whose batches are gone.
    fn end(mut self, today: NaiveDate, report: &mut Report) {
        if let Some((day, head)) = self.last.take()
            && (self.days.contains_key(&day) || day < today - chrono::Duration::days(1))
        {
            self.close(day, &head, report);
        }
        let mut left: Vec<NaiveDate> = self.days.into_keys().collect();
        left.sort_unstable();
        report.findings.extend(left.into_iter().map(Finding::Day));
    }
}
