//! Other people's sign-ins in the hands of those in charge: seeing where somebody is signed in, ending it, and taking away second
//! factors that he lost. Nobody does so to himself, nor to an account that may do more than he.

use chrono::{DateTime, Utc};
use domain::{
    account::notice::AccountNotice,
    permission::{Permission, roles},
};
use jobs::{NewJob, SendAccountMail};
use store::{
    alert::NewAlert,
    audit,
    device::{self, Device},
    factor, person,
    session::{self, OpenSession, Session},
};
use uuid::Uuid;

use crate::{
    App, AppError, Caller, Tx,
    account::{
        alerts,
        factors::{self, Factors},
        sessions,
    },
    role::{escalation, known},
};

/// Characters of a reason.
const REASON: std::ops::RangeInclusive<usize> = 5..=500;

/// How somebody signs in.
#[derive(Debug)]
pub struct SignIns {
    /// Live sessions, last used first.
    pub sessions: Vec<Session>,
    /// Second factors.
    pub factors: Factors,
    /// Browsers he signed in with, last used first.
    pub devices: Vec<Device>,
}

/// A reason as it is kept.
///
/// # Errors
/// [`AppError::Invalid`] at `/reason`.
pub fn reason(text: &str) -> Result<&str, AppError> {
    let text = text.trim();
    if REASON.contains(&text.chars().count()) && !text.chars().any(|c| c.is_control() && c != '\n') {
        return Ok(text);
    }
    let detail = format!("Say why, in {} to {} characters.", REASON.start(), REASON.end());
    Err(AppError::invalid("/reason", "invalid_reason", detail))
}

async fn touchable(caller: &Caller, tx: &mut Tx, user: Uuid) -> Result<(), AppError> {
    let person = person::find_for_update(tx.conn()?, user).await?;
    if person.id == caller.user_id {
        return Err(AppError::refused(
            "own_account",
            "Your own account is changed in your profile, or by somebody else.",
        ));
    }
    roles::may_grant(&caller.permissions, &known(&person.permissions)).map_err(|error| escalation(&error))
}

/// How an account is signed in to.
///
/// # Errors
/// [`AppError::NotFound`].
pub async fn sign_ins(app: &App, caller: &Caller, user: Uuid) -> Result<SignIns, AppError> {
    caller.need(Permission::SessionsManage)?;
    let (sessions, devices) = {
        let mut conn = app.conn().await?;
        person::find(&mut conn, user).await?;
        (
            session::live_of(&mut conn, user, app.now()).await?,
            device::of_user(&mut conn, user).await?,
        )
    };
    Ok(SignIns {
        sessions,
        factors: factors::of(app, user).await?,
        devices,
    })
}

/// Everybody's live sessions before the one at `before`, the newest first; with words, those of accounts whose name or address holds
/// them, or from that source address.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn sessions(
    app: &App,
    caller: &Caller,
    words: Option<&str>,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<OpenSession>, AppError> {
    caller.need(Permission::SessionsManage)?;
    Ok(session::open(&mut *app.conn().await?, words, before, limit, app.now()).await?)
}

/// Ends one session of an account, or all of them. Returns those that ended.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such account, or no such session that is live; [`AppError::Refused`];
/// [`AppError::Denied`] when the account may do more than the caller.
pub async fn end_sessions(app: &App, caller: &Caller, user: Uuid, one: Option<Uuid>) -> Result<Vec<Uuid>, AppError> {
    caller.need(Permission::SessionsManage)?;
    let mut tx = app.begin().await?;
    touchable(caller, &mut tx, user).await?;
    let now = app.now();
    let ended = match one {
        Some(id) => {
            let found = session::find(tx.conn()?, id).await?;
            if found.user_id != user || !session::revoke(tx.conn()?, id, "ended_by_staff", now).await? {
                return Err(AppError::NotFound);
            }
            vec![id]
        }
        None => session::revoke_all(tx.conn()?, user, None, "ended_by_staff", now).await?,
    };
    sessions::note(app, &mut tx, caller, user, &ended).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Takes away every second factor of somebody who lost his, and ends his sessions. He is told by mail, those in charge by an alert.
/// Returns the sessions that ended.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::Invalid`] without a reason; [`AppError::Refused`] for one's own account, and when there is none.
pub async fn reset_factors(app: &App, caller: &Caller, user: Uuid, why: &str) -> Result<Vec<Uuid>, AppError> {
    caller.need(Permission::UsersEdit)?;
    caller.need(Permission::SecurityManage)?;
    caller.fresh_factor(app.now())?;
    let why = reason(why)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    touchable(caller, &mut tx, user).await?;
    if !factor::remove_all(tx.conn()?, user).await? {
        return Err(AppError::refused(
            "no_second_factor",
            "This account has no second factor.",
        ));
    }
    let ended = session::revoke_all(tx.conn()?, user, None, "factors_reset", now).await?;
    let entry = audit::Entry {
        action: "user.factors_reset",
        subject_type: "user",
        subject_id: Some(user),
        data: serde_json::json!({ "reason": why, "sessions_ended": ended.len() }),
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    sessions::note(app, &mut tx, caller, user, &ended).await?;
    let alert = NewAlert {
        kind: "factors_reset",
        severity: "warning",
        user_id: Some(user),
        ip: caller.actor.ip.as_deref(),
        data: serde_json::json!({ "by": caller.actor.name, "reason": why }),
        once_key: None,
    };
    alerts::raise(&mut tx, alert, now).await?;
    let mail = SendAccountMail::notice(user, AccountNotice::FactorsChanged).with("change", "reset_by_staff");
    tx.enqueue(&[NewJob::of(&mail)]).await?;
    tx.commit().await?;
    Ok(ended)
}
