//! A copy of all that is kept about a person: asked for by himself or by staff, made by a job, open for a week.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    account::notice::AccountNotice,
    permission::{Permission, roles},
    privacy::Timer,
};
use futures::{Stream, StreamExt, TryStreamExt, future::BoxFuture, stream};
use jobs::{ExportPerson, NewJob, SendAccountMail};
use store::{
    StoreError,
    audit::{self, Actor, Entry},
    event, person,
    privacy::export::{self as rows, Export},
    user,
};
use uuid::Uuid;

use super::{archive::Archive, fill::fill};
use crate::{
    App, AppError, Caller, Tx,
    role::{escalation, known},
    vault,
};

/// Copies that one person asks for about another, or himself, within a day.
const A_DAY: usize = 3;

/// Hears how far a job is, in percent; an error means that another worker has it.
pub type Progress<'a> = dyn Fn(i16) -> BoxFuture<'a, Result<(), AppError>> + Send + Sync + 'a;

/// Whose copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The caller's own.
    Own,
    /// Those of this person, by staff.
    Of(Uuid),
}

impl Whose {
    /// The person, and by whom copies are seen: oneself sees what one asked for oneself, staff all.
    fn scope(self, caller: &Caller) -> Result<(Uuid, Option<Uuid>), AppError> {
        match self {
            Self::Own => Ok((caller.user_id, Some(caller.user_id))),
            Self::Of(user) => {
                caller.need(Permission::PersonsExport)?;
                Ok((user, None))
            }
        }
    }
}

/// Copies, newest first.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`] when there is no such person.
pub async fn list(
    app: &App,
    caller: &Caller,
    whose: Whose,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Export>, AppError> {
    let scope = whose.scope(caller)?;
    let mut conn = app.conn().await?;
    if let Whose::Of(user) = whose {
        person::find(&mut conn, user).await?;
    }
    Ok(rows::list(&mut conn, scope, after, limit).await?)
}

/// Asks for a copy; a job makes it.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::Conflict`] while one is being made; [`AppError::TooMany`] after the third of a day;
/// [`AppError::Denied`] for somebody who may do more than the caller.
pub async fn ask(app: &App, caller: &Caller, whose: Whose) -> Result<Export, AppError> {
    let (user, _) = whose.scope(caller)?;
    caller.fresh_factor(app.now())?;
    let now = app.now();
    let mut tx = app.begin().await?;
    if let Whose::Of(user) = whose {
        let person = person::find(tx.conn()?, user).await?;
        roles::may_grant(&caller.permissions, &known(&person.permissions)).map_err(|error| escalation(&error))?;
    }
    let limit = i64::try_from(A_DAY).unwrap_or(i64::MAX);
    let recent = rows::list(tx.conn()?, (user, Some(caller.user_id)), None, limit).await?;
    let since = now - TimeDelta::days(1);
    if let Some(oldest) = recent.get(A_DAY - 1).filter(|export| export.created_at > since) {
        let wait = (oldest.created_at - since).num_seconds().max(1);
        return Err(AppError::TooMany {
            retry_after: u32::try_from(wait).unwrap_or(u32::MAX),
        });
    }
    let id = Uuid::now_v7();
    rows::insert(tx.conn()?, id, user, caller.user_id, now)
        .await
        .map_err(|error| match error {
            StoreError::Conflict(index) if index == "personal_exports_one" => AppError::Conflict {
                code: "export_in_progress".to_owned(),
                detail: "A copy is being made already.".to_owned(),
            },
            other => other.into(),
        })?;
    let export = rows::find(tx.conn()?, id).await?;
    note(&mut tx, &caller.actor, &export, "user.export_asked", now).await?;
    tx.enqueue(&[NewJob::of(&ExportPerson { export_id: id }).actor(caller.user_id)])
        .await?;
    tx.commit().await?;
    Ok(export)
}

/// The archive of a copy: its name, its size and its bytes. That it was opened is kept.
///
/// # Errors
/// [`AppError::NotFound`] when there is none, also once its time is over; [`AppError::StepUp`].
pub async fn open(
    app: &App,
    caller: &Caller,
    whose: Whose,
    id: Uuid,
) -> Result<(Export, impl Stream<Item = Result<Bytes, AppError>> + Send + use<>), AppError> {
    let (user, by) = whose.scope(caller)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let export = rows::find(tx.conn()?, id).await?;
    let seen = export.user_id == user && by.is_none_or(|by| export.requested_by == by);
    let live = export.state == "ready" && export.expires_at.is_some_and(|end| now < end);
    if !seen || !live {
        return Err(AppError::NotFound);
    }
    caller.fresh_factor(now)?;
    let parts = rows::parts(tx.conn()?, id).await?;
    rows::opened(tx.conn()?, id).await?;
    note(&mut tx, &caller.actor, &export, "user.export_opened", now).await?;
    tx.commit().await?;
    let app = app.clone();
    let bytes = stream::iter(parts).map(Ok).and_then(move |part| {
        let app = app.clone();
        async move { vault::open(&app, &part).await }
    });
    Ok((export, bytes))
}

/// Writes what happened to a copy into the audit trail, and tells who asked for it.
async fn note(
    tx: &mut Tx,
    actor: &Actor,
    export: &Export,
    action: &'static str,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    let entry = Entry {
        action,
        subject_type: "user",
        subject_id: Some(export.user_id),
        data: serde_json::json!({ "export_id": export.id, "own": export.requested_by == export.user_id }),
    };
    audit::append(tx.conn()?, actor, now, entry).await?;
    tell(tx, export).await
}

async fn tell(tx: &mut Tx, export: &Export) -> Result<(), AppError> {
    let event = event::NewEvent {
        kind: "personal_export.updated",
        subject_type: "personal_export",
        subject_id: export.id,
        permission: None,
        user_id: Some(export.requested_by),
        data: serde_json::json!({ "user_id": export.user_id, "state": export.state, "progress": export.progress }),
    };
    Ok(event::append(tx.conn()?, event).await?)
}

async fn requester(tx: &mut Tx, export: &Export) -> Result<Actor, AppError> {
    match user::by_id(tx.conn()?, export.requested_by).await {
        Ok(by) => Ok(Actor {
            user_id: Some(by.id),
            kind: "user",
            name: by.name,
            ..Actor::default()
        }),
        // He left; what he asked for still comes to its end.
        Err(StoreError::NotFound) => Ok(Actor::product()),
        Err(error) => Err(error.into()),
    }
}

/// Makes the archive. Run again after it was broken off, it begins anew and the parts from before go.
///
/// # Errors
/// When the database or the storage is away; [`AppError::Stale`] when a later try has begun.
pub async fn make(app: &App, id: Uuid, heard: &Progress<'_>) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let mut export = rows::find_for_update(tx.conn()?, id).await?;
    if !["queued", "running"].contains(&export.state.as_str()) {
        return Ok(());
    }
    export.run += 1;
    export.progress = 0;
    "running".clone_into(&mut export.state);
    rows::drop_parts(tx.conn()?, id).await?;
    rows::update(tx.conn()?, &export).await?;
    tell(&mut tx, &export).await?;
    let person = user::by_id(tx.conn()?, export.user_id).await?;
    tx.commit().await?;
    let run = export.run;
    let progress = move |percent: i16| -> BoxFuture<'_, Result<(), AppError>> {
        Box::pin(async move {
            advance(app, id, run, percent).await?;
            heard(percent).await
        })
    };
    let mut archive = Archive::new(app, id, run);
    fill(app, &mut archive, &person, &progress).await?;
    finish(app, id, run, &archive).await
}

/// The copy, locked, as long as this try is the present one.
async fn mine(tx: &mut Tx, id: Uuid, run: i32) -> Result<Export, AppError> {
    let export = rows::find_for_update(tx.conn()?, id).await?;
    if export.run == run && export.state == "running" {
        Ok(export)
    } else {
        Err(AppError::Stale)
    }
}

async fn advance(app: &App, id: Uuid, run: i32, percent: i16) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let mut export = mine(&mut tx, id, run).await?;
    export.progress = percent;
    rows::update(tx.conn()?, &export).await?;
    tell(&mut tx, &export).await?;
    tx.commit().await
}

async fn finish(app: &App, id: Uuid, run: i32, archive: &Archive<'_>) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let mut export = mine(&mut tx, id, run).await?;
    "ready".clone_into(&mut export.state);
    export.progress = 100;
    (export.size, export.files) = (archive.size, archive.files);
    export.ready_at = Some(now);
    export.expires_at = Some(now + Timer::PersonalExports.period());
    rows::update(tx.conn()?, &export).await?;
    let actor = requester(&mut tx, &export).await?;
    note(&mut tx, &actor, &export, "user.export_made", now).await?;
    let path = if export.requested_by == export.user_id {
        "/account/data".to_owned()
    } else {
        format!("/admin/users/{}", export.user_id)
    };
    let mail = SendAccountMail::notice(export.requested_by, AccountNotice::ExportReady)
        .with("path", &path)
        .with("days", &Timer::PersonalExports.days().to_string());
    tx.enqueue(&[NewJob::of(&mail)]).await?;
    tx.commit().await
}

/// Ends a copy that its job could not bring to an end; what was made of it goes.
///
/// # Errors
/// When the database is away.
pub async fn give_up(app: &App, id: Uuid) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let mut export = rows::find_for_update(tx.conn()?, id).await?;
    if !["queued", "running"].contains(&export.state.as_str()) {
        return Ok(());
    }
    "failed".clone_into(&mut export.state);
    rows::drop_parts(tx.conn()?, id).await?;
    rows::update(tx.conn()?, &export).await?;
    let actor = requester(&mut tx, &export).await?;
    note(&mut tx, &actor, &export, "user.export_failed", app.now()).await?;
    tx.commit().await
}
