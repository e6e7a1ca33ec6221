//! Delivery reports: recorded against the address and the mail they are about. A report never becomes a message and never
//! causes a mail.

use domain::{
    mail::{
        note::{Code, Note},
        report::{DeliveryOutcome, ReportKind},
        words::{DeliveryState, MailReason, MailState, SuppressionReason},
    },
    ticket::automatic,
};
use store::{
    audit::Actor,
    outgoing::{self, Outgoing},
    suppression::{self, NewBounce, NewSuppression},
    ticket::{self, Change},
};
use uuid::Uuid;

use super::{
    lookups::known,
    process::{Place, Run},
};
use crate::{
    AppError, Tx,
    sla::{Said, save},
    ticket::state_of,
};

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
    let Some(report) = run
        .incoming
        .facts
        .report
        .as_ref()
        .filter(|report| report.kind == ReportKind::Dsn)
    else {
        place.reason = Some(MailReason::OtherReport);
        return Ok(place);
    };
    for recipient in &report.recipients {
        let named = recipient
            .original_recipient
            .as_deref()
            .or(recipient.final_recipient.as_deref());
        let Some(address) = named.map(str::to_lowercase) else {
            continue;
        };
        let outcome = DeliveryOutcome::of(&recipient.action, &recipient.status);
        let permanent = matches!(outcome, DeliveryOutcome::UnknownAddress | DeliveryOutcome::Permanent);
        let ours = original
            .as_ref()
            .filter(|mail| mail.recipient == address || report.recipients.len() == 1);
        let bounce = NewBounce {
            address: &address,
            status: &recipient.status,
            permanent,
            outgoing_mail_id: ours.map(|mail| mail.id),
            raw_mail_id: Some(run.mail.summary.id),
            detail: Some(recipient.diagnostic.as_str()).filter(|text| !text.is_empty()),
            at: run.now,
        };
        let count = suppression::record_bounce(tx.conn()?, bounce, run.now - chrono::Duration::days(7)).await?;
        let reported = Note::new(Code::DeliveryReported)
            .with("address", &address)
            .with("action", &recipient.action)
            .with("status", &recipient.status);
        place.effects.push(reported);
        // Anybody can send a forged report; only one about a mail of ours may silence an address.
        if let (Some(after), Some(_)) = (outcome.suppress_after(), ours)
            && count >= i64::from(after)
        {
            let detail = format!("{} {}", recipient.status, recipient.diagnostic);
            let suppression = NewSuppression {
                address: &address,
                reason: SuppressionReason::Bounce,
                detail: Some(detail.trim()).filter(|text| !text.is_empty()),
                until: None,
                at: run.now,
            };
            suppression::suppress(tx.conn()?, suppression).await?;
            place
                .effects
                .push(Note::new(Code::AddressSuppressed).with("address", &address));
        }
        if let Some(mail) = ours {
            mark(
                tx,
                run,
                mail,
                outcome,
                permanent,
                &recipient.diagnostic,
                message,
                &mut place,
            )
            .await?;
        }
    }
    Ok(place)
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

#[expect(
    clippy::too_many_arguments,
    reason = "one call site; the report's parts have no name of their own"
)]
async fn mark(
    tx: &mut Tx,
    run: &Run<'_>,
    mail: &Outgoing,
    outcome: DeliveryOutcome,
    permanent: bool,
    detail: &str,
    message: Option<Uuid>,
    place: &mut Place,
) -> Result<(), AppError> {
    let state = match outcome {
        DeliveryOutcome::Delivered => DeliveryState::Delivered,
        _ if permanent => DeliveryState::Bounced,
        _ => return Ok(()),
    };
    outgoing::set_state(tx.conn()?, mail.id, state.as_str(), Some(detail), false, run.now).await?;
    let (Some(ticket_id), true, "reply") = (mail.ticket_id, permanent, mail.kind.as_str()) else {
        return Ok(());
    };
    let ticket = ticket::find_home_for_update(tx.conn()?, ticket_id).await?;
    // It went to the address that his account had then, which need not be the one he asked from.
    let people = ticket::recipients(tx.conn()?, ticket.summary.id).await?;
    let asked = |email: &str| people.iter().any(|one| one.role == "requester" && one.email == email);
    let his = ticket.summary.requester_email == mail.recipient || asked(&mail.recipient);
    if !his || ticket.summary.delivery_failed {
        return Ok(());
    }
    let actor = Actor::product();
    let mut change = Change::of(&ticket);
    change.delivery_failed = true;
    change.state = automatic::after_delivery_failure(state_of(&ticket)?)
        .as_str()
        .to_owned();
    let data =
        serde_json::json!({ "recipient": mail.recipient, "detail": detail, "message_id": message.or(mail.message_id) });
    ticket::add_event(tx.conn()?, ticket.summary.id, "delivery_failed", &actor, data, run.now).await?;
    // What bounced within a day was no answer: its clock goes on as if it had not been sent.
    let fresh = run.now - mail.created_at <= chrono::Duration::days(1);
    let failed = [Said::ReplyFailed(mail.created_at)];
    let said: &[Said] = if fresh { &failed } else { &[] };
    save(run.app, tx, &ticket, &change, said, &actor, run.now).await?;
    place
        .effects
        .push(Note::ticket(Code::ReplyNotDelivered, ticket.summary.number));
    Ok(())
}
