//! Sending: what a mail says, and what became of an attempt.

use bytes::Bytes;
use chrono::TimeDelta;
use domain::{
    file::FileState,
    mail::{
        report::DeliveryOutcome,
        token::{ReplyClaim, recipient_fp},
        words::{DeliveryState, OutgoingKind},
    },
    ticket::State,
};
use store::{
    attachment::{self, Attachment},
    mailbox::{self, Mailbox},
    outgoing::{self, Outgoing},
    suppression,
    ticket::{self, Ticket},
};
use uuid::Uuid;

use super::{
    tokens,
    undelivered::{self, Word},
};
use crate::{App, AppError, ticket::scheduled};

/// The least and the most that a mail waits before it looks again whether the virus scanner has seen its files.
const SOON: TimeDelta = TimeDelta::seconds(5);
const LATE: TimeDelta = TimeDelta::minutes(10);

/// Everything a mail is made of.
#[derive(Debug)]
pub struct Letterhead {
    /// The row.
    pub mail: Outgoing,
    /// Mailbox it is sent for.
    pub mailbox: Mailbox,
    /// Its ticket.
    pub ticket: Option<Ticket>,
    /// Address to which answers go; it names the ticket.
    pub reply_to: Option<String>,
    /// Address to which bounces go; it names this mail.
    pub bounce_to: String,
    /// Token in the subject.
    pub subject_token: Option<String>,
    /// What the message that it carries looks like, sanitised, where that is not plain text.
    pub html: Option<String>,
    /// Files with their bytes.
    pub files: Vec<(Attachment, Bytes)>,
    /// Name and bytes of the table that goes with it.
    pub table: Option<(String, Bytes)>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The server took it.
    Sent(String),
    /// It never will.
    Failed(String),
    /// The server refused the recipient for good.
    Refused {
        /// Enhanced status code; empty when it gave none.
        status: String,
        /// What it said.
        detail: String,
    },
    /// Perhaps later.
    Later {
        /// What the server said.
        detail: String,
        /// The data was sent and no answer came: it may have been taken.
        maybe_sent: bool,
    },
}

/// What is to be done about a mail on its way.
#[derive(Debug)]
pub enum Letter {
    /// Here is what it is made of.
    Ready(Box<Letterhead>),
    /// A file of its is still with the virus scanner: look again in a while.
    Waits(TimeDelta),
    /// It needs no sending any more.
    Over,
}

/// Collects what a mail is made of. A file that is refused stays behind.
///
/// # Errors
/// When the database or the file storage is away.
pub async fn letterhead(app: &App, id: Uuid) -> Result<Letter, AppError> {
    let mut conn = app.conn().await?;
    let mail = outgoing::find(&mut conn, id).await?;
    // A mail that failed is here again because an operator had its job retried.
    if !matches!(mail.state.as_str(), "queued" | "failed") {
        return Ok(Letter::Over);
    }
    let suppressed = suppression::of(&mut conn, &mail.recipient, app.now())
        .await?
        .filter(|found| mail.kind != "reply" || found.holds_for_all());
    if let Some(found) = suppressed {
        let state = DeliveryState::Suppressed.as_str();
        outgoing::set_state(&mut conn, id, state, found.detail.as_deref(), false, app.now()).await?;
        return Ok(Letter::Over);
    }
    // Mail about accounts is written by a job of its own.
    let Some(mailbox_id) = mail.mailbox_id else {
        return Ok(Letter::Over);
    };
    let mailbox = mailbox::find(&mut conn, mailbox_id).await?;
    let ticket = match mail.ticket_id {
        Some(ticket) => Some(ticket::find(&mut conn, ticket, None).await?),
        None => None,
    };
    // A reminder that lay about while its ticket went on asks for what is there.
    let waits = |ticket: &ticket::Ticket| ticket.summary.state == State::WaitingForResponse.as_str();
    if mail.kind == OutgoingKind::WaitingReminder.as_str() && !ticket.as_ref().is_some_and(waits) {
        let state = DeliveryState::Suppressed.as_str();
        outgoing::set_state(&mut conn, id, state, Some("nobody waits any more"), false, app.now()).await?;
        return Ok(Letter::Over);
    }
    let files = match mail.message_id {
        Some(message) => attachment::of_messages(&mut conn, &[message]).await?,
        None => Vec::new(),
    };
    let html = match mail.message_id {
        Some(message) if mail.kind == "reply" => ticket::written_html(&mut conn, message).await?,
        _ => None,
    };
    drop(conn);
    if files.iter().any(|file| file.state == FileState::Checking.as_str()) {
        // A scanner that is away for a day is not asked after every few seconds.
        let age = app.now() - mail.created_at;
        return Ok(Letter::Waits((age / 4).clamp(SOON, LATE)));
    }
    let mut loaded = Vec::with_capacity(files.len());
    for file in files.into_iter().filter(|file| file.state == FileState::Clean.as_str()) {
        let bytes = app.bytes_of(&file.sha256).await?;
        loaded.push((file, bytes));
    }
    let table = match scheduled::enclosed(app, &mail).await? {
        Ok(table) => table,
        Err(why) => {
            let state = DeliveryState::Suppressed.as_str();
            outgoing::set_state(&mut *app.conn().await?, id, state, Some(why), false, app.now()).await?;
            return Ok(Letter::Over);
        }
    };
    let keys = tokens(app)?;
    let domain = mailbox
        .address
        .split_once('@')
        .map_or(app.identity.mail_domain.as_str(), |(_, domain)| domain);
    let number = ticket.as_ref().map(|ticket| ticket.summary.number);
    let claim = |number| ReplyClaim {
        ticket: number,
        recipient: recipient_fp(&mail.recipient),
    };
    Ok(Letter::Ready(Box::new(Letterhead {
        reply_to: number.map(|number| keys.reply_address(&claim(number), domain)),
        bounce_to: keys.bounce_address(mail.id, domain),
        subject_token: number.map(|number| keys.subject_token(number)),
        mail,
        mailbox,
        ticket,
        html,
        files: loaded,
        table,
    })))
}

/// Gives a mail up whose job is over without having said so.
///
/// # Errors
/// When the database is away.
pub async fn give_up(app: &App, id: Uuid) -> Result<(), AppError> {
    record_attempt(app, id, &Attempt::Failed("its job ended without an answer".to_owned())).await
}

/// Records an attempt. What a mail that failed for good means for its ticket and its address is what a report of it would mean.
///
/// # Errors
/// When the database is away.
pub async fn record_attempt(app: &App, id: Uuid, attempt: &Attempt) -> Result<(), AppError> {
    let now = app.now();
    let (state, detail, maybe) = match attempt {
        Attempt::Sent(detail) => (DeliveryState::Sent, detail, false),
        Attempt::Failed(detail) | Attempt::Refused { detail, .. } => (DeliveryState::Failed, detail, false),
        Attempt::Later { detail, maybe_sent } => (DeliveryState::Queued, detail, *maybe_sent),
    };
    let mut tx = app.begin().await?;
    let news = outgoing::set_state(tx.conn()?, id, state.as_str(), Some(detail), maybe, now).await?;
    if news && state == DeliveryState::Failed {
        let mail = outgoing::find(tx.conn()?, id).await?;
        if let Attempt::Refused { status, detail } = attempt {
            let word = Word {
                address: &mail.recipient,
                outcome: DeliveryOutcome::of("failed", status),
                status,
                text: detail,
                report: None,
            };
            undelivered::count(&mut tx, word, Some(&mail), now).await?;
        }
        undelivered::reopen(app, &mut tx, &mail, detail, None, now).await?;
    }
    tx.commit().await
}
