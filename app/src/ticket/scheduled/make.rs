//! Making them: each due moment once, each file by one try at a time.

use domain::{
    account::notice::AccountNotice,
    permission::Permission,
    ticket::scheduled::{self as rules, Pause, RunState, SIZE_MAX, Trouble},
};
use jobs::{MakeTicketExport, NewJob, SendAccountMail};
use serde_json::json;
use store::{
    StoreError,
    audit::Actor,
    ticket::scheduled::{self as rows, Run, Scheduled},
    user,
};
use uuid::Uuid;

use super::{broken, form, note, rhythm, send, tell};
use crate::{
    App, AppError, Caller, Tx,
    ticket::{Wanted, export::Export},
    vault,
};

/// Exports of one transaction.
const BATCH: i64 = 50;
/// Most rounds of one look; the next one goes on.
const ROUNDS: usize = 100;
/// Bytes of one part.
const PART: usize = 4 * 1024 * 1024;

/// Queues what is due, each moment once, and notes when the next ones are: after now, so that what was missed is made up for once.
/// Returns how many were queued.
///
/// # Errors
/// When the database is away; the next look finds what is left.
pub async fn due(app: &App) -> Result<usize, AppError> {
    let mut queued = 0;
    for _ in 0..ROUNDS {
        let now = app.now();
        let mut tx = app.begin().await?;
        let mut found = rows::due(tx.conn()?, now, BATCH).await?;
        if found.is_empty() {
            break;
        }
        let mut jobs = Vec::with_capacity(found.len());
        for row in &mut found {
            let Ok(rhythm) = rhythm(row) else {
                // One that is not understood does not hold up the others.
                stop(app, &mut tx, row, Pause::Failing).await?;
                continue;
            };
            let due_at = row.next_at.unwrap_or(now);
            rows::advance(tx.conn()?, row.id, rhythm.next(now)).await?;
            let run_id = Uuid::now_v7();
            if rows::begin(tx.conn()?, run_id, (row.id, due_at, false), now).await? {
                jobs.push(NewJob::of(&MakeTicketExport { run_id }).actor(row.owner_id));
            }
            tell(&mut tx, row).await?;
        }
        tx.enqueue(&jobs).await?;
        tx.commit().await?;
        queued += jobs.len();
    }
    Ok(queued)
}

/// A run with its export, both locked: the export first, as everywhere.
pub(super) async fn locked(tx: &mut Tx, id: Uuid) -> Result<(Scheduled, Run), AppError> {
    let run = rows::run(tx.conn()?, id).await?;
    let export = rows::find_for_update(tx.conn()?, run.export_id).await?;
    Ok((export, rows::run_for_update(tx.conn()?, id).await?))
}

pub(super) fn is_working(run: &Run) -> bool {
    [RunState::Queued.as_str(), RunState::Running.as_str()].contains(&run.state.as_str())
}

/// A try to make a file.
pub(super) struct Begun {
    /// Which one: only the latest ends it.
    pub(super) run: i32,
    /// Whose eyes it is made with.
    pub(super) owner: Caller,
    export: Scheduled,
    wanted: Wanted,
}

/// A file whose parts are stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct File {
    /// Tickets in it.
    pub(super) rows: i64,
    /// Bytes.
    pub(super) size: i64,
}

/// Makes a file and queues its mails. Run again after it was broken off, it begins anew; run again after its end, it does nothing.
///
/// # Errors
/// When the database or the storage is away; [`AppError::Stale`] when a later try has begun.
pub async fn make(app: &App, id: Uuid) -> Result<(), AppError> {
    let Some(begun) = begin(app, id).await? else {
        return Ok(());
    };
    match write(app, id, &begun).await? {
        Some(file) => send::finish(app, id, &begun, file).await,
        None => fail(app, id, Some(begun.run), Trouble::TooLarge).await,
    }
}

/// Begins a try, if there is still something to make; else the run ends here.
async fn begin(app: &App, id: Uuid) -> Result<Option<Begun>, AppError> {
    let mut tx = app.begin().await?;
    let (mut export, mut run) = locked(&mut tx, id).await?;
    if !is_working(&run) {
        return Ok(None);
    }
    if export.paused.is_some() && !run.manual {
        skip(app, &mut tx, &export, &mut run).await?;
        tx.commit().await?;
        return Ok(None);
    }
    let (owner, wanted) = match judged(&mut tx, &export).await? {
        Ok(found) => found,
        Err(why) => {
            stop(app, &mut tx, &mut export, why).await?;
            skip(app, &mut tx, &export, &mut run).await?;
            tx.commit().await?;
            return Ok(None);
        }
    };
    run.run += 1;
    RunState::Running.as_str().clone_into(&mut run.state);
    rows::drop_parts(tx.conn()?, id).await?;
    rows::update_run(tx.conn()?, &run).await?;
    tell(&mut tx, &export).await?;
    tx.commit().await?;
    Ok(Some(Begun {
        run: run.run,
        owner,
        export,
        wanted,
    }))
}

/// Whoever it is made for and what he wants, or why it has to stop.
pub(super) async fn judged(tx: &mut Tx, export: &Scheduled) -> Result<Result<(Caller, Wanted), Pause>, AppError> {
    match user::by_id(tx.conn()?, export.owner_id).await {
        Ok(user) if user.is_active() => {}
        Ok(_) | Err(StoreError::NotFound) => return Ok(Err(Pause::OwnerInactive)),
        Err(error) => return Err(error.into()),
    }
    let owner = Caller::acting(tx.conn()?, export.owner_id).await?;
    if !owner.may(Permission::TicketsView) || !owner.may(Permission::TicketsExport) {
        return Ok(Err(Pause::NotPermitted));
    }
    let Ok(wanted) = serde_json::from_value::<Wanted>(export.filter.clone()) else {
        return Ok(Err(Pause::Filter));
    };
    let wanted = Wanted {
        unattended: true,
        ..wanted
    };
    match wanted.understand(tx.conn()?, &owner).await {
        Ok((filter, _)) if rows::names_what_is_gone(tx.conn()?, &filter).await? => return Ok(Err(Pause::Filter)),
        Ok(_) => {}
        Err(AppError::Unclear { .. }) => return Ok(Err(Pause::Filter)),
        Err(error) => return Err(error),
    }
    if send::recipients(tx, export.id).await?.is_empty() {
        return Ok(Err(Pause::NoRecipients));
    }
    Ok(Ok((owner, wanted)))
}

/// Writes the file part by part; `None` when it would be too large.
async fn write(app: &App, id: Uuid, begun: &Begun) -> Result<Option<File>, AppError> {
    let mut export = Export::begin(app, &begun.owner, begun.wanted.clone(), form(&begun.export)).await?;
    let mut waiting = export.head()?;
    let (mut parts, mut size) = (0, 0);
    loop {
        let next = export.next().await?;
        let over = next.is_none();
        waiting.extend(next.into_iter().flatten());
        if waiting.len() >= PART || over {
            size += put(app, (id, begun.run), parts, &std::mem::take(&mut waiting)).await?;
            parts += 1;
        }
        if size > SIZE_MAX {
            return Ok(None);
        }
        if over {
            let rows = i64::try_from(export.rows()).map_err(broken)?;
            return Ok(Some(File { rows, size }));
        }
    }
}

/// Whether a try may still write what it made.
///
/// # Errors
/// [`AppError::Stale`] when another one has followed, or the run is over; [`AppError::Unavailable`] when what was made was taken away,
/// because it said what is erased: it is made anew.
pub(super) fn still(row: &Run, run: i32) -> Result<(), AppError> {
    if row.run == run && row.state == RunState::Queued.as_str() {
        return Err(AppError::Unavailable("what was made of it was taken away".to_owned()));
    }
    if row.run != run || row.state != RunState::Running.as_str() {
        return Err(AppError::Stale);
    }
    Ok(())
}

/// Stores a part; returns its size. A try that another one has followed stops here.
async fn put(app: &App, (id, run): (Uuid, i32), position: i32, bytes: &[u8]) -> Result<i64, AppError> {
    if bytes.is_empty() {
        return Ok(0);
    }
    let sealed = vault::put(app, bytes, "text/csv").await?;
    let mut tx = app.begin().await?;
    still(&rows::run_for_update(tx.conn()?, id).await?, run)?;
    vault::record(&mut tx, &sealed).await?;
    rows::add_part(tx.conn()?, id, position, sealed.id).await?;
    tx.commit().await?;
    Ok(sealed.size)
}

/// Ends a run that is not made.
pub(super) async fn skip(app: &App, tx: &mut Tx, export: &Scheduled, run: &mut Run) -> Result<(), AppError> {
    RunState::Skipped.as_str().clone_into(&mut run.state);
    run.finished_at = Some(app.now());
    rows::drop_parts(tx.conn()?, run.id).await?;
    rows::update_run(tx.conn()?, run).await?;
    tell(tx, export).await
}

/// Stops an export by itself, and says so to its owner, once. He is not written to while he may not sign in.
pub(super) async fn stop(app: &App, tx: &mut Tx, export: &mut Scheduled, why: Pause) -> Result<(), AppError> {
    let now = app.now();
    let told = export.paused.is_some();
    export.next_at = None;
    export.paused = Some(why.as_str().to_owned());
    rows::update(tx.conn()?, export, now).await?;
    export.version += 1;
    let data = json!({ "name": export.name, "reason": why.as_str() });
    note(tx, &Actor::product(), export, ("ticket_export.stop", data), now).await?;
    if !told && why != Pause::OwnerInactive {
        let mail = SendAccountMail::notice(export.owner_id, AccountNotice::TicketExportStopped)
            .with("name", &export.name)
            .with("reason", why.as_str())
            .with("path", "/desk/ticket-exports");
        tx.enqueue(&[NewJob::of(&mail)]).await?;
    }
    Ok(())
}

/// Ends a run that failed; the last of several in a row stops its export. `run` is the try that says so.
pub(super) async fn fail(app: &App, id: Uuid, run: Option<i32>, why: Trouble) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let (mut export, mut row) = match locked(&mut tx, id).await {
        // It went with its export.
        Err(AppError::NotFound) => return Ok(()),
        other => other?,
    };
    if !is_working(&row) {
        return Ok(());
    }
    if run.is_some_and(|run| run != row.run) {
        return Err(AppError::Stale);
    }
    let now = app.now();
    RunState::Failed.as_str().clone_into(&mut row.state);
    row.error = Some(why.as_str().to_owned());
    row.finished_at = Some(now);
    rows::drop_parts(tx.conn()?, id).await?;
    rows::update_run(tx.conn()?, &row).await?;
    export.failures += 1;
    rows::set_failures(tx.conn()?, export.id, export.failures).await?;
    let data = json!({ "name": export.name, "run_id": id, "error": why.as_str() });
    note(&mut tx, &Actor::product(), &export, ("ticket_export.fail", data), now).await?;
    if let Some(pause) = rules::after_failures(export.failures).filter(|_| export.paused.is_none()) {
        stop(app, &mut tx, &mut export, pause).await?;
    }
    tx.commit().await
}

/// Ends a run that its job could not bring to an end.
///
/// # Errors
/// When the database is away.
pub async fn give_up(app: &App, id: Uuid) -> Result<(), AppError> {
    fail(app, id, None, Trouble::BrokenOff).await
}
