//! Erasing a person: he asks and may think it over, staff carry it out, a job does it step by step. What the law wants kept stays, without
//! his name wherever the law does not want that as well.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    account::notice::AccountNotice,
    permission::{Permission, roles},
    privacy::erasure::{COOL_OFF, Identity, Obstacle, Step},
};
use jobs::{ErasePerson, NewJob, SendAccountMail};
use store::{
    StoreError,
    alert::NewAlert,
    audit::{self, Actor, Entry},
    event,
    privacy::{
        erasure::{self as rows, Count, Erasure, Subject},
        steps::{self, Whom},
    },
    session,
};
use uuid::Uuid;

use super::trail;
use crate::{
    App, AppError, Caller, Tx,
    account::{alerts, sessions},
    oversight::reason,
    role::{escalation, known},
};

/// What is known about erasing a person.
#[derive(Debug)]
pub struct Shown {
    /// The newest request or erasure.
    pub erasure: Option<Erasure>,
    /// What must be settled first, and how much of each.
    pub obstacles: Vec<Count>,
    /// What would be erased; keys that begin with `kept_` say what would stay.
    pub preview: Vec<Count>,
}

fn context(id: Uuid) -> String {
    format!("personal_erasures.identity.{id}")
}

/// What somebody asked for himself.
///
/// # Errors
/// When the database is away.
pub async fn own(app: &App, caller: &Caller) -> Result<Option<Erasure>, AppError> {
    Ok(rows::newest(&mut *app.conn().await?, caller.user_id).await?)
}

/// Asks to be erased. He may take it back until staff carry it out, which they may not before his time to think is over.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::Conflict`] when he did already.
pub async fn ask(app: &App, caller: &Caller) -> Result<Erasure, AppError> {
    let now = app.now();
    caller.fresh_factor(now)?;
    let mut tx = app.begin().await?;
    let id = Uuid::now_v7();
    rows::ask(tx.conn()?, (id, caller.user_id), now + COOL_OFF, now)
        .await
        .map_err(already)?;
    let data = serde_json::json!({ "erasure_id": id });
    note(
        &mut tx,
        &caller.actor,
        caller.user_id,
        ("user.erasure_asked", data),
        now,
    )
    .await?;
    let alert = NewAlert {
        kind: "erasure_asked",
        severity: "info",
        user_id: Some(caller.user_id),
        ip: None,
        data: serde_json::json!({}),
        once_key: Some(format!("erasure_asked:{id}")),
    };
    alerts::raise(&mut tx, alert, now).await?;
    let mail = SendAccountMail::notice(caller.user_id, AccountNotice::ErasureAsked)
        .with("days", &COOL_OFF.num_days().to_string());
    tx.enqueue(&[NewJob::of(&mail)]).await?;
    let erasure = rows::newest(tx.conn()?, caller.user_id).await?;
    tx.commit().await?;
    erasure.ok_or(AppError::NotFound)
}

/// Takes back what he asked for.
///
/// # Errors
/// [`AppError::NotFound`] when there is nothing to take back.
pub async fn withdraw(app: &App, caller: &Caller) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    if !rows::withdraw(tx.conn()?, caller.user_id, now).await? {
        return Err(AppError::NotFound);
    }
    let change = ("user.erasure_withdrawn", serde_json::json!({}));
    note(&mut tx, &caller.actor, caller.user_id, change, now).await?;
    tx.commit().await
}

fn already(error: StoreError) -> AppError {
    match error {
        StoreError::Conflict(index) if index == "personal_erasures_one" => AppError::Conflict {
            code: "erasure_in_progress".to_owned(),
            detail: "It was asked for already, or goes on.".to_owned(),
        },
        other => other.into(),
    }
}

/// Requests and erasures of everybody, newest first.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn list(
    app: &App,
    caller: &Caller,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Erasure>, AppError> {
    caller.need(Permission::PersonsErase)?;
    Ok(rows::list(&mut *app.conn().await?, after, limit).await?)
}

/// What erasing a person would do, and what stands against it.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn show(app: &App, caller: &Caller, user: Uuid) -> Result<Shown, AppError> {
    caller.need(Permission::PersonsErase)?;
    let mut conn = app.conn().await?;
    rows::known(&mut conn, user).await?;
    let identity = rows::identity(&mut conn, user).await?;
    Ok(Shown {
        erasure: rows::newest(&mut conn, user).await?,
        obstacles: rows::obstacles(&mut conn, user, &identity.addresses, app.now()).await?,
        preview: rows::preview(&mut conn, user, &identity.addresses).await?,
    })
}

fn stands_against(obstacles: &[Count]) -> Result<(), AppError> {
    let Some(first) = obstacles.first() else { return Ok(()) };
    let code = Obstacle::ALL
        .map(Obstacle::as_str)
        .into_iter()
        .find(|code| *code == first.key)
        .unwrap_or("obstacle");
    Err(AppError::Refused {
        code: format!("erasure_{code}"),
        message: "Something must be settled before this person is erased.".to_owned(),
        allowed: obstacles.iter().map(|one| one.key.clone()).collect(),
    })
}

async fn touchable(caller: &Caller, tx: &mut Tx, user: Uuid) -> Result<Subject, AppError> {
    let subject = rows::subject(tx.conn()?, user).await?;
    if user == caller.user_id {
        return Err(AppError::refused("own_account", "Somebody else erases you."));
    }
    roles::may_grant(&caller.permissions, &known(&subject.permissions)).map_err(|error| escalation(&error))?;
    Ok(subject)
}

/// Erases a person: at once nobody signs in with the account any more, and a job does the rest. Returns the sessions that ended.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::Invalid`] without a reason; [`AppError::Refused`] while something must be settled first;
/// [`AppError::Conflict`] when it goes on already or is done.
pub async fn carry_out(app: &App, caller: &Caller, user: Uuid, why: &str) -> Result<(Erasure, Vec<Uuid>), AppError> {
    caller.need(Permission::PersonsErase)?;
    let now = app.now();
    caller.fresh_factor(now)?;
    let why = reason(why)?;
    let mut tx = app.begin().await?;
    let subject = touchable(caller, &mut tx, user).await?;
    let before = rows::newest(tx.conn()?, user).await?;
    if before
        .as_ref()
        .is_some_and(|one| ["running", "done"].contains(&one.state.as_str()))
    {
        return Err(already(StoreError::Conflict("personal_erasures_one".to_owned())));
    }
    let identity = rows::identity(tx.conn()?, user).await?;
    stands_against(&rows::obstacles(tx.conn()?, user, &identity.addresses, now).await?)?;
    let id = before
        .filter(|one| one.state == "asked")
        .map_or_else(Uuid::now_v7, |one| one.id);
    let text = serde_json::to_vec(&identity).map_err(|error| AppError::Internal(error.to_string()))?;
    let sealed = app.keys.seal(&context(id), &text)?;
    rows::begin(tx.conn()?, (id, user), (caller.user_id, why), &sealed, now)
        .await
        .map_err(already)?;
    steps::close(tx.conn()?, user, caller.user_id, now).await?;
    let ended = session::revoke_all(tx.conn()?, user, None, "erased", now).await?;
    sessions::note(app, &mut tx, caller, user, &ended).await?;
    let data = serde_json::json!({ "erasure_id": id, "reason": why });
    note(&mut tx, &caller.actor, user, ("user.erasure_begun", data), now).await?;
    let mut jobs = vec![
        // The mail that tells him goes before his address does.
        NewJob::of(&ErasePerson { erasure_id: id })
            .actor(caller.user_id)
            .run_at(now + TimeDelta::seconds(10)),
    ];
    if !subject.deleted {
        jobs.push(NewJob::of(
            &SendAccountMail::notice(user, AccountNotice::ErasureBegun).to(&subject.email),
        ));
    }
    tx.enqueue(&jobs).await?;
    let erasure = rows::newest(tx.conn()?, user).await?;
    tx.commit().await?;
    Ok((erasure.ok_or(AppError::NotFound)?, ended))
}

async fn note(
    tx: &mut Tx,
    actor: &Actor,
    user: Uuid,
    (action, data): (&'static str, serde_json::Value),
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    let entry = Entry {
        action,
        subject_type: "user",
        subject_id: Some(user),
        data,
    };
    audit::append(tx.conn()?, actor, now, entry).await?;
    tell(tx, user).await
}

async fn tell(tx: &mut Tx, user: Uuid) -> Result<(), AppError> {
    let event = event::NewEvent {
        kind: "personal_erasure.updated",
        subject_type: "user",
        subject_id: user,
        permission: Some(Permission::PersonsErase.as_str()),
        user_id: Some(user),
        data: serde_json::json!({}),
    };
    Ok(event::append(tx.conn()?, event).await?)
}

/// Goes on with an erasure whose job is over without having ended it: what was begun has to be done.
///
/// # Errors
/// When the database refuses.
pub async fn resume(app: &App, id: Uuid) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    if rows::find_for_update(tx.conn()?, id).await?.state != "running" {
        return Ok(());
    }
    tx.enqueue(&[NewJob::of(&ErasePerson { erasure_id: id })]).await?;
    tx.commit().await
}

/// Does what is left to do. Broken off, it is taken up after the last step that was done.
///
/// # Errors
/// When the database is away; [`AppError::Unavailable`] while a job about the person still runs.
pub async fn erase(app: &App, id: Uuid) -> Result<(), AppError> {
    for step in Step::ALL {
        // Few rows of a long step are in one transaction: whoever follows the log waits for the oldest.
        let mut after = 0;
        while go_on(app, id, step, &mut after).await? {}
    }
    Ok(())
}

/// Does a step, or a part of it after `after`; `true` when there is more of it.
async fn go_on(app: &App, id: Uuid, step: Step, after: &mut i64) -> Result<bool, AppError> {
    let mut tx = app.begin().await?;
    let erasure = rows::find_for_update(tx.conn()?, id).await?;
    if erasure.state != "running" || erasure.steps.iter().any(|done| done == step.as_str()) {
        return Ok(false);
    }
    let missing = || AppError::Internal(format!("erasure {id} does not say who is erased"));
    let sealed = erasure.identity.as_deref().ok_or_else(missing)?;
    let text = app.keys.open(&context(id), sealed)?;
    let identity: Identity = serde_json::from_slice(&text).map_err(|error| AppError::Internal(error.to_string()))?;
    let whom = Whom {
        user: erasure.user_id,
        identity: &identity,
    };
    if step == Step::Trail
        && let Some(changed) = trail::redact(app, &mut tx, whom, after).await?
    {
        rows::counted(tx.conn()?, id, step.as_str(), changed).await?;
        tx.commit().await?;
        return Ok(true);
    }
    let changed = take(app, &mut tx, whom, id, step).await?;
    rows::stepped(tx.conn()?, id, step.as_str(), changed).await?;
    if step == Step::Account {
        let patterns = identity.in_text(erasure.user_id);
        rows::done(tx.conn()?, id, &patterns, app.now()).await?;
        let system = Actor {
            kind: "system",
            ..Actor::default()
        };
        let mut report = erasure.erased.clone();
        if let Some(report) = report.as_object_mut() {
            report.insert("erasure_id".to_owned(), id.to_string().into());
        }
        note(&mut tx, &system, erasure.user_id, ("user.erased", report), app.now()).await?;
    } else {
        tell(&mut tx, erasure.user_id).await?;
    }
    tx.commit().await?;
    Ok(false)
}

async fn take(app: &App, tx: &mut Tx, whom: Whom<'_>, id: Uuid, step: Step) -> Result<i64, AppError> {
    let conn = tx.conn()?;
    Ok(match step {
        Step::Access => steps::access(conn, whom).await?,
        Step::Words => steps::words(conn, whom).await?,
        Step::Names => steps::names(conn, whom).await?,
        // Done line by line before.
        Step::Trail => 0,
        Step::Customers => steps::customers(conn, whom).await?,
        Step::Work => {
            let (rows, quiet) = steps::work(conn, whom, id).await?;
            if !quiet {
                return Err(AppError::Unavailable("a job about this person still runs".to_owned()));
            }
            rows
        }
        Step::Addresses => steps::addresses(conn, whom).await?,
        Step::Account => steps::account(conn, whom, app.now()).await?,
    })
}
