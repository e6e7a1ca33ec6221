//! Outgoing mail.

use app::{
    mail::{self, Attempt, Letter, Letterhead},
    notification::survey_footer,
};
use domain::{
    locale::Locale,
    mail::{
        address::MailAddress,
        limits::MailLimits,
        token::{ReplyClaim, recipient_fp},
    },
    message::{Filled, Message, Values, html, letter},
};
use integrations::mail::{
    compose::{Automatic, OutgoingAttachment, OutgoingMail, compose},
    smtp::SendOutcome,
    texts,
};
use jobs::{AcknowledgeTicket, Outcome, SendMail, WatchMailFlow};
use store::{outgoing::Outgoing, ticket::Ticket};
use uuid::Uuid;

use super::{Surroundings, mail_in::MEGABYTE, outcome_of};
use crate::JobContext;

/// Acknowledges a ticket opened on the web.
pub async fn acknowledge(with: &Surroundings, _: JobContext, job: AcknowledgeTicket) -> Outcome {
    match app::ticket::acknowledge(&with.app, job.ticket_id).await {
        Ok(()) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

/// Compares the flow of mail with what is normal.
pub async fn watch_flow(with: &Surroundings, _: JobContext, _: WatchMailFlow) -> Outcome {
    match mail::watch_flow(&with.app).await {
        Ok(()) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

/// Sends one mail. Its Message-ID was fixed before the first attempt, so a receiver that got it already can tell.
pub async fn send(with: &Surroundings, context: JobContext, job: SendMail) -> Outcome {
    let app = &with.app;
    let letterhead = match mail::letterhead(app, job.outgoing_mail_id).await {
        Ok(Letter::Ready(letterhead)) => *letterhead,
        Ok(Letter::Waits(time)) => return Outcome::Snooze(time.to_std().unwrap_or_default()),
        Ok(Letter::Over) => return Outcome::Done,
        Err(error) => return outcome_of(&error),
    };
    let attempt = match write(with, letterhead).await {
        Ok(mail) => match compose(&mail) {
            Ok(composed) => {
                let report = with.transport.send(&composed).await;
                let outcome = report.recipients.into_iter().next().map(|recipient| recipient.outcome);
                attempt_of(outcome)
            }
            Err(error) => Attempt::Failed(error.to_string()),
        },
        Err(error) => return outcome_of(&error),
    };
    record(app, &context, job.outgoing_mail_id, attempt).await
}

/// Writes down how an attempt ended, and ends the job's accordingly.
pub(super) async fn record(app: &app::App, context: &JobContext, mail: Uuid, attempt: Attempt) -> Outcome {
    let attempt = match attempt {
        Attempt::Later { detail, .. } if context.is_last_attempt() => {
            Attempt::Failed(format!("given up after {} attempts: {detail}", context.max_attempts))
        }
        other => other,
    };
    if let Err(error) = mail::record_attempt(app, mail, &attempt).await {
        return outcome_of(&error);
    }
    match attempt {
        Attempt::Sent(_) => Outcome::Done,
        Attempt::Failed(detail) | Attempt::Refused { detail, .. } => Outcome::Dead(detail),
        Attempt::Later { detail, .. } => Outcome::Retry(detail),
    }
}

pub(super) fn attempt_of(outcome: Option<SendOutcome>) -> Attempt {
    let later = |detail: String, maybe_sent| Attempt::Later { detail, maybe_sent };
    match outcome {
        Some(SendOutcome::Sent { response }) => Attempt::Sent(response),
        Some(SendOutcome::Permanent(refusal)) => {
            let detail = format!("{} {}", refusal.code, refusal.text);
            if refusal.of_recipient {
                let status = refusal.enhanced;
                Attempt::Refused { status, detail }
            } else {
                Attempt::Failed(detail)
            }
        }
        Some(SendOutcome::Temporary(refusal)) => later(format!("{} {}", refusal.code, refusal.text), false),
        Some(SendOutcome::Ambiguous { text }) => later(text, true),
        None => later("the server said nothing about the recipient".to_owned(), true),
    }
}

/// Address of the page that asks how satisfied somebody is. Its links open a page; only what is sent from there is an answer.
fn survey_url(app: &app::App, mail: &Outgoing, locale: Locale) -> Result<String, app::AppError> {
    Ok(format!(
        "{}/survey#token={}&lang={}",
        app.identity.public_url,
        mail::tokens(app)?.survey(survey_of(mail)?),
        locale.as_str()
    ))
}

fn survey_of(mail: &Outgoing) -> Result<Uuid, app::AppError> {
    let found: Result<Uuid, _> = mail.event_key.parse();
    found.map_err(|_| app::AppError::Internal("a survey without its id".to_owned()))
}

/// What a mail that the product writes by itself says. Nobody proved that the sender is who he says: nothing he wrote is repeated to
/// that address.
async fn said(app: &app::App, mail: &Outgoing, ticket: &Ticket, locale: Locale) -> Result<Filled, app::AppError> {
    let ticket = &ticket.summary;
    let mut values = Values::from([
        ("ticket.number", ticket.number.to_string()),
        ("ticket.url", format!("{}/t/{}", app.identity.public_url, ticket.id)),
    ]);
    let message = match mail.kind.as_str() {
        "too_large" => {
            let limit = MailLimits::default().message as u64 / MEGABYTE;
            values.insert("limit", limit.to_string());
            Message::MailTooLarge
        }
        "survey" => {
            values.insert("survey.url", survey_url(app, mail, locale)?);
            Message::Survey
        }
        _ => Message::Acknowledgement,
    };
    app::message_template::written(app, message, locale, &values).await
}

/// The mail as it is sent.
async fn write(with: &Surroundings, head: Letterhead) -> Result<OutgoingMail, app::AppError> {
    let app = &with.app;
    let kind = head.mail.kind.as_str();
    let automatic = matches!(kind, "too_large" | "rule_reply" | "auto_ack");
    let locale = Locale::from_tag(&head.mail.locale).unwrap_or_default();
    let (mut subject, mut text) = (head.mail.subject.clone(), head.mail.body_text.clone());
    let mut note = String::new();
    if let Some(ticket) = &head.ticket {
        let claim = ReplyClaim {
            ticket: ticket.summary.number,
            recipient: recipient_fp(&head.mail.recipient),
        };
        if let (true, Some(token)) = (automatic || kind == "survey", &head.subject_token) {
            let said = said(app, &head.mail, ticket, locale).await?;
            subject = format!("{token} {}", said.subject);
            if kind != "rule_reply" {
                text = said.body;
            }
            if kind == "survey" {
                let way_out = survey_footer(app, locale, survey_of(&head.mail)?)?;
                text = format!("{text}\n\n{way_out}");
            }
        }
        let marker = mail::tokens(app)?.body_marker(&claim);
        note = texts::reference(locale, &marker);
        text = texts::with_marker(locale, &text, &marker);
    }
    // Answers of people go out as they were written: plain text alone, or text and what it looks like.
    let html = match &head.html {
        Some(written) => Some(letter(written, &note, locale)),
        None => (kind != "reply").then(|| html(&text, locale)),
    };
    Ok(OutgoingMail {
        message_id: head.mail.mail_message_id.clone(),
        date: head.mail.created_at,
        from: MailAddress::new(head.mailbox.name.clone(), head.mailbox.address.clone()),
        to: vec![MailAddress::new(
            head.mail.recipient_name.clone(),
            head.mail.recipient.clone(),
        )],
        reply_to: head
            .reply_to
            .map(|address| MailAddress::new(head.mailbox.name.clone(), address)),
        subject,
        text,
        html,
        unsubscribe: head.mail.unsubscribe_url.clone(),
        in_reply_to: head.mail.in_reply_to.clone(),
        references: head.mail.mail_references.clone(),
        attachments: head
            .files
            .into_iter()
            .map(|(file, bytes)| OutgoingAttachment {
                name: file.name,
                content_type: file.content_type,
                bytes: bytes.to_vec(),
            })
            .chain(head.table.into_iter().map(|(name, bytes)| OutgoingAttachment {
                name,
                content_type: "text/csv; charset=utf-8".to_owned(),
                bytes: bytes.to_vec(),
            }))
            .collect(),
        automatic: match kind {
            _ if automatic => Automatic::Replied,
            "notification" | "survey" | "waiting_reminder" => Automatic::Generated,
            _ => Automatic::No,
        },
        instance: app.identity.instance.clone(),
        hops: u32::try_from(head.mail.hops).unwrap_or(0),
        // A bounce of an automatic answer must not come back (RFC 3834 §3.3): its envelope sender is empty.
        envelope_from: (!automatic).then_some(head.bounce_to),
    })
}
