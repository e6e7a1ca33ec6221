//! What providers of outgoing mail report by themselves: kept as it came, and worked into what is known of the mail, like a report that came
//! by mail. The same report again changes nothing, and one about nothing of ours is counted and let go.

mod signed;

use chrono::{DateTime, Utc};
use domain::mail::{
    provider::{self, Kind, ProviderEvent},
    words::DeliveryState,
};
use store::{
    mail::provider::{self as rows, NewReport},
    outgoing::{self, Outgoing},
};

use super::{
    lookups::known,
    tokens,
    undelivered::{self, Word},
};
use crate::{App, AppError, Tx};

pub use signed::{MailReports, NotAKey};

const SENDGRID: &str = "sendgrid";
const SES: &str = "ses";

/// Takes in a batch of SendGrid's Event Webhook: its signature, the moment that is signed with it, the body as it came.
///
/// # Errors
/// [`AppError::NotFound`] when no key is set; [`AppError::Unauthenticated`] when anybody could have posted it, or could post it again.
pub async fn sendgrid(app: &App, signature: &str, timestamp: &str, body: &[u8]) -> Result<(), AppError> {
    let right = app.mail_reports.of_sendgrid(signature, timestamp, body);
    if !right.ok_or(AppError::NotFound)? {
        return Err(AppError::Unauthenticated);
    }
    present(SENDGRID, provider::sendgrid_moment(timestamp), app.now())?;
    let events = provider::sendgrid(body).map_err(|error| AppError::invalid("", "malformed_json", error))?;
    take(app, SENDGRID, &events).await
}

/// Takes in what Amazon SNS posts: a notification of SES, or the question whether we want any.
///
/// # Errors
/// [`AppError::NotFound`] when no topic is set; [`AppError::Unauthenticated`] when it is of another topic, or anybody could have posted
/// it, or could post it again; [`AppError::Unavailable`] when Amazon is not to be reached, or is not asked again yet.
pub async fn ses(app: &App, body: &[u8]) -> Result<(), AppError> {
    let Some(topic) = app.mail_reports.topic() else {
        return Err(AppError::NotFound);
    };
    let envelope: provider::Envelope = serde_json::from_slice(body).map_err(|_| AppError::Unauthenticated)?;
    // What is signed is looked at first: nothing is fetched for what would not be taken.
    if envelope.topic_arn != topic {
        return Err(AppError::Unauthenticated);
    }
    present(SES, envelope.moment(), app.now())?;
    if !app.mail_reports.of_sns(&envelope, app.now()).await? {
        return Err(AppError::Unauthenticated);
    }
    match envelope.kind.as_str() {
        "Notification" => {
            let event = provider::ses(&envelope.message_id, &envelope.message);
            take(app, SES, event.as_slice()).await
        }
        "SubscriptionConfirmation" => {
            let address = envelope.subscribe_url.as_deref().unwrap_or_default();
            app.mail_reports.confirm(address).await?;
            tracing::info!(topic, "the subscription to reports of SES is confirmed");
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Takes nothing that was signed long ago: it is posted by somebody who kept it, or a clock is wrong.
fn present(by: &str, signed: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), AppError> {
    if signed.is_some_and(|signed| provider::is_present(signed, now)) {
        return Ok(());
    }
    tracing::warn!(provider = by, ?signed, "a report about mail is too old to be taken in");
    Err(AppError::Unauthenticated)
}

/// Each in a transaction of its own: one that fails does not take the others along, and comes again.
async fn take(app: &App, by: &str, events: &[ProviderEvent]) -> Result<(), AppError> {
    let mut failed = None;
    for event in events {
        if let Err(error) = take_one(app, by, event).await {
            tracing::warn!(%error, provider = by, event = event.id, "a report about mail could not be taken in");
            failed = Some(error);
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn take_one(app: &App, by: &str, event: &ProviderEvent) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let mail = original(app, &mut tx, by, event).await?;
    if let Some(mail) = &mail {
        let new = NewReport {
            provider: by,
            event_id: &event.id,
            kind: event.kind.as_str(),
            mail: mail.id,
            provider_id: event.provider_id.as_deref(),
            raw: &event.raw,
        };
        if !rows::keep(tx.conn()?, &new, now).await? {
            return tx.commit().await;
        }
        work(app, &mut tx, mail, event, now).await?;
    }
    // Last, because all reports of a day are counted in one row.
    rows::count(tx.conn()?, by, mail.is_some(), now).await?;
    tx.commit().await
}

/// The mail of ours that a report is about: by the envelope sender, which we signed, by its Message-ID, or by the name that the provider gave
/// it in an earlier report.
async fn original(app: &App, tx: &mut Tx, by: &str, event: &ProviderEvent) -> Result<Option<Outgoing>, AppError> {
    let signed = match &event.envelope {
        Some(address) => tokens(app)?.read_bounce_address(address),
        None => None,
    };
    if let Some(id) = signed
        && let Some(mail) = known(outgoing::find(tx.conn()?, id).await)?
    {
        return Ok(Some(mail));
    }
    if let Some(id) = &event.message_id
        && let Some(mail) = outgoing::by_message_id(tx.conn()?, id).await?
    {
        return Ok(Some(mail));
    }
    let Some(name) = &event.provider_id else {
        return Ok(None);
    };
    match rows::named(tx.conn()?, by, name).await? {
        Some(id) => known(outgoing::find(tx.conn()?, id).await),
        None => Ok(None),
    }
}

/// What follows from a report.
async fn work(
    app: &App,
    tx: &mut Tx,
    mail: &Outgoing,
    event: &ProviderEvent,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    let word = Word {
        address: &mail.recipient,
        outcome: event.outcome(),
        status: &event.status,
        text: &event.detail,
        report: None,
    };
    match event.kind {
        Kind::Deferred => {}
        Kind::Delivered => {
            let (state, detail) = (DeliveryState::Delivered.as_str(), Some(event.detail.as_str()));
            outgoing::set_state(tx.conn()?, mail.id, state, detail, false, now).await?;
        }
        Kind::Bounced => {
            undelivered::count(tx, word, Some(mail), now).await?;
            undelivered::bounced(app, tx, mail, &event.detail, None, now).await?;
        }
        // Its address is not to blame, but it will not arrive.
        Kind::Dropped => {
            undelivered::bounced(app, tx, mail, &event.detail, None, now).await?;
        }
        Kind::Complained => {
            let why = Some(event.detail.as_str()).filter(|text| !text.is_empty());
            undelivered::complained(tx, mail, why, None, now).await?;
        }
    }
    Ok(())
}
