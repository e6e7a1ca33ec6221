//! One delivery on its way: what is sent, and what follows from the answer.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::webhook::{
    EventType, Fault, excerpt,
    retry::{self, Answer, Next},
    secret,
};
use store::{
    alert::NewAlert,
    audit::Actor,
    event::{self, NewEvent},
    ledger,
    webhook::{
        delivery::{self, After, Delivery, Try},
        endpoint::{self, Endpoint},
    },
};
use uuid::Uuid;

use super::endpoints;
use crate::{App, AppError, Tx, account::alerts, seal};

/// A delivery to be sent now.
#[derive(Debug)]
pub struct Letter {
    /// Where to.
    pub url: String,
    /// The header `webhook-id`.
    pub id: String,
    /// The header `webhook-timestamp`.
    pub timestamp: i64,
    /// The header `webhook-signature`.
    pub signature: String,
    /// The body.
    pub body: String,
}

/// What is to be done about a delivery.
#[derive(Debug)]
pub enum Due {
    /// Send it.
    Send(Box<Letter>),
    /// Not before this pause is over.
    Wait(Duration),
    /// It arrived, or was given up, before.
    Settled,
    /// Its endpoint is off.
    Off,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Heard<'a> {
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// How long it took.
    pub took: Duration,
    /// Status and body, or why there was no answer and what the machine said about it.
    pub answer: Result<(u16, &'a [u8]), (Fault, String)>,
    /// What the receiver asked for with `Retry-After`.
    pub retry_after: Option<Duration>,
}

/// What is to be done about a delivery now. The signature is made for this moment.
///
/// # Errors
/// [`AppError::NotFound`] when it or its endpoint is gone.
pub async fn due(app: &App, id: Uuid) -> Result<Due, AppError> {
    let now = app.now();
    let mut conn = app.conn().await?;
    let found = delivery::find(&mut conn, id).await?;
    if found.state != "queued" {
        return Ok(Due::Settled);
    }
    if let Some(pause) = found
        .next_try_at
        .and_then(|at| (at - now).to_std().ok())
        .filter(|pause| !pause.is_zero())
    {
        return Ok(Due::Wait(pause));
    }
    let endpoint = endpoint::find(&mut conn, found.endpoint_id).await?;
    if !endpoint.enabled && found.kind != EventType::Test.as_str() {
        return Ok(Due::Off);
    }
    let secrets = secrets(app, &endpoint, now)?;
    let webhook_id = format!("msg_{}", id.simple());
    Ok(Due::Send(Box::new(Letter {
        signature: secret::sign(secrets.iter().map(String::as_str), &webhook_id, now, &found.body),
        url: endpoint.url,
        id: webhook_id,
        timestamp: now.timestamp(),
        body: found.body,
    })))
}

/// The secrets that sign now, the present one first.
fn secrets(app: &App, endpoint: &Endpoint, now: DateTime<Utc>) -> Result<Vec<String>, AppError> {
    let old = endpoint.old_secret.as_ref();
    let old = old.filter(|_| endpoint.old_secret_until.is_some_and(|until| now < until));
    let sealed = std::iter::once(("secret", &endpoint.secret)).chain(old.map(|old| ("old_secret", old)));
    let open = |(column, sealed): (&str, &Vec<u8>)| {
        let bytes = app.keys.open(&endpoints::context(column, endpoint.id), sealed)?;
        String::from_utf8(bytes).map_err(|error| AppError::Internal(error.to_string()))
    };
    sealed.map(open).collect()
}

/// Gives up a delivery whose endpoint is off, and ends its job.
///
/// # Errors
/// When the database refuses.
pub async fn give_up(app: &App, id: Uuid, (job, attempt): (Uuid, i32)) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let found = delivery::lock(tx.conn()?, id).await?;
    delivery::give_up(tx.conn()?, id, Fault::EndpointOff.as_str(), app.now()).await?;
    ledger::finish_in(tx.conn()?, job, attempt).await?;
    told(&mut tx, &found, "failed").await?;
    tx.commit().await
}

/// Gives up a delivery whose job is over without having ended it.
///
/// # Errors
/// When the database refuses.
pub async fn abandon(app: &App, id: Uuid) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let found = delivery::lock(tx.conn()?, id).await?;
    if found.state != "queued" {
        return Ok(());
    }
    delivery::give_up(tx.conn()?, id, Fault::Abandoned.as_str(), app.now()).await?;
    told(&mut tx, &found, "failed").await?;
    tx.commit().await
}

/// Notes a try, and what follows from it: another one after a pause, or the end of the delivery together with that of its job, which
/// gives `None`. An endpoint that fails for days, or wants no more, is switched off.
///
/// # Errors
/// When the database refuses; the delivery is then sent again, under the same id.
pub async fn tried(
    app: &App,
    id: Uuid,
    (job, attempt): (Uuid, i32),
    heard: &Heard<'_>,
) -> Result<Option<Duration>, AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    // Whoever removes an endpoint holds it before its deliveries; in another order the two would wait for each other.
    let endpoint_id = delivery::find(tx.conn()?, id).await?.endpoint_id;
    let endpoint = endpoint::lock(tx.conn()?, endpoint_id).await?;
    let found = delivery::lock(tx.conn()?, id).await?;
    if found.state != "queued" {
        ledger::finish_in(tx.conn()?, job, attempt).await?;
        tx.commit().await?;
        return Ok(None);
    }
    let answer = match &heard.answer {
        Ok((status, _)) => Answer::Status(*status),
        Err(_) => Answer::Silence,
    };
    let next = retry::next(answer, found.tries + 1, heard.retry_after, jitter()?);
    let pause = match next {
        Next::Again(pause) => Some(pause),
        Next::Delivered | Next::GiveUp | Next::SwitchOff => None,
    };
    let state = match next {
        Next::Delivered => "delivered",
        Next::Again(_) => "queued",
        Next::GiveUp | Next::SwitchOff => "failed",
    };
    let one = Try {
        number: 0,
        at: heard.at,
        duration_ms: i32::try_from(heard.took.as_millis()).unwrap_or(i32::MAX),
        status: heard.answer.as_ref().ok().map(|(status, _)| i32::from(*status)),
        excerpt: heard.answer.as_ref().ok().map(|(_, body)| excerpt(body)),
        error: heard.answer.as_ref().err().map(|(fault, _)| fault.as_str().to_owned()),
        detail: heard.answer.as_ref().err().map(|(_, said)| said.clone()),
    };
    let after = After {
        state,
        next_try_at: pause
            .and_then(|pause| TimeDelta::from_std(pause).ok())
            .map(|pause| now + pause),
    };
    delivery::tried(tx.conn()?, id, &one, after, now).await?;
    endpoint::heard(tx.conn()?, endpoint.id, next == Next::Delivered, now).await?;
    let failing = endpoint
        .failing_since
        .is_some_and(|since| now - since >= retry::PATIENCE);
    match next {
        Next::SwitchOff => switch_off(&mut tx, endpoint, "gone", now).await?,
        Next::Again(_) | Next::GiveUp if failing => switch_off(&mut tx, endpoint, "failing", now).await?,
        _ => {}
    }
    if pause.is_none() {
        ledger::finish_in(tx.conn()?, job, attempt).await?;
    }
    told(&mut tx, &found, state).await?;
    tx.commit().await?;
    Ok(pause)
}

/// Switches an endpoint off, and tells those in charge.
async fn switch_off(tx: &mut Tx, mut endpoint: Endpoint, why: &str, now: DateTime<Utc>) -> Result<(), AppError> {
    if !endpoint.enabled {
        return Ok(());
    }
    endpoint.enabled = false;
    endpoint.disabled_reason = Some(why.to_owned());
    endpoint::update(tx.conn()?, &endpoint, None, now).await?;
    endpoints::log(tx, &Actor::product(), &endpoint, "webhook_endpoint.switch_off", now).await?;
    let alert = NewAlert {
        kind: "webhook_off",
        severity: "warning",
        user_id: None,
        ip: None,
        data: serde_json::json!({ "endpoint_id": endpoint.id, "url": endpoint.url, "reason": why }),
        once_key: Some(format!("webhook_off.{}.{}", endpoint.id, endpoint.version)),
    };
    alerts::raise(tx, alert, now).await
}

/// Tells browsers how a delivery stands.
async fn told(tx: &mut Tx, delivery: &Delivery, state: &str) -> Result<(), AppError> {
    let news = NewEvent {
        kind: "webhook_delivery.changed",
        subject_type: "webhook_delivery",
        subject_id: delivery.id,
        permission: Some("webhooks.view"),
        user_id: None,
        data: serde_json::json!({ "endpoint_id": delivery.endpoint_id, "state": state }),
    };
    Ok(event::append(tx.conn()?, news).await?)
}

fn jitter() -> Result<f64, AppError> {
    let mut byte = [0];
    seal::random(&mut byte)?;
    Ok(f64::from(byte[0]) / 255.0)
}
