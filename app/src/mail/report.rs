//! Reports about mail: recorded against the mail they are about and its address. A report never becomes a message and never
//! causes a mail.

use domain::mail::{
    note::{Code, Note},
    report::{DeliveryOutcome, Report, ReportKind},
    words::{DeliveryState, MailReason, MailState},
};
use store::{
    outgoing::{self, Outgoing},
    ticket,
};
use uuid::Uuid;

use super::{
    lookups::known,
    process::{Place, Run},
    undelivered::{self, Word},
};
use crate::{AppError, Tx};

pub(super) async fn record(
    tx: &mut Tx,
    run: &Run<'_>,
    ticket: Option<i64>,
    message: Option<Uuid>,
    outgoing_id: Option<Uuid>,
) -> Result<Place, AppError> {
    let mut place = Place::new(MailState::Bounce);
    let original = original(tx, run, outgoing_id).await?;
    if let Some(number) = ticket {
        place.ticket_id = known(ticket::find_by_number(tx.conn()?, number).await)?.map(|t| t.summary.id);
    }
    place.ticket_id = place.ticket_id.or(original.as_ref().and_then(|mail| mail.ticket_id));
    match run.incoming.facts.report.as_ref() {
        Some(report) if report.kind == ReportKind::Dsn => {
            failures(tx, run, report, original.as_ref(), message, &mut place).await?;
        }
        Some(report) if report.is_complaint() => {
            complaint(tx, run, report, original.as_ref(), message, &mut place).await?;
        }
        _ => place.reason = Some(MailReason::OtherReport),
    }
    Ok(place)
}

/// What a server says of each recipient.
async fn failures(
    tx: &mut Tx,
    run: &Run<'_>,
    report: &Report,
    original: Option<&Outgoing>,
    message: Option<Uuid>,
    place: &mut Place,
) -> Result<(), AppError> {
    for recipient in &report.recipients {
        let named = recipient
            .original_recipient
            .as_deref()
            .or(recipient.final_recipient.as_deref())
            .map(str::to_lowercase);
        let ours =
            original.filter(|mail| named.as_deref() == Some(mail.recipient.as_str()) || report.recipients.len() == 1);
        // Whom a report names is a stranger's word, and another one where mail is forwarded: it speaks of the address we wrote to.
        let address = ours.map(|mail| mail.recipient.as_str()).or(named.as_deref());
        let Some(address) = address else {
            continue;
        };
        let word = Word {
            address,
            outcome: DeliveryOutcome::of(&recipient.action, &recipient.status),
            status: &recipient.status,
            text: &recipient.diagnostic,
            report: Some(run.mail.summary.id),
        };
        let reported = Note::new(Code::DeliveryReported)
            .with("address", named.as_deref().unwrap_or(address))
            .with("action", &recipient.action)
            .with("status", &recipient.status);
        place.effects.push(reported);
        place.effects.extend(undelivered::count(tx, word, ours, run.now).await?);
        if let Some(mail) = ours {
            place.effects.extend(mark(tx, run, mail, word, message).await?);
        }
    }
    Ok(())
}

/// Whoever got a mail of ours does not want such mail. That silences the address that we wrote to, whatever the report names: it
/// proves itself by what we signed, which is known to who got the mail alone.
async fn complaint(
    tx: &mut Tx,
    run: &Run<'_>,
    report: &Report,
    original: Option<&Outgoing>,
    message: Option<Uuid>,
    place: &mut Place,
) -> Result<(), AppError> {
    let Some(mail) = original else {
        place.reason = Some(MailReason::OtherReport);
        place.effects.push(Code::ComplaintNotOurs.into());
        return Ok(());
    };
    let complained = Note::new(Code::Complained).with("address", &mail.recipient);
    place.effects.push(complained);
    let silenced = undelivered::complained(tx, mail, Some(&report.feedback), message, run.now).await?;
    place.effects.push(silenced);
    Ok(())
}

/// The mail of ours that the report is about.
async fn original(tx: &mut Tx, run: &Run<'_>, outgoing_id: Option<Uuid>) -> Result<Option<Outgoing>, AppError> {
    if let Some(id) = outgoing_id.or(run.evidence.outgoing)
        && let Some(mail) = known(outgoing::find(tx.conn()?, id).await)?
    {
        return Ok(Some(mail));
    }
    let id = run
        .incoming
        .facts
        .report
        .as_ref()
        .and_then(|report| report.original_message_id.as_deref());
    match id {
        Some(id) => Ok(outgoing::by_message_id(tx.conn()?, id.trim_matches(['<', '>'])).await?),
        None => Ok(None),
    }
}

/// Writes down what became of a mail; of one that will never arrive its ticket hears as well.
async fn mark(
    tx: &mut Tx,
    run: &Run<'_>,
    mail: &Outgoing,
    word: Word<'_>,
    message: Option<Uuid>,
) -> Result<Option<Note>, AppError> {
    if word.permanent() {
        return undelivered::bounced(run.app, tx, mail, word.text, message, run.now).await;
    }
    if word.outcome == DeliveryOutcome::Delivered {
        let state = DeliveryState::Delivered.as_str();
        outgoing::set_state(tx.conn()?, mail.id, state, Some(word.text), false, run.now).await?;
    }
    Ok(None)
}
