//! Text messages: queued in the transaction of what causes them, handed to the provider by a job, followed by its reports.

pub mod costs;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    permission::Permission,
    sms::{
        Report, SmsState,
        cost::{self, Verdict},
        segments,
    },
};
use jobs::{NewJob, SendSms};
use store::{
    event::{self, NewEvent},
    sms::message::{self, Attempt, NewText},
};
use uuid::Uuid;

use self::costs::Cost;
use crate::{App, AppError, Tx, ports::SmsReports};

/// How text messages are set up.
#[derive(Debug, Clone, Default)]
pub struct SmsSetUp {
    /// Provider; without one nothing is sent.
    pub provider: Option<&'static str>,
    /// Country codes that are served, without a plus.
    pub prefixes: Vec<String>,
    /// Codes that are sent in an hour, over all accounts.
    pub hourly: u32,
    /// Roles for which a code by text message is not enough.
    pub strong_roles: Vec<String>,
    /// Understands the provider's reports.
    pub reports: Option<Arc<dyn SmsReports>>,
}

/// A text about to be queued.
#[derive(Clone, Copy)]
pub struct NewSms<'a> {
    /// Who gets it.
    pub user_id: Option<Uuid>,
    /// Number in the form of E.164.
    pub phone: &'a str,
    /// What for.
    pub purpose: &'a str,
    /// What it says.
    pub body: &'a str,
    /// The network it was asked for from.
    pub network: &'a str,
    /// When it may go out; at once without one.
    pub not_before: Option<DateTime<Utc>>,
    /// When it is worth nothing any more.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for NewSms<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSms")
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

/// A text to be sent now.
pub struct DueSms {
    /// Number.
    pub phone: String,
    /// What it says.
    pub body: String,
    /// How long it is worth delivering.
    pub valid_for: TimeDelta,
}

impl std::fmt::Debug for DueSms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DueSms").finish_non_exhaustive()
    }
}

/// What is to be done about a text.
#[derive(Debug)]
pub enum Due {
    /// Send it.
    Send(DueSms),
    /// It was sent, or given up, before.
    Settled,
    /// Its time is over; nobody can use it any more.
    Expired,
}

fn context(id: Uuid) -> String {
    format!("sms_messages.body.{id}")
}

/// What became of a text that was to be queued.
#[derive(Debug, Clone, Copy)]
pub struct Queued {
    /// Its row.
    pub id: Uuid,
    /// Whether it goes out.
    pub verdict: Verdict,
}

impl Queued {
    /// Refuses what does not go out, where somebody waits for it.
    ///
    /// # Errors
    /// [`AppError::Refused`] `sms_cap` or `sms_no_price`.
    pub fn going(self) -> Result<(), AppError> {
        match self.verdict {
            Verdict::Go => Ok(()),
            Verdict::OverCap => Err(AppError::refused(
                "sms_cap",
                "Text messages cost as much this month as they may. Raise the cap, or wait for the next month.",
            )),
            Verdict::NoPrice => Err(AppError::refused(
                "sms_no_price",
                "There is a cap on what text messages cost, and no price for this number.",
            )),
        }
    }
}

/// Queues a text at the price of this moment. What it says is in no log and in no job: it is sealed, and wiped when it was sent. One that the
/// cap of the month leaves no room for stands among the others as one that failed, with the reason; nothing else of the transaction does.
///
/// # Errors
/// When the database refuses.
pub async fn queue(app: &App, tx: &mut Tx, sms: &NewSms<'_>) -> Result<Queued, AppError> {
    let (id, now) = (Uuid::now_v7(), app.now());
    let cost = Cost::of(tx, sms.phone, segments::count(sms.body).segments, now).await?;
    let verdict = costs::room(app, tx, sms.purpose, cost, now).await?;
    let withheld = match verdict {
        Verdict::Go => None,
        Verdict::OverCap => Some("over_cap"),
        Verdict::NoPrice => Some("no_price"),
    };
    let body = match verdict {
        Verdict::Go => Some(app.keys.seal(&context(id), sms.body.as_bytes())?),
        Verdict::OverCap | Verdict::NoPrice => None,
    };
    let text = NewText {
        id,
        user_id: sms.user_id,
        phone: sms.phone,
        purpose: sms.purpose,
        body: body.as_deref(),
        network: sms.network,
        country: &cost::country(sms.phone),
        segments: cost.segments,
        price: cost.price,
        withheld,
        expires_at: sms.expires_at,
    };
    message::insert(tx.conn()?, &text, now).await?;
    if withheld.is_some() {
        told(tx, id, SmsState::Failed).await?;
        return Ok(Queued { id, verdict });
    }
    told(tx, id, SmsState::Queued).await?;
    let job = NewJob::of(&SendSms { sms_id: id });
    let job = match sms.not_before.filter(|at| *at > now) {
        Some(at) => job.run_at(at),
        None => job,
    };
    tx.enqueue(&[job]).await?;
    Ok(Queued { id, verdict })
}

async fn told(tx: &mut Tx, id: Uuid, state: SmsState) -> Result<(), AppError> {
    let event = NewEvent {
        kind: "sms_message.changed",
        subject_type: "sms_message",
        subject_id: id,
        permission: Some(Permission::SecurityView.as_str()),
        user_id: None,
        data: serde_json::json!({ "state": state.as_str() }),
    };
    Ok(event::append(tx.conn()?, event).await?)
}

/// What is to be done about a text now.
///
/// # Errors
/// [`AppError::NotFound`]; when the database is away.
pub async fn due(app: &App, id: Uuid) -> Result<Due, AppError> {
    let mut conn = app.conn().await?;
    let sms = message::find(&mut conn, id).await?;
    let (true, Some(sealed)) = (sms.state == SmsState::Queued.as_str(), sms.body) else {
        return Ok(Due::Settled);
    };
    let valid_for = sms.expires_at - app.now();
    if valid_for <= TimeDelta::zero() {
        message::expire(&mut conn, app.now()).await?;
        return Ok(Due::Expired);
    }
    let body = String::from_utf8(app.keys.open(&context(id), &sealed)?)
        .map_err(|_| AppError::Internal(format!("the text {id} is not text")))?;
    Ok(Due::Send(DueSms {
        phone: sms.phone,
        body,
        valid_for,
    }))
}

/// Notes an attempt to hand a text over.
///
/// # Errors
/// When the database is away.
pub async fn attempted(app: &App, id: Uuid, attempt: &Attempt<'_>) -> Result<(), AppError> {
    let attempt = Attempt {
        segments: cost::charged(attempt.segments),
        ..attempt.clone()
    };
    let mut tx = app.begin().await?;
    message::attempted(tx.conn()?, id, &attempt, app.now()).await?;
    told(&mut tx, id, attempt.state).await?;
    tx.commit().await
}

/// Takes over what the provider reports. Reports about texts that are not there, or another provider's, and late ones change
/// nothing; the same report twice is one.
///
/// # Errors
/// When the database is away.
pub async fn report(app: &App, provider: &str, reports: &[Report]) -> Result<(), AppError> {
    for report in reports {
        let mut tx = app.begin().await?;
        let Some(before) = message::lock_reported(tx.conn()?, report.message, provider).await? else {
            continue;
        };
        if !report.state.follows(before) {
            continue;
        }
        let news = Attempt {
            state: report.state,
            provider,
            provider_id: Some(&report.provider_id),
            segments: cost::charged(report.segments),
            error: report.error.as_deref(),
        };
        message::reported(tx.conn()?, report.message, &news, app.now()).await?;
        told(&mut tx, report.message, report.state).await?;
        tx.commit().await?;
    }
    Ok(())
}
