//! Mail that a ticket sends: one row and one job for each recipient, in the transaction that causes it.

use chrono::{DateTime, Utc};
use domain::{
    mail::{
        autoresponse::{RateBrakes, RateCounts},
        note::{Code, Note},
        token::{MessageClaim, recipient_fp},
        words::DeliveryState,
    },
    notification::Topic,
};
use jobs::{NewJob, SendMail};
use store::{
    mailbox::{self, Mailbox},
    outgoing::{self, Outgoing},
    suppression,
    ticket::{self, Ticket},
};
use uuid::Uuid;

use crate::{
    App, AppError, Tx,
    mail::{flow, sender, tokens},
    notification,
};

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub enum Letter<'a> {
    /// An agent's public reply, to everybody who takes part.
    Reply {
        /// Message it carries.
        message_id: Uuid,
        /// Its text.
        body: &'a str,
    },
    /// The acknowledgement of a new ticket, to the requester. Its text is made when it is sent.
    Acknowledgement(Answered<'a>),
    /// A rule's answer to the requester. Nothing that somebody wrote goes with it.
    Rule {
        /// The run.
        run_id: Uuid,
        /// Its text.
        body: &'a str,
    },
    /// The question how satisfied the requester is. Its text is made when it is sent.
    Survey {
        /// The survey.
        survey_id: Uuid,
    },
    /// Reminds the requester that an answer of his is waited for.
    Reminder {
        /// Ticket, wait and day: one mail for each.
        key: &'a str,
        /// Its subject, beside the ticket's token.
        subject: &'a str,
        /// Its text.
        body: &'a str,
    },
    /// Tells the sender of a mail above the size limit that it was not read. Its text is made when it is sent.
    TooLarge {
        /// The mail.
        mail_id: Uuid,
        /// Its sender's address, in lower case.
        to: &'a str,
        /// His name.
        name: &'a str,
        /// What is answered.
        answered: Answered<'a>,
    },
}

impl Letter<'_> {
    /// Kind of its mails, as stored.
    const fn kind(&self) -> &'static str {
        match self {
            Self::Reply { .. } => "reply",
            Self::Acknowledgement(_) => "auto_ack",
            Self::Rule { .. } => "rule_reply",
            Self::Survey { .. } => "survey",
            Self::Reminder { .. } => "waiting_reminder",
            Self::TooLarge { .. } => "too_large",
        }
    }
}

/// The mail that an automatic one answers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Answered<'a> {
    /// How many automatic mails lead to the answer, itself included.
    pub hops: u32,
    /// Its Message-ID header, when it had one.
    pub message_id: Option<&'a str>,
    /// It is all there is of the ticket yet, and its sender's address is known to get mail.
    pub first: bool,
}

/// Writes the mails of a letter and enqueues their jobs. Returns what was done, for the journey of the mail that caused it.
///
/// # Errors
/// When the database refuses.
pub async fn queue_letters(
    app: &App,
    tx: &mut Tx,
    mailboxes: &[Mailbox],
    ticket: &Ticket,
    letter: Letter<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<Note>, AppError> {
    // Whoever sends spam learns nothing from us but what a person writes.
    if ticket.summary.spam && !matches!(letter, Letter::Reply { .. }) {
        return Ok(vec![unsent(letter.kind(), Code::SpamTicket)]);
    }
    let Some(from) = sender(mailboxes, ticket.mailbox_id) else {
        return Ok(vec![unsent(letter.kind(), Code::NoMailbox)]);
    };
    let recipients: Vec<(String, String)> = match letter {
        Letter::Acknowledgement(_) | Letter::Rule { .. } | Letter::Survey { .. } | Letter::Reminder { .. } => {
            let to = &ticket.summary.requester_email;
            if matches!(letter, Letter::Acknowledgement(_))
                && notification::silenced(tx, to, Topic::TicketReceived).await?
            {
                return Ok(vec![unsent(letter.kind(), Code::SwitchedOff)]);
            }
            if let Some(brake) = brake(app, tx, from, ticket, to, letter.kind()).await? {
                return Ok(vec![brake]);
            }
            vec![(to.clone(), ticket.summary.requester_name.clone())]
        }
        Letter::TooLarge { to, name, .. } => {
            if let Some(brake) = brake(app, tx, from, ticket, to, letter.kind()).await? {
                return Ok(vec![brake]);
            }
            vec![(to.to_owned(), name.to_owned())]
        }
        Letter::Reply { .. } => ticket::recipients(tx.conn()?, ticket.summary.id)
            .await?
            .into_iter()
            .map(|p| (p.email, p.name))
            .collect(),
    };
    let first =
        matches!(letter, Letter::Acknowledgement(answered) | Letter::TooLarge { answered, .. } if answered.first);
    let (mut references, suppressions) = if first {
        (Vec::new(), Vec::new())
    } else {
        let addresses: Vec<&str> = recipients.iter().map(|(address, _)| address.as_str()).collect();
        (
            outgoing::references(tx.conn()?, ticket.summary.id).await?,
            suppression::among(tx.conn()?, &addresses, now).await?,
        )
    };
    if let Letter::Acknowledgement(answered) | Letter::TooLarge { answered, .. } = letter {
        // The mail that is answered has no place in the ticket yet.
        references.extend(answered.message_id.map(str::to_owned));
    }
    let keys = tokens(app)?;
    let mut done = Vec::new();
    let mut jobs = Vec::new();
    for (recipient, recipient_name) in recipients {
        let id = Uuid::now_v7();
        let kind = letter.kind();
        let (event_key, message_id, body, hops) = match letter {
            Letter::Reply { message_id, body } => (message_id.to_string(), Some(message_id), body, 0),
            Letter::Acknowledgement(answered) => (ticket.summary.id.to_string(), None, "", answered.hops),
            Letter::Rule { run_id, body } => (run_id.to_string(), None, body, 1),
            Letter::Survey { survey_id } => (survey_id.to_string(), None, "", 1),
            Letter::Reminder { key, body, .. } => (key.to_owned(), None, body, 1),
            Letter::TooLarge { mail_id, answered, .. } => (mail_id.to_string(), None, "", answered.hops),
        };
        let claim = MessageClaim {
            ticket: ticket.summary.number,
            message: message_id.unwrap_or(ticket.summary.id),
            recipient: recipient_fp(&recipient),
        };
        let automatic = kind != "reply";
        // Somebody who floods us still gets what a person wrote to him.
        let suppressed = suppressions
            .iter()
            .find(|found| found.address == recipient && (automatic || found.holds_for_all()));
        let row = Outgoing {
            id,
            kind: kind.to_owned(),
            event_key,
            recipient: recipient.clone(),
            recipient_name,
            ticket_id: Some(ticket.summary.id),
            message_id,
            mailbox_id: Some(from.id),
            mail_message_id: keys.message_id(&claim, id, &app.identity.mail_domain),
            in_reply_to: references.last().cloned(),
            mail_references: references.clone(),
            subject: match letter {
                Letter::Reminder { subject, .. } => {
                    format!("{} {subject}", keys.subject_token(ticket.summary.number))
                }
                _ => format!(
                    "Re: {} {}",
                    ticket.summary.subject,
                    keys.subject_token(ticket.summary.number)
                ),
            },
            body_text: body.to_owned(),
            locale: ticket.locale.clone(),
            unsubscribe_url: match letter {
                Letter::Survey { survey_id } => Some(notification::survey_one_click(app, survey_id)?),
                _ => None,
            },
            hops: i32::try_from(hops).unwrap_or(i32::MAX),
            state: if suppressed.is_some() {
                DeliveryState::Suppressed
            } else {
                DeliveryState::Queued
            }
            .as_str()
            .to_owned(),
            attempts: 0,
            maybe_duplicate: false,
            detail: suppressed.and_then(|found| found.detail.clone()),
            created_at: now,
            state_at: now,
        };
        if !outgoing::insert(tx.conn()?, &row).await? {
            continue;
        }
        let code = if suppressed.is_some() {
            Code::MailSuppressed
        } else {
            jobs.push(NewJob::of(&SendMail { outgoing_mail_id: id }));
            Code::MailQueued
        };
        done.push(Note::new(code).with("mail", kind).with("recipient", recipient));
    }
    tx.enqueue(&jobs).await?;
    Ok(done)
}

/// Why no automatic mail of `kind` may go to `to` now; counted in the database, so that a restart forgets nothing.
async fn brake(
    app: &App,
    tx: &mut Tx,
    from: &Mailbox,
    ticket: &Ticket,
    to: &str,
    kind: &str,
) -> Result<Option<Note>, AppError> {
    let now = app.now();
    if flow::paused(app, tx, from).await? {
        return Ok(Some(unsent(kind, Code::AutomationPaused)));
    }
    // Two mails of one sender may be filed at the same time: the second counts what the first queued.
    outgoing::hold(tx.conn()?, to).await?;
    let counted = outgoing::automatic_counts(tx.conn()?, to, kind, ticket.summary.id, now).await?;
    let counts = RateCounts {
        since_last_ack: counted.last.map(|at| now - at),
        acks_today: u32::try_from(counted.today).unwrap_or(u32::MAX),
        ticket_ten_minutes: u32::try_from(counted.of_ticket).unwrap_or(u32::MAX),
        inbound_ten_minutes: 0,
    };
    Ok(RateBrakes::default().brake(&counts).map(|why| unsent(kind, why)))
}

fn unsent(kind: &str, why: Code) -> Note {
    Note::new(Code::NoAutomaticMail)
        .with("mail", kind)
        .with("why", why.as_str())
}

/// Acknowledges a ticket opened on the web. Once for each ticket, however often it runs.
///
/// # Errors
/// When the database refuses; a ticket that is gone needs no acknowledgement.
pub async fn acknowledge(app: &App, id: Uuid) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let ticket = match ticket::find_for_update(tx.conn()?, id, None).await {
        Ok(ticket) => ticket,
        Err(store::StoreError::NotFound) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let mailboxes = mailbox::all(tx.conn()?).await?;
    let letter = Letter::Acknowledgement(Answered::default());
    queue_letters(app, &mut tx, &mailboxes, &ticket, letter, now).await?;
    tx.commit().await
}
