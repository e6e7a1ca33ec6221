//! Mail that a ticket sends: one row and one job for each recipient, in the transaction that causes it.

use chrono::{DateTime, Duration, Utc};
use domain::mail::token::{MessageClaim, recipient_fp};
use jobs::{NewJob, SendMail};
use store::{
    mailbox::{self, Mailbox},
    outgoing::{self, Outgoing},
    suppression,
    ticket::{self, Ticket},
};
use uuid::Uuid;

use crate::{App, AppError, Tx, mail::tokens};

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

/// The mail that an automatic one answers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Answered<'a> {
    /// How many automatic mails lead to the answer, itself included.
    pub hops: u32,
    /// Its Message-ID header, when it had one.
    pub message_id: Option<&'a str>,
}

/// At most this many automatic mails to one address in a day, and one of a kind in a quarter of an hour.
const ACKS_A_DAY: i64 = 5;
const ACK_PAUSE_MINUTES: i64 = 15;
/// At most this many automatic mails of one ticket in ten minutes.
const TICKET_BRAKE: i64 = 10;

/// Writes the mails of a letter and enqueues their jobs. Returns what was done, for the journey of the mail that caused it.
///
/// # Errors
/// When the database refuses.
pub async fn queue_letters(
    app: &App,
    tx: &mut Tx,
    ticket: &Ticket,
    letter: Letter<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<String>, AppError> {
    let Some(from) = sender(tx, ticket).await? else {
        return Ok(vec!["no mailbox to send from".to_owned()]);
    };
    let recipients: Vec<(String, String)> = match letter {
        Letter::Acknowledgement(_) => {
            let to = &ticket.summary.requester_email;
            if let Some(brake) = brake(tx, ticket, to, "auto_ack", now).await? {
                return Ok(vec![brake]);
            }
            vec![(to.clone(), ticket.summary.requester_name.clone())]
        }
        Letter::TooLarge { to, name, .. } => {
            if let Some(brake) = brake(tx, ticket, to, "too_large", now).await? {
                return Ok(vec![brake]);
            }
            vec![(to.to_owned(), name.to_owned())]
        }
        Letter::Reply { .. } => ticket::participants(tx.conn()?, ticket.summary.id)
            .await?
            .into_iter()
            .filter(|p| p.role != "cc_pending")
            .map(|p| (p.email, p.name))
            .collect(),
    };
    let mut references = outgoing::references(tx.conn()?, ticket.summary.id).await?;
    if let Letter::Acknowledgement(answered) | Letter::TooLarge { answered, .. } = letter {
        // The mail that is answered has no place in the ticket yet.
        references.extend(answered.message_id.map(str::to_owned));
    }
    let keys = tokens(app)?;
    let mut done = Vec::new();
    let mut jobs = Vec::new();
    for (recipient, recipient_name) in recipients {
        let id = Uuid::now_v7();
        let (kind, event_key, message_id, body, hops) = match letter {
            Letter::Reply { message_id, body } => ("reply", message_id.to_string(), Some(message_id), body, 0),
            Letter::Acknowledgement(answered) => ("auto_ack", ticket.summary.id.to_string(), None, "", answered.hops),
            Letter::TooLarge { mail_id, answered, .. } => ("too_large", mail_id.to_string(), None, "", answered.hops),
        };
        let claim = MessageClaim {
            ticket: ticket.summary.number,
            message: message_id.unwrap_or(ticket.summary.id),
            recipient: recipient_fp(&recipient),
        };
        let suppressed = suppression::reason(tx.conn()?, &recipient, now).await?;
        let row = Outgoing {
            id,
            kind: kind.to_owned(),
            event_key,
            recipient: recipient.clone(),
            recipient_name,
            ticket_id: Some(ticket.summary.id),
            message_id,
            mailbox_id: from.id,
            mail_message_id: keys.message_id(&claim, id, &app.identity.mail_domain),
            in_reply_to: references.last().cloned(),
            mail_references: references.clone(),
            subject: format!(
                "Re: {} {}",
                ticket.summary.subject,
                keys.subject_token(ticket.summary.number)
            ),
            body_text: body.to_owned(),
            locale: ticket.locale.clone(),
            hops: i32::try_from(hops).unwrap_or(i32::MAX),
            state: if suppressed.is_some() { "suppressed" } else { "queued" }.to_owned(),
            attempts: 0,
            maybe_duplicate: false,
            detail: suppressed.clone(),
            created_at: now,
            state_at: now,
        };
        if !outgoing::insert(tx.conn()?, &row).await? {
            continue;
        }
        match suppressed {
            Some(reason) => done.push(format!("{kind} to {recipient} suppressed: {reason}")),
            None => {
                jobs.push(NewJob::of(&SendMail { outgoing_mail_id: id }));
                done.push(format!("{kind} to {recipient} queued"));
            }
        }
    }
    tx.enqueue(&jobs).await?;
    Ok(done)
}

/// The mailbox a ticket's mail goes out from: its own, or the first one.
async fn sender(tx: &mut Tx, ticket: &Ticket) -> Result<Option<Mailbox>, AppError> {
    let all = mailbox::all(tx.conn()?).await?;
    let own = all.iter().find(|m| Some(m.id) == ticket.mailbox_id).cloned();
    Ok(own.or_else(|| all.into_iter().find(|m| m.enabled)))
}

/// Why no automatic mail of `kind` may go to `to` now; counted in the database, so that a restart forgets nothing.
async fn brake(
    tx: &mut Tx,
    ticket: &Ticket,
    to: &str,
    kind: &str,
    now: DateTime<Utc>,
) -> Result<Option<String>, AppError> {
    let recent = now - Duration::minutes(ACK_PAUSE_MINUTES);
    if outgoing::automatic_to(tx.conn()?, to, Some(kind), recent).await? > 0 {
        return Ok(Some(format!(
            "no acknowledgement: {to} got one within {ACK_PAUSE_MINUTES} minutes"
        )));
    }
    if outgoing::automatic_to(tx.conn()?, to, None, now - Duration::hours(24)).await? >= ACKS_A_DAY {
        return Ok(Some(format!("no acknowledgement: {to} got {ACKS_A_DAY} within a day")));
    }
    if outgoing::automatic_of(tx.conn()?, ticket.summary.id, now - Duration::minutes(10)).await? >= TICKET_BRAKE {
        return Ok(Some(
            "no acknowledgement: the ticket sent too many automatic mails".to_owned(),
        ));
    }
    Ok(None)
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
    queue_letters(app, &mut tx, &ticket, Letter::Acknowledgement(Answered::default()), now).await?;
    tx.commit().await
}
