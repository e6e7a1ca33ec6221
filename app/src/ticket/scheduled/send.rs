//! Sending what was made: a mail to each who may get it, with the file or with where it is.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{
    locale::Locale,
    message::{Message, Values, words::of_person},
    permission::Permission,
    privacy::Timer,
    ticket::scheduled::{RunState, Trouble, goes_along},
};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use serde_json::json;
use store::{
    StoreError,
    audit::{self, Entry},
    mailbox,
    outgoing::Outgoing,
    ticket::scheduled::{self as rows, Run},
    user::{self, User},
};
use uuid::Uuid;

use super::{
    allowed, broken,
    make::{Begun, File, fail, judged, locked, skip, still, stop},
    note,
};
use crate::{
    App, AppError, Caller, Tx,
    mail::sender,
    message_template::Words,
    notification::{Notice, of_export, way_out, write},
    vault,
};

/// What the key of a mail begins with; the run follows. Statements that count notices know it.
const KEY: &str = "ticket_export.";
/// What one has to hold to get one.
pub(super) const NEEDED: [Permission; 2] = [Permission::TicketsView, Permission::TicketsExport];

/// Those who get it and may, now.
pub(super) async fn recipients(tx: &mut Tx, export: Uuid) -> Result<Vec<User>, AppError> {
    let named = rows::recipients(tx.conn()?, &[export]).await?;
    let ids: Vec<Uuid> = named.iter().map(|one| one.person.id).collect();
    let needed = NEEDED.map(Permission::as_str);
    Ok(user::holders_among(tx.conn()?, &ids, &needed).await?)
}

/// Ends the try that made this file: the run says so and its mails are queued, all or nothing.
pub(super) async fn finish(app: &App, id: Uuid, begun: &Begun, file: File) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let (mut export, mut run) = locked(&mut tx, id).await?;
    still(&run, begun.run)?;
    // It may have taken long: what let it begin is asked once more.
    if export.paused.is_some() && !run.manual {
        skip(app, &mut tx, &export, &mut run).await?;
        return tx.commit().await;
    }
    if let Err(why) = judged(&mut tx, &export).await? {
        stop(app, &mut tx, &mut export, why).await?;
        skip(app, &mut tx, &export, &mut run).await?;
        return tx.commit().await;
    }
    let people = recipients(&mut tx, export.id).await?;
    let mailboxes = mailbox::all(tx.conn()?).await?;
    let Some(from) = sender(&mailboxes, None) else {
        drop(tx);
        return fail(app, id, Some(begun.run), Trouble::NoMailbox).await;
    };
    RunState::Sent.as_str().clone_into(&mut run.state);
    (run.rows, run.size) = (file.rows, file.size);
    run.attached = goes_along(file.size);
    run.mails = i32::try_from(people.len()).unwrap_or(i32::MAX);
    run.finished_at = Some(now);
    rows::update_run(tx.conn()?, &run).await?;
    rows::set_failures(tx.conn()?, export.id, 0).await?;
    let message = if run.attached {
        Message::TicketExport
    } else {
        Message::TicketExportLink
    };
    let words = Words::of(tx.conn()?, message).await?;
    let key = format!("{KEY}{id}");
    for person in &people {
        let mut values = of_person(&person.name);
        values.extend(said(app, &run, &begun.owner));
        let locale = Locale::from_tag(&person.locale).unwrap_or_default();
        let filled = words.fill(app, tx.conn()?, locale, &values).await?;
        let (page, one_click) = of_export(app, person.id, export.id)?;
        let notice = Notice {
            event_key: &key,
            from: from.id,
            subject: filled.subject,
            body: format!("{}\n\n--\n{}", filled.body, way_out(locale, &page)),
            unsubscribe_url: Some(one_click),
        };
        write(app, &mut tx, person, locale, notice, None).await?;
    }
    let names: Vec<&str> = people.iter().map(|person| person.name.as_str()).collect();
    let data = json!({ "name": export.name, "run_id": id, "rows": run.rows, "recipients": names });
    note(&mut tx, &begun.owner.actor, &export, ("ticket_export.send", data), now).await?;
    tx.commit().await
}

fn said(app: &App, run: &Run, owner: &Caller) -> Values {
    Values::from([
        ("export.name", run.name.clone()),
        ("export.rows", run.rows.to_string()),
        ("export.owner", owner.actor.name.clone()),
        ("days", Timer::TicketExports.days().to_string()),
        (
            "page.url",
            format!("{}/desk/ticket-exports/runs/{}", app.identity.public_url, run.id),
        ),
    ])
}

/// What its file is called: the day on which it was due, where its owner is.
#[must_use]
pub fn file_name(run: &Run) -> String {
    let zone: Tz = run.zone.parse().unwrap_or(Tz::UTC);
    format!("tickets-{}.csv", run.due_at.with_timezone(&zone).format("%Y-%m-%d"))
}

/// The file that goes with a notice, if one does; or why the mail must not leave any more.
///
/// # Errors
/// When the database or the file storage is away.
pub(crate) async fn enclosed(
    app: &App,
    mail: &Outgoing,
) -> Result<Result<Option<(String, Bytes)>, &'static str>, AppError> {
    let Some(id) = mail.event_key.strip_prefix(KEY) else {
        return Ok(Ok(None));
    };
    let id: Uuid = id.parse().map_err(broken)?;
    let (run, parts) = {
        let mut conn = app.conn().await?;
        let needed = NEEDED.map(Permission::as_str);
        let Some(person) = user::by_email(&mut conn, &mail.recipient).await? else {
            return Ok(Err("the address is nobody's any more"));
        };
        if user::holders_among(&mut conn, &[person.id], &needed).await?.is_empty() {
            return Ok(Err("he may not export tickets any more"));
        }
        let run = match rows::run_for(&mut conn, person.id, id).await {
            Ok(run) => run,
            Err(StoreError::NotFound) => return Ok(Err("it is not for him any more")),
            Err(error) => return Err(error.into()),
        };
        if user::holders_among(&mut conn, &[run.owner_id], &needed)
            .await?
            .is_empty()
        {
            return Ok(Err("its owner may not export tickets any more"));
        }
        if !run.attached {
            return Ok(Ok(None));
        }
        let parts = rows::parts(&mut conn, id).await?;
        (run, parts)
    };
    if parts.is_empty() {
        return Ok(Err("its file is gone"));
    }
    let mut bytes = Vec::new();
    for part in &parts {
        bytes.extend_from_slice(&vault::open(app, part).await?);
    }
    Ok(Ok(Some((file_name(&run), Bytes::from(bytes)))))
}

/// A run, for its owner and for those who get it.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`] also when it is not for him.
pub async fn run(app: &App, caller: &Caller, id: Uuid) -> Result<Run, AppError> {
    allowed(caller)?;
    Ok(rows::run_for(&mut *app.conn().await?, caller.user_id, id).await?)
}

/// The file of a run: its name and its bytes. That it was opened is kept.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`] also when it is not for him, and once it is gone.
pub async fn open(
    app: &App,
    caller: &Caller,
    id: Uuid,
) -> Result<(String, impl Stream<Item = Result<Bytes, AppError>> + Send + use<>), AppError> {
    allowed(caller)?;
    let now: DateTime<Utc> = app.now();
    let mut tx = app.begin().await?;
    let run = rows::run_for(tx.conn()?, caller.user_id, id).await?;
    let parts = rows::parts(tx.conn()?, id).await?;
    if run.state != RunState::Sent.as_str() || parts.is_empty() {
        return Err(AppError::NotFound);
    }
    let entry = Entry {
        action: "ticket_export.open",
        subject_type: "ticket_export",
        subject_id: Some(run.export_id),
        data: json!({ "name": run.name, "run_id": id, "rows": run.rows }),
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    tx.commit().await?;
    let app = app.clone();
    let bytes = stream::iter(parts).map(Ok).and_then(move |part| {
        let app = app.clone();
        async move { vault::open(&app, &part).await }
    });
    Ok((file_name(&run), bytes))
}
