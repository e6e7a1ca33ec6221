//! How the installation does, part by part: what operators look at on one page. The database is read here; what else a process
//! depends on is asked by whoever is connected to it.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    health::{self, Finding, MailboxFacts, QueueFacts},
    permission::Permission,
};
use jobs::Queue;
use store::{ledger, mailbox, outgoing, suppression};

use crate::{App, AppError, Caller};

/// How far back lost mail is counted.
const DAY: TimeDelta = TimeDelta::days(1);

/// A part of the installation; they are told in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// PostgreSQL.
    Database,
    /// Its schema.
    Migrations,
    /// Redis.
    Redis,
    /// Where files are kept.
    Files,
    /// The disk they are kept on.
    Disk,
    /// Worker processes.
    Workers,
    /// Who enqueues what the clock says.
    Scheduler,
    /// A queue.
    Queue,
    /// A mailbox.
    Mailbox,
    /// Mail that went out in the last day.
    OutgoingMail,
    /// The server that mail is handed to.
    MailServer,
    /// The provider of text messages.
    TextMessages,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// Milliseconds until the answer.
    Millis,
    /// Database connections lent.
    Lent,
    /// Database connections at most.
    Most,
    /// Migrations that have not run.
    Missing,
    /// Jobs that are due.
    Waiting,
    /// How long the oldest of them waits, in seconds.
    OldestSeconds,
    /// Jobs being run.
    Running,
    /// Jobs that gave up.
    Dead,
    /// Worker processes.
    Workers,
    /// Mails that could not be sent.
    Failed,
    /// Mails that came back.
    Bounced,
    /// Mails that were not sent, as their address is blocked.
    Suppressed,
    /// Addresses that were blocked.
    Blocked,
    /// Bytes free.
    FreeBytes,
    /// Bytes in all.
    WholeBytes,
}

/// What is known of a part.
#[derive(Debug, Clone)]
pub struct Line {
    /// Which part.
    pub part: Part,
    /// Name of the queue, or address of the mailbox.
    pub subject: Option<String>,
    /// What was found.
    pub finding: Finding,
    /// What was counted.
    pub figures: Vec<(Figure, f64)>,
    /// When something happened last: a tick, a look.
    pub at: Option<DateTime<Utc>>,
    /// What the part itself says, in its own words.
    pub detail: Option<String>,
}

impl Line {
    /// Something about this part, without figures.
    #[must_use]
    pub const fn new(part: Part, finding: Finding) -> Self {
        Self {
            part,
            subject: None,
            finding,
            figures: Vec::new(),
            at: None,
            detail: None,
        }
    }

    /// With these numbers.
    #[must_use]
    pub fn counting(mut self, figures: impl IntoIterator<Item = (Figure, f64)>) -> Self {
        self.figures.extend(figures);
        self
    }

    /// With what the part says.
    #[must_use]
    pub fn saying(mut self, detail: Option<String>) -> Self {
        self.detail = detail.filter(|text| !text.is_empty());
        self
    }
}

/// Milliseconds since then.
#[must_use]
pub fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// All that the database knows about how the installation does. A database that is away is a line, too. Mailboxes are told to
/// those who may see them.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn look(app: &App, caller: &Caller) -> Result<Vec<Line>, AppError> {
    caller.need(Permission::JobsView)?;
    let mut lines = Vec::new();
    if let Err(error) = read(app, caller.may(Permission::MailboxesView), &mut lines).await {
        tracing::warn!(%error, "the database does not say how the installation does");
        lines.retain(|line| line.part != Part::Database);
        lines.insert(0, away());
    }
    let texts = if app.sms.provider.is_some() {
        Finding::Fine
    } else {
        Finding::Off
    };
    lines.push(Line::new(Part::TextMessages, texts).saying(app.sms.provider.map(str::to_owned)));
    Ok(lines)
}

/// The line of a database that does not answer.
#[must_use]
pub fn away() -> Line {
    Line::new(Part::Database, health::database(None, 0, 0))
}

async fn read(app: &App, mailboxes: bool, lines: &mut Vec<Line>) -> Result<(), AppError> {
    let now = app.now();
    let begun = Instant::now();
    let mut conn = app.conn().await?;
    store::event::newest(&mut conn).await?;
    let took = millis(begun);
    let (lent, most) = app.pool.usage();
    lines.push(
        Line::new(Part::Database, health::database(Some(took), lent, most)).counting([
            (Figure::Millis, took),
            (Figure::Lent, lent as f64),
            (Figure::Most, most as f64),
        ]),
    );
    let missing = store::outstanding(&mut conn).await?;
    let schema = if missing.is_empty() {
        Finding::Fine
    } else {
        Finding::Outdated
    };
    lines.push(
        Line::new(Part::Migrations, schema)
            .counting([(Figure::Missing, missing.len() as f64)])
            .saying(missing.first().cloned()),
    );

    let workers = ledger::workers(&mut conn).await?;
    lines.push(
        Line::new(Part::Workers, health::workers(workers.len())).counting([(Figure::Workers, workers.len() as f64)]),
    );
    let led = ledger::led(&mut conn, ledger::SCHEDULING).await?;
    let ticked = ledger::schedules(&mut conn)
        .await?
        .iter()
        .filter_map(|row| row.last_tick)
        .max();
    lines.push(Line {
        at: ticked,
        ..Line::new(Part::Scheduler, health::scheduler(led, ticked, now))
    });

    let names: Vec<&str> = Queue::ALL.iter().map(|queue| queue.as_str()).collect();
    let switches = ledger::switches(&mut conn).await?;
    for depth in ledger::depths(&mut conn, &names).await? {
        let serving = workers
            .iter()
            .filter(|worker| worker.queues.get(&depth.queue).is_some());
        let facts = QueueFacts {
            stopped: switches.iter().any(|switch| switch.queue == depth.queue),
            dead: depth.dead,
            oldest_seconds: depth.oldest_age_seconds,
            workers: serving.count(),
        };
        let line = Line::new(Part::Queue, health::queue(facts)).counting([
            (Figure::Waiting, depth.queued as f64),
            (Figure::OldestSeconds, depth.oldest_age_seconds.unwrap_or_default()),
            (Figure::Running, depth.running as f64),
            (Figure::Dead, depth.dead as f64),
            (Figure::Workers, facts.workers as f64),
        ]);
        lines.push(Line {
            subject: Some(depth.queue),
            ..line
        });
    }

    if mailboxes {
        lines.extend(mailbox::all(&mut conn).await?.into_iter().map(|row| {
            let facts = MailboxFacts {
                enabled: row.enabled,
                polled: row.kind == "imap",
                refused: row.last_error.is_some(),
                held: row.automation_paused_at.is_some(),
                last: row.last_polled_at.unwrap_or(row.created_at),
            };
            Line {
                subject: Some(row.address),
                at: row.last_polled_at,
                ..Line::new(Part::Mailbox, health::mailbox(facts, now)).saying(row.last_error)
            }
        }));
    }

    let lost = outgoing::lost(&mut conn, now - DAY).await?;
    let blocked = suppression::since(&mut conn, now - DAY, now).await?;
    let finding = health::outgoing(lost.failed, lost.bounced, lost.suppressed);
    lines.push(Line::new(Part::OutgoingMail, finding).counting([
        (Figure::Failed, lost.failed as f64),
        (Figure::Bounced, lost.bounced as f64),
        (Figure::Suppressed, lost.suppressed as f64),
        (Figure::Blocked, blocked as f64),
    ]));
    Ok(())
}
