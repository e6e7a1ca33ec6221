//! A ticket on paper: asked for by somebody who may see it, printed by a job from what he may see, his alone, open for a day.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{
    locale::Locale,
    permission::Permission,
    privacy::Timer,
    ticket::{
        Priority, State,
        print::{CHARS, FILES, Kind, MESSAGE_CHARS, MESSAGES, Said, Sheet, Words},
    },
};
use jobs::{NewJob, RenderTicketPdf};
use serde_json::json;
use store::{
    PgConn, StoreError,
    attachment::{self, Attachment},
    audit::{self, Entry},
    event::{self, NewEvent},
    ticket::{
        self, Ticket,
        print::{self as rows, Print},
    },
};
use uuid::Uuid;

use super::export::Form;
use crate::{App, AppError, Caller, Tx, vault};

/// Documents that are made for one person at the same time.
const AT_ONCE: i64 = 3;
/// Messages that are read at once.
const CHUNK: i64 = 50;

/// Asks for a ticket on paper; a job prints it. The same ticket asked for again is the same file as long as neither changes.
///
/// # Errors
/// [`AppError::NotFound`] when the ticket is not the caller's; [`AppError::Forbidden`] for notes that are not for him;
/// [`AppError::TooMany`] while several are being made for him.
pub async fn ask(app: &App, caller: &Caller, ticket: Uuid, form: Form, notes: bool) -> Result<Print, AppError> {
    let scope = caller.ticket_scope()?;
    if notes {
        caller.need(Permission::TicketsView)?;
    }
    let now = app.now();
    let mut tx = app.begin().await?;
    let found = ticket::find(tx.conn()?, ticket, scope).await?;
    let wanted = Print {
        id: Uuid::now_v7(),
        ticket_id: ticket,
        requested_by: caller.user_id,
        ticket_version: found.summary.version,
        staff: scope.is_none(),
        notes,
        locale: form.locale.as_str().to_owned(),
        zone: form.zone.name().to_owned(),
        state: "queued".to_owned(),
        run: 0,
        pages: 0,
        left_out: 0,
        size: 0,
        file_id: None,
        created_at: now,
        ready_at: None,
        expires_at: None,
    };
    if let Some(there) = rows::same(tx.conn()?, &wanted).await? {
        if !is_over(&there, now) {
            tx.commit().await?;
            return Ok(there);
        }
        rows::close(tx.conn()?, there.id).await?;
    }
    if rows::working(tx.conn()?, caller.user_id).await? >= AT_ONCE {
        return Err(AppError::TooMany { retry_after: 10 });
    }
    if !rows::insert(tx.conn()?, &wanted).await? {
        // Asked for twice in the same moment.
        let there = rows::same(tx.conn()?, &wanted).await?.ok_or(AppError::Stale)?;
        tx.commit().await?;
        return Ok(there);
    }
    note(&mut tx, caller, &wanted, "ticket.print", now).await?;
    tx.enqueue(&[NewJob::of(&RenderTicketPdf { print_id: wanted.id }).actor(caller.user_id)])
        .await?;
    tx.commit().await?;
    Ok(wanted)
}

fn is_over(print: &Print, now: DateTime<Utc>) -> bool {
    print.state == "ready" && print.expires_at.is_none_or(|end| end <= now)
}

/// One that the caller asked for; he still has to see the ticket, and as he did then.
async fn own(
    conn: &mut PgConn,
    caller: &Caller,
    ticket: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Print, AppError> {
    let scope = caller.ticket_scope()?;
    let mut print = rows::find(conn, id).await?;
    if print.requested_by != caller.user_id || print.ticket_id != ticket || print.staff != scope.is_none() {
        return Err(AppError::NotFound);
    }
    ticket::find(conn, ticket, scope).await?;
    if is_over(&print, now) {
        "expired".clone_into(&mut print.state);
    }
    Ok(print)
}

/// Where it stands.
///
/// # Errors
/// [`AppError::NotFound`] also when it is somebody else's.
pub async fn get(app: &App, caller: &Caller, ticket: Uuid, id: Uuid) -> Result<Print, AppError> {
    own(&mut *app.conn().await?, caller, ticket, id, app.now()).await
}

/// The file, and the number of the ticket.
///
/// # Errors
/// [`AppError::NotFound`] also before it is ready and once its time is over.
pub async fn open(app: &App, caller: &Caller, ticket: Uuid, id: Uuid) -> Result<(i64, Bytes), AppError> {
    let (number, file) = {
        let mut conn = app.conn().await?;
        let print = own(&mut conn, caller, ticket, id, app.now()).await?;
        let file = print
            .file_id
            .filter(|_| print.state == "ready")
            .ok_or(AppError::NotFound)?;
        (
            ticket::find(&mut conn, ticket, caller.ticket_scope()?)
                .await?
                .summary
                .number,
            file,
        )
    };
    let (_, bytes) = vault::get(app, file).await?;
    Ok((number, bytes))
}

/// A try to print.
#[derive(Debug)]
pub struct Begun {
    /// Which try: only the latest ends it.
    run: i32,
    /// What is printed.
    pub sheet: Sheet,
}

/// Begins a try: reads what whoever asked may see now. `None` when it is printed already.
///
/// # Errors
/// [`AppError::NotFound`] when he may not see the ticket any more.
pub async fn begin(app: &App, id: Uuid) -> Result<Option<Begun>, AppError> {
    let mut tx = app.begin().await?;
    let mut print = rows::find_for_update(tx.conn()?, id).await?;
    if !is_working(&print) {
        return Ok(None);
    }
    let caller = Caller::acting(tx.conn()?, print.requested_by).await?;
    let scope = caller.ticket_scope().map_err(|_| AppError::NotFound)?;
    if scope.is_none() != print.staff {
        return Err(AppError::NotFound);
    }
    let found = ticket::find(tx.conn()?, print.ticket_id, scope).await?;
    let sheet = read(app, tx.conn()?, &print, found).await?;
    print.run += 1;
    "running".clone_into(&mut print.state);
    rows::update(tx.conn()?, &print).await?;
    tell(&mut tx, &print).await?;
    tx.commit().await?;
    Ok(Some(Begun { run: print.run, sheet }))
}

fn is_working(print: &Print) -> bool {
    matches!(print.state.as_str(), "queued" | "running")
}

fn broken(error: impl ToString) -> AppError {
    AppError::Internal(error.to_string())
}

async fn read(app: &App, conn: &mut PgConn, print: &Print, found: Ticket) -> Result<Sheet, AppError> {
    let locale = Locale::from_tag(&print.locale).unwrap_or_default();
    let zone: Tz = print.zone.parse().map_err(broken)?;
    let summary = found.summary;
    let state: State = summary.state.parse().map_err(broken)?;
    let priority: Priority = summary.priority.parse().map_err(broken)?;
    let categories = app.categories.read(conn).await?;
    let messages = messages(conn, print).await?;
    let total = rows::count(conn, print.ticket_id, print.notes).await?;
    let unread = usize::try_from(total).unwrap_or(0).saturating_sub(messages.len());
    Ok(Sheet {
        locale,
        zone,
        brand: "CloudManager".to_owned(),
        number: summary.number,
        subject: summary.subject,
        state,
        priority,
        category: categories.called(summary.category_id, locale).to_owned(),
        requester: (summary.requester_name, summary.requester_email),
        desk: print.staff.then_some((summary.group_name, summary.assignee_name)),
        opened_at: summary.created_at,
        changed_at: summary.updated_at,
        messages,
        unread: u64::try_from(unread).unwrap_or(u64::MAX),
        at: app.now(),
    })
}

/// Its messages, as many as pages have room for.
async fn messages(conn: &mut PgConn, print: &Print) -> Result<Vec<Said>, AppError> {
    let chars = i32::try_from(MESSAGE_CHARS + 1).unwrap_or(i32::MAX);
    let mut said = Vec::new();
    let (mut after, mut read) = (None, 0);
    while said.len() < MESSAGES && read < CHARS {
        let chunk = rows::messages(conn, print.ticket_id, print.notes, chars, after, CHUNK).await?;
        let Some(last) = chunk.last() else { break };
        after = Some((last.created_at, last.id));
        let ids: Vec<Uuid> = chunk.iter().map(|one| one.id).collect();
        let mut files = attachment::of_messages(conn, &ids).await?;
        for one in chunk {
            let own = files.extract_if(.., |file| file.message_id == Some(one.id)).collect();
            let one = message(one, own);
            read += one.words.text.len();
            said.push(one);
        }
    }
    Ok(said)
}

fn message(row: rows::Said, files: Vec<Attachment>) -> Said {
    let quoted_from = row.quoted_from.and_then(|at| usize::try_from(at).ok());
    // What is shown inside the text is a part of it.
    let mut files: Vec<(String, u64)> = files
        .into_iter()
        .filter(|file| !file.inline)
        .map(|file| (file.name, u64::try_from(file.size).unwrap_or(0)))
        .collect();
    let more_files = files.len().saturating_sub(FILES);
    files.truncate(FILES);
    Said {
        by: if row.author_name.is_empty() {
            row.author_email.unwrap_or_default()
        } else {
            row.author_name
        },
        staff: row.is_staff,
        kind: match (row.held, row.kind.as_str()) {
            (true, _) => Kind::Held,
            (false, "note") => Kind::Note,
            _ => Kind::Public,
        },
        at: row.created_at,
        words: Words::of(&row.body, quoted_from),
        files,
        more_files,
    }
}

/// Ends a try: the file is kept for a day.
///
/// # Errors
/// When the storage is away; [`AppError::Stale`] when a later try has begun.
pub async fn finish(
    app: &App,
    id: Uuid,
    begun: i32,
    bytes: &[u8],
    pages: usize,
    left_out: u64,
) -> Result<(), AppError> {
    let file = vault::put(app, bytes, "application/pdf").await?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let mut print = rows::find_for_update(tx.conn()?, id).await?;
    if print.run != begun || print.state != "running" {
        return Err(AppError::Stale);
    }
    vault::record(&mut tx, &file).await?;
    "ready".clone_into(&mut print.state);
    print.size = file.size;
    print.file_id = Some(file.id);
    print.pages = i32::try_from(pages).unwrap_or(i32::MAX);
    print.left_out = i64::try_from(left_out).unwrap_or(i64::MAX);
    print.ready_at = Some(now);
    print.expires_at = Some(now + Timer::TicketPrints.period());
    rows::update(tx.conn()?, &print).await?;
    let caller = Caller::acting(tx.conn()?, print.requested_by).await?;
    note(&mut tx, &caller, &print, "ticket.print_end", now).await?;
    tx.commit().await
}

impl Begun {
    /// Which try it is.
    #[must_use]
    pub const fn run(&self) -> i32 {
        self.run
    }
}

/// Ends one that its job could not bring to an end.
///
/// # Errors
/// When the database is away.
pub async fn give_up(app: &App, id: Uuid) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let mut print = match rows::find_for_update(tx.conn()?, id).await {
        Ok(print) => print,
        // It went with its ticket.
        Err(StoreError::NotFound) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    if !is_working(&print) {
        return Ok(());
    }
    "failed".clone_into(&mut print.state);
    rows::update(tx.conn()?, &print).await?;
    let caller = Caller::acting(tx.conn()?, print.requested_by).await?;
    note(&mut tx, &caller, &print, "ticket.print_fail", app.now()).await?;
    tx.commit().await
}

async fn note(
    tx: &mut Tx,
    caller: &Caller,
    print: &Print,
    action: &'static str,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    let entry = Entry {
        action,
        subject_type: "ticket",
        subject_id: Some(print.ticket_id),
        data: json!({ "print_id": print.id, "notes": print.notes }),
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    tell(tx, print).await
}

/// Only whoever asked for it waits for it.
async fn tell(tx: &mut Tx, print: &Print) -> Result<(), AppError> {
    let news = NewEvent {
        kind: "ticket_print.updated",
        subject_type: "ticket_print",
        subject_id: print.id,
        permission: None,
        user_id: Some(print.requested_by),
        data: json!({ "ticket_id": print.ticket_id, "state": print.state }),
    };
    Ok(event::append(tx.conn()?, news).await?)
}
