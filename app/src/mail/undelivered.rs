//! What follows when a mail of ours does not arrive: at its address and in its ticket, the same whether a report says so or the
//! server that was to take it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    mail::{
        note::{Code, Note},
        report::DeliveryOutcome,
        words::{DeliveryState, SuppressionReason},
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

use super::{lookups::known, silence::silence};
use crate::{
    App, AppError, Tx,
    sla::{Said, save},
    ticket::state_of,
};

/// Refusals that lie no further back count together.
const COUNTED: TimeDelta = TimeDelta::days(7);

/// What a server said about an address.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    /// Address in lower case: of our mail, or what a stranger names.
    pub(super) address: &'a str,
    /// How it counts.
    pub(super) outcome: DeliveryOutcome,
    /// Enhanced status code (RFC 3463); empty when there is none.
    pub(super) status: &'a str,
    /// In words.
    pub(super) text: &'a str,
    /// The report; none when it was said to ourselves.
    pub(super) report: Option<Uuid>,
}

impl Word<'_> {
    /// It will never work.
    pub(super) const fn permanent(&self) -> bool {
        matches!(
            self.outcome,
            DeliveryOutcome::UnknownAddress | DeliveryOutcome::Permanent
        )
    }
}

/// Records what was said about an address, once for each report or refused mail, and silences the address when it was said often
/// enough of mail of ours. Anybody can send a forged report, so one about nothing of ours silences nobody.
pub(super) async fn count(
    tx: &mut Tx,
    word: Word<'_>,
    ours: Option<&Outgoing>,
    now: DateTime<Utc>,
) -> Result<Option<Note>, AppError> {
    let bounce = NewBounce {
        address: word.address,
        status: word.status,
        permanent: word.permanent(),
        outgoing_mail_id: ours.map(|mail| mail.id),
        raw_mail_id: word.report,
        detail: Some(word.text).filter(|text| !text.is_empty()),
        at: now,
    };
    let times = suppression::record_bounce(tx.conn()?, bounce, now - COUNTED).await?;
    let (Some(after), Some(_)) = (word.outcome.suppress_after(), ours) else {
        return Ok(None);
    };
    if times < i64::from(after) {
        return Ok(None);
    }
    let detail = if word.text.contains(word.status) {
        word.text.to_owned()
    } else {
        format!("{} {}", word.status, word.text)
    };
    let suppression = NewSuppression {
        address: word.address,
        reason: SuppressionReason::Bounce,
        detail: Some(detail.trim()).filter(|text| !text.is_empty()),
        until: None,
        at: now,
    };
    silence(tx, suppression).await.map(Some)
}

/// Writes down that a mail will never arrive; its ticket hears of it, once.
pub(super) async fn bounced(
    app: &App,
    tx: &mut Tx,
    mail: &Outgoing,
    detail: &str,
    message: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Option<Note>, AppError> {
    let state = DeliveryState::Bounced.as_str();
    if !outgoing::set_state(tx.conn()?, mail.id, state, Some(detail), false, now).await? {
        return Ok(None);
    }
    reopen(app, tx, mail, detail, message, now).await
}

/// Writes down that whoever got a mail wants no such mail, which silences the address that we wrote to.
pub(super) async fn complained(
    tx: &mut Tx,
    mail: &Outgoing,
    why: Option<&str>,
    message: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Note, AppError> {
    let state = DeliveryState::Complained.as_str();
    let news = outgoing::set_state(tx.conn()?, mail.id, state, why, false, now).await?;
    if news
        && let Some(id) = mail.ticket_id
        && let Some(ticket) = known(ticket::find_home_for_update(tx.conn()?, id).await)?
    {
        let data = serde_json::json!({ "recipient": mail.recipient, "message_id": message.or(mail.message_id) });
        let actor = Actor::product();
        ticket::add_event(tx.conn()?, ticket.summary.id, "mail_complained", &actor, data, now).await?;
    }
    let suppression = NewSuppression {
        address: &mail.recipient,
        reason: SuppressionReason::Complaint,
        detail: why,
        until: None,
        at: now,
    };
    silence(tx, suppression).await
}

/// Gives the ticket back to staff when the answer that did not arrive was for whoever asked.
pub(super) async fn reopen(
    app: &App,
    tx: &mut Tx,
    mail: &Outgoing,
    detail: &str,
    message: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Option<Note>, AppError> {
    let (Some(ticket_id), "reply") = (mail.ticket_id, mail.kind.as_str()) else {
        return Ok(None);
    };
    let Some(ticket) = known(ticket::find_home_for_update(tx.conn()?, ticket_id).await)? else {
        return Ok(None);
    };
    // It went to the address that his account had then, which need not be the one he asked from.
    let people = ticket::recipients(tx.conn()?, ticket.summary.id).await?;
    let asked = |email: &str| people.iter().any(|one| one.role == "requester" && one.email == email);
    let his = ticket.summary.requester_email == mail.recipient || asked(&mail.recipient);
    if !his || ticket.summary.delivery_failed {
        return Ok(None);
    }
    let actor = Actor::product();
    let mut change = Change::of(&ticket);
    change.delivery_failed = true;
    change.state = automatic::after_delivery_failure(state_of(&ticket)?)
        .as_str()
        .to_owned();
    let data =
        serde_json::json!({ "recipient": mail.recipient, "detail": detail, "message_id": message.or(mail.message_id) });
    ticket::add_event(tx.conn()?, ticket.summary.id, "delivery_failed", &actor, data, now).await?;
    // What came back within a day was no answer: its clock goes on as if it had not been sent.
    let fresh = now - mail.created_at <= TimeDelta::days(1);
    let failed = [Said::ReplyFailed(mail.created_at)];
    let said: &[Said] = if fresh { &failed } else { &[] };
    save(app, tx, &ticket, &change, said, &actor, now).await?;
    Ok(Some(Note::ticket(Code::ReplyNotDelivered, ticket.summary.number)))
}
