//! Mail is taken from a real inbox while, at named points, an answer is lost and the worker that waited for it is killed. Each mail
//! must become one ticket, also when the server delivers a mail twice or numbers all of them anew.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use serde::Serialize;
use testkit::Dovecot;

use super::{PATIENCE, Random, until};
use crate::{
    bench::load,
    product::Product,
    proxy::{Marks, Plan, Proxy},
};

/// Makes senders and Message-IDs unlike those of others, and is found in whatever carries a mail's text.
const RUN: &str = "fault-mail";
const ASKED: Marks = &[b"BODY.PEEK[]"];
const COMMIT: Marks = &[b"COMMIT\0"];
const TEXT: Marks = &[b"of fault-mail."];
const MARK: Marks = &[b"UID STORE"];

/// Where an answer is lost, by the messages that lead there.
const POINTS: [(&str, &[Marks]); 5] = [
    ("mails asked for", &[ASKED]),
    ("mails taken, commit sent", &[ASKED, COMMIT]),
    ("mails committed, mark sent", &[MARK]),
    ("ticket written", &[TEXT]),
    ("ticket written, commit sent", &[TEXT, COMMIT]),
];

/// Mails before each point.
const MAILS: usize = 40;

/// What was counted.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    mails: usize,
    /// Copies of mails that were delivered before.
    copies: usize,
    answers_lost: usize,
    worker_kills: usize,
    slowest_recovery_seconds: f64,
    /// Mails without a ticket.
    pub lost: i64,
    /// Tickets and messages above one for a mail.
    pub doubled: i64,
}

/// Strikes at every point `rounds` times with the worker killed, and once with the connection alone lost. `None`, said aloud, where no
/// mail server can run.
pub async fn run(rounds: usize, random: &mut Random) -> anyhow::Result<Option<Report>> {
    let Some(inbox) = Dovecot::start() else {
        return Ok(None);
    };
    let mut product = Product::prepare(None).await?;
    let plan = Arc::new(Plan::default());
    let (_database, url) = Proxy::before_database(product.servers.database_url(), plan.clone()).await?;
    product.set("DATABASE_URL", url);
    let server = SocketAddr::from(([127, 0, 0, 1], inbox.plain));
    let imap = Proxy::start(server, plan.clone()).await?;
    product
        .imap_mailbox("faults@cloudmanager.test", "support", imap.port())
        .await?;
    let _scheduler = product.start(&["scheduler"])?;
    let mut worker = product.start(&["worker", "--grace", "1"])?;
    let (mut mails, mut copies, mut kills) = (0, 0, 0);
    let mut slowest = Duration::ZERO;
    for round in 0..=rounds {
        for (point, steps) in POINTS {
            let lost = plan.lost();
            plan.lose(steps);
            for n in mails..mails + MAILS {
                inbox.deliver(&format!("{n}.fault"), load::mail(RUN, n as u64));
            }
            mails += MAILS;
            // What a server does that was not told that its delivery succeeded.
            let again = random.below(mails);
            inbox.deliver(&format!("{again}.copy{copies}"), load::mail(RUN, again as u64));
            copies += 1;
            until(|| plan.lost() > lost, point).await?;
            if round > 0 {
                worker.kill()?;
                kills += 1;
                worker = product.start(&["worker", "--grace", "1"])?;
            }
            let struck = Instant::now();
            settled(&mut product, mails + copies, point).await?;
            slowest = slowest.max(struck.elapsed());
        }
        // Dovecot makes a UIDVALIDITY of the second it is in.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        inbox.forget_uids();
    }
    let found = |of: &'static str| format!("SELECT {of} FROM tickets t JOIN ticket_messages m ON m.ticket_id = t.id");
    let watch = &mut product.watch;
    let known = watch
        .count(&found(
            "count(DISTINCT substring(m.body_text FROM 'Mail [0-9]+ of fault-mail'))",
        ))
        .await?;
    let all = watch.count(&found("count(*)")).await?;
    let tickets = watch.count("SELECT count(*) FROM tickets").await?;
    let report = Report {
        mails,
        copies,
        answers_lost: plan.lost(),
        worker_kills: kills,
        slowest_recovery_seconds: slowest.as_secs_f64(),
        lost: i64::try_from(mails)? - known,
        doubled: (all - known) + (tickets - known),
    };
    println!(
        "mail: {mails} mails and {copies} copies, {} answers lost, worker killed {kills} times, slowest recovery {:.2} s: lost={} \
         doubled={}",
        report.answers_lost, report.slowest_recovery_seconds, report.lost, report.doubled
    );
    Ok(Some(report))
}

/// Waits until every file of the inbox is known and was dealt with.
async fn settled(product: &mut Product, files: usize, point: &str) -> anyhow::Result<()> {
    let open = format!("SELECT {files} - count(*) FROM raw_mails WHERE state IN ('processed', 'duplicate')");
    ensure!(
        product.watch.until_zero(&open, PATIENCE).await,
        "after {point}: mails are left over: {}",
        std::fs::read_to_string(product.servers.folder().join("worker.log")).unwrap_or_default()
    );
    Ok(())
}
