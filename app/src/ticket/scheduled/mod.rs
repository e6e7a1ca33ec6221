//! Exports of tickets that are mailed again and again: kept by their owner, made by a job as he may see tickets then.

mod leave;
mod make;
mod send;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{
    audit::changes,
    locale::Locale,
    permission::Permission,
    ticket::scheduled::{self as rules, Cadence, Every, Flaw, Pause, Rhythm},
    words::WordSet,
};
use jobs::{MakeTicketExport, NewJob};
use serde_json::{Value, json};
use store::{
    PgConn,
    audit::{self, Actor, Entry},
    event::{self, NewEvent},
    ticket::scheduled::{self as rows, Run, Scheduled},
    user::{self, Agent},
};
use uuid::Uuid;

pub(crate) use leave::{leave, mailed};
pub use make::{due, give_up, make};
pub(crate) use send::enclosed;
pub use send::{file_name, open, run};

use super::{Wanted, export::Form};
use crate::{App, AppError, Caller, Tx, named::anew};

/// Longest filter, in bytes as it is kept.
const FILTER_MAX: usize = 4000;

/// What is wanted of one.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What it is called.
    pub name: String,
    /// What the list is narrowed to; its order does not matter.
    pub filter: Wanted,
    /// Language of heads and words.
    pub locale: Locale,
    /// Zone of its times and of the hour, by its name in the IANA database.
    pub zone: String,
    /// How often.
    pub cadence: Cadence,
    /// Day of the week (Monday is 1) or of the month.
    pub day: Option<i16>,
    /// At which minute of the local day.
    pub minute: i16,
    /// Who gets it.
    pub recipients: Vec<Uuid>,
    /// It waits until its owner wants it to go on.
    pub paused: bool,
}

/// One with those who get it and what became of it last.
#[derive(Debug)]
pub struct Kept {
    /// The export.
    pub row: Scheduled,
    /// Who gets it, by name.
    pub recipients: Vec<Agent>,
    /// Its latest run.
    pub last: Option<Run>,
}

fn flawed(flaw: Flaw) -> AppError {
    AppError::invalid(flaw.pointer(), flaw.code(), flaw)
}

fn broken(error: impl ToString) -> AppError {
    AppError::Internal(error.to_string())
}

/// Whoever makes one, and whoever gets one, sees all tickets and may take them out of here.
fn allowed(caller: &Caller) -> Result<(), AppError> {
    caller.need(Permission::TicketsView)?;
    caller.need(Permission::TicketsExport)
}

/// When an export is made. A zone that the calendar no longer knows is UTC.
fn rhythm(row: &Scheduled) -> Result<Rhythm, AppError> {
    let cadence = Cadence::parse(&row.every).ok_or_else(|| broken("a rhythm that is none"))?;
    let every = Every::of(cadence, row.day).map_err(broken)?;
    Rhythm::new(every, row.minute, row.zone.parse().unwrap_or(Tz::UTC)).map_err(broken)
}

/// How its file is written.
fn form(row: &Scheduled) -> Form {
    Form {
        locale: Locale::from_tag(&row.locale).unwrap_or_default(),
        zone: row.zone.parse().unwrap_or(Tz::UTC),
    }
}

async fn with_parts(conn: &mut PgConn, found: Vec<Scheduled>) -> Result<Vec<Kept>, AppError> {
    let ids: Vec<Uuid> = found.iter().map(|row| row.id).collect();
    let mut people = rows::recipients(conn, &ids).await?;
    let mut runs = rows::latest(conn, &ids).await?;
    let kept = found.into_iter().map(|row| {
        let own = people.extract_if(.., |one| one.export_id == row.id);
        let recipients = own.map(|one| one.person).collect();
        let last = runs.extract_if(.., |run| run.export_id == row.id).next();
        Kept { row, recipients, last }
    });
    Ok(kept.collect())
}

async fn with_part(conn: &mut PgConn, row: Scheduled) -> Result<Kept, AppError> {
    with_parts(conn, vec![row]).await?.pop().ok_or(AppError::NotFound)
}

/// The caller's exports, newest first.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn own(
    app: &App,
    caller: &Caller,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Kept>, AppError> {
    allowed(caller)?;
    let mut conn = app.conn().await?;
    let found = rows::own(&mut conn, caller.user_id, after, limit).await?;
    with_parts(&mut conn, found).await
}

/// One of the caller's.
///
/// # Errors
/// [`AppError::NotFound`] also when it is somebody else's.
pub async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<Kept, AppError> {
    allowed(caller)?;
    let mut conn = app.conn().await?;
    let row = rows::find(&mut conn, caller.user_id, id).await?;
    with_part(&mut conn, row).await
}

/// People who may get exports, by name.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn colleagues(
    app: &App,
    caller: &Caller,
    after: Option<(&str, Uuid)>,
    limit: i64,
) -> Result<Vec<Agent>, AppError> {
    allowed(caller)?;
    Ok(rows::colleagues(&mut *app.conn().await?, after, limit).await?)
}

/// Runs of one of the caller's, newest first.
///
/// # Errors
/// [`AppError::NotFound`] also when it is somebody else's.
pub async fn runs(
    app: &App,
    caller: &Caller,
    id: Uuid,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Run>, AppError> {
    allowed(caller)?;
    let mut conn = app.conn().await?;
    rows::find(&mut conn, caller.user_id, id).await?;
    Ok(rows::runs(&mut conn, id, after, limit).await?)
}

/// A draft of which everything is right.
struct Checked {
    name: String,
    filter: Value,
    zone: Tz,
    rhythm: Rhythm,
    recipients: Vec<Uuid>,
}

async fn checked(tx: &mut Tx, caller: &Caller, draft: &Draft, before: &[Uuid]) -> Result<Checked, AppError> {
    let name = rules::name(&draft.name).map_err(flawed)?;
    let every = Every::of(draft.cadence, draft.day).map_err(flawed)?;
    let zone: Tz = draft.zone.parse().map_err(|_| flawed(Flaw::Zone))?;
    let rhythm = Rhythm::new(every, draft.minute, zone).map_err(flawed)?;
    let recipients = match draft.paused && draft.recipients.iter().all(|id| before.contains(id)) {
        true => draft.recipients.clone(),
        false => rules::recipients(draft.recipients.clone()).map_err(flawed)?,
    };
    // What stood there before may stay, whatever became of it: else the export could not even be paused.
    let mut new = anew(recipients.iter().copied(), before);
    let may = user::holders_among(tx.conn()?, &new, &send::NEEDED.map(Permission::as_str)).await?;
    new.retain(|id| may.iter().all(|person| person.id != *id));
    if !new.is_empty() {
        return Err(AppError::invalid(
            "/recipient_ids",
            "may_not_export",
            "one of these people may not export tickets",
        ));
    }
    let mut wanted = Wanted {
        sort: None,
        ..draft.filter.clone()
    };
    let (filter, _) = wanted.understand(tx.conn()?, caller).await?;
    // As tickets carry it: so it is found when the tag is renamed.
    wanted.tag = filter.tag;
    let filter = serde_json::to_value(&wanted).map_err(broken)?;
    if filter.to_string().len() > FILTER_MAX {
        return Err(AppError::invalid("/filter", "too_long", "this filter is too long"));
    }
    Ok(Checked {
        name,
        filter,
        zone,
        rhythm,
        recipients,
    })
}

/// Makes one.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Unclear`] for a filter that says nothing; [`AppError::Refused`] when there are too many.
pub async fn create(app: &App, caller: &Caller, draft: Draft) -> Result<Kept, AppError> {
    allowed(caller)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let checked = checked(&mut tx, caller, &draft, &[]).await?;
    // The last one there is room for may be made in two tabs at once.
    rows::hold(tx.conn()?, caller.user_id).await?;
    if rows::count(tx.conn()?, caller.user_id).await? >= rules::MOST {
        return Err(AppError::refused(
            "too_many_exports",
            "You have 50 scheduled exports. Delete some of them first.",
        ));
    }
    let row = Scheduled {
        id: Uuid::now_v7(),
        owner_id: caller.user_id,
        name: checked.name,
        filter: checked.filter,
        locale: draft.locale.as_str().to_owned(),
        every: draft.cadence.as_str().to_owned(),
        day: draft.day,
        minute: draft.minute,
        zone: checked.zone.name().to_owned(),
        next_at: (!draft.paused).then(|| checked.rhythm.next(now)),
        paused: draft.paused.then(|| Pause::Owner.as_str().to_owned()),
        failures: 0,
        version: 1,
        created_at: now,
    };
    rows::insert(tx.conn()?, &row).await?;
    rows::set_recipients(tx.conn()?, row.id, &checked.recipients).await?;
    let kept = with_part(tx.conn()?, row).await?;
    let data = facts(&kept);
    note(&mut tx, &caller.actor, &kept.row, ("ticket_export.create", data), now).await?;
    tx.commit().await?;
    Ok(kept)
}

/// Changes, pauses or resumes one.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Stale`]; else as [`create`].
pub async fn change(app: &App, caller: &Caller, id: Uuid, version: i32, draft: Draft) -> Result<Kept, AppError> {
    allowed(caller)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let before = mine(&mut tx, caller, id, version).await?;
    let before_ids: Vec<Uuid> = before.recipients.iter().map(|one| one.id).collect();
    let checked = checked(&mut tx, caller, &draft, &before_ids).await?;
    let mut row = before.row.clone();
    let same = rhythm(&row)? == checked.rhythm;
    row.name = checked.name;
    row.filter = checked.filter;
    draft.locale.as_str().clone_into(&mut row.locale);
    draft.cadence.as_str().clone_into(&mut row.every);
    row.day = draft.day;
    row.minute = draft.minute;
    checked.zone.name().clone_into(&mut row.zone);
    if draft.paused {
        row.next_at = None;
        // One that stopped by itself keeps saying why.
        row.paused.get_or_insert_with(|| Pause::Owner.as_str().to_owned());
    } else {
        // A change of its name does not take the place of a run that is due.
        row.next_at = row.next_at.filter(|_| same).or_else(|| Some(checked.rhythm.next(now)));
        if row.paused.take().is_some() {
            row.failures = 0;
        }
    }
    rows::update(tx.conn()?, &row, now).await?;
    row.version += 1;
    rows::set_recipients(tx.conn()?, id, &checked.recipients).await?;
    let kept = with_part(tx.conn()?, row).await?;
    let data = changes(&facts(&before), &facts(&kept));
    note(&mut tx, &caller.actor, &kept.row, ("ticket_export.change", data), now).await?;
    tx.commit().await?;
    Ok(kept)
}

/// Deletes one with its runs and their files. Mails that are on their way then do not leave.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Stale`].
pub async fn delete(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    allowed(caller)?;
    let mut tx = app.begin().await?;
    let before = mine(&mut tx, caller, id, version).await?;
    rows::delete(tx.conn()?, id).await?;
    let data = facts(&before);
    note(
        &mut tx,
        &caller.actor,
        &before.row,
        ("ticket_export.delete", data),
        app.now(),
    )
    .await?;
    tx.commit().await
}

/// Makes and mails one now, out of turn; its next turn stays.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Refused`] while one is being made.
pub async fn run_now(app: &App, caller: &Caller, id: Uuid) -> Result<Run, AppError> {
    allowed(caller)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    rows::find(tx.conn()?, caller.user_id, id).await?;
    let row = rows::find_for_update(tx.conn()?, id).await?;
    let run_id = Uuid::now_v7();
    if rows::under_way(tx.conn()?, id).await? || !rows::begin(tx.conn()?, run_id, (id, now, true), now).await? {
        return Err(AppError::refused("export_under_way", "It is being made already."));
    }
    tx.enqueue(&[NewJob::of(&MakeTicketExport { run_id }).actor(caller.user_id)])
        .await?;
    let data = json!({ "run_id": run_id });
    note(&mut tx, &caller.actor, &row, ("ticket_export.run", data), now).await?;
    let run = rows::run(tx.conn()?, run_id).await?;
    tx.commit().await?;
    Ok(run)
}

async fn mine(tx: &mut Tx, caller: &Caller, id: Uuid, version: i32) -> Result<Kept, AppError> {
    rows::find(tx.conn()?, caller.user_id, id).await?;
    let row = rows::find_for_update(tx.conn()?, id).await?;
    if row.version != version {
        return Err(AppError::Stale);
    }
    with_part(tx.conn()?, row).await
}

/// What the trail says of one.
fn facts(Kept { row, recipients, .. }: &Kept) -> Value {
    let names: Vec<&str> = recipients.iter().map(|one| one.name.as_str()).collect();
    json!({
        "name": row.name, "filter": row.filter, "every": row.every, "day": row.day, "minute": row.minute, "zone": row.zone,
        "locale": row.locale, "recipients": names, "paused": row.paused,
    })
}

/// Writes down what happened to one and tells its owner's pages.
async fn note(
    tx: &mut Tx,
    actor: &Actor,
    row: &Scheduled,
    (action, data): (&'static str, Value),
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    let entry = Entry {
        action,
        subject_type: "ticket_export",
        subject_id: Some(row.id),
        data,
    };
    audit::append(tx.conn()?, actor, now, entry).await?;
    tell(tx, row).await
}

/// Has the filters that name a tag name the one it became.
pub(crate) async fn retag(
    tx: &mut Tx,
    actor: &Actor,
    from: &str,
    to: &str,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    for row in rows::retag(tx.conn()?, from, to, now).await? {
        let mut before = row.filter.clone();
        before["tag"] = from.into();
        let data = changes(&json!({ "filter": before }), &json!({ "filter": row.filter }));
        note(tx, actor, &row, ("ticket_export.change", data), now).await?;
    }
    Ok(())
}

async fn tell(tx: &mut Tx, row: &Scheduled) -> Result<(), AppError> {
    let news = NewEvent {
        kind: "ticket_export.updated",
        subject_type: "ticket_export",
        subject_id: row.id,
        permission: None,
        user_id: Some(row.owner_id),
        data: json!({}),
    };
    Ok(event::append(tx.conn()?, news).await?)
}
