//! Pictures that a message names on servers of others. None is fetched before a reader asks; then this server fetches them, once for
//! all readers, and serves them itself. Their senders learn that somebody asked, and neither who nor how often he looks.

use bytes::Bytes;
use domain::mail::picture::{PictureFault, PictureState};
use jobs::{FetchPictures, NewJob};
use serde_json::json;
use store::{
    PgConn,
    audit::{self, Actor, Entry},
    event,
    ticket::{
        self,
        picture::{self as rows, Asked, Located, Picture},
    },
};
use uuid::Uuid;

use crate::{App, AppError, Caller, Tx};

/// Nobody asked for them.
const BLOCKED: &str = "blocked";
/// A job is fetching them.
const QUEUED: &str = "queued";
/// Nothing more comes.
const DONE: &str = "done";

/// How the pictures of a message stand.
#[derive(Debug, Clone)]
pub struct Pictures {
    /// `blocked`, `queued` or `done`.
    pub state: String,
    /// Those of which it is known what became of them.
    pub items: Vec<Picture>,
}

/// A picture as it came, or why it is not here.
pub type Fetched = Result<(&'static str, Bytes), PictureFault>;

/// The message, for somebody who may see it and its ticket.
async fn reach(conn: &mut PgConn, caller: &Caller, message: Uuid) -> Result<Located, AppError> {
    let scope = caller.ticket_scope()?;
    let found = rows::locate(conn, message).await?;
    if found.hidden && scope.is_some() {
        return Err(AppError::NotFound);
    }
    ticket::find(conn, found.ticket_id, scope).await?;
    Ok(found)
}

async fn read(conn: &mut PgConn, message: Uuid) -> Result<Pictures, AppError> {
    let state = rows::asked(conn, &[message]).await?.into_iter().next();
    Ok(Pictures {
        state: state.map_or_else(|| BLOCKED.to_owned(), |asked| asked.state),
        items: rows::of_messages(conn, &[message]).await?,
    })
}

/// How the pictures of those of these messages stand that were asked for, each with its message.
pub(crate) async fn of_messages(conn: &mut PgConn, messages: &[Uuid]) -> Result<Vec<(Uuid, Pictures)>, AppError> {
    let asked = rows::asked(conn, messages).await?;
    let ids: Vec<Uuid> = asked.iter().map(|one| one.message_id).collect();
    let mut pictures = rows::of_messages(conn, &ids).await?;
    let with = |Asked { message_id, state }: Asked| {
        let items = pictures.extract_if(.., |one| one.message_id == message_id).collect();
        (message_id, Pictures { state, items })
    };
    Ok(asked.into_iter().map(with).collect())
}

/// Whether a message names pictures on servers of others, by what it looks like.
pub(crate) fn names_any(html: Option<&str>) -> bool {
    html.is_some_and(|html| html.contains(" data-remote-src=\""))
}

/// Asks for the pictures of a message; a job fetches them. Asked again, they are not fetched again, whoever asks.
///
/// # Errors
/// [`AppError::NotFound`] when the message is not the caller's to see.
pub async fn ask(app: &App, caller: &Caller, message: Uuid) -> Result<Pictures, AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let found = reach(tx.conn()?, caller, message).await?;
    if !found.remote {
        // Nothing to fetch, and nothing to note.
        let items = rows::of_messages(tx.conn()?, &[message]).await?;
        let state = DONE.to_owned();
        tx.commit().await?;
        return Ok(Pictures { state, items });
    }
    if rows::ask(tx.conn()?, message, now).await? {
        let entry = Entry {
            action: "ticket.pictures",
            subject_type: "ticket",
            subject_id: Some(found.ticket_id),
            data: json!({ "message_id": message }),
        };
        audit::append(tx.conn()?, &caller.actor, now, entry).await?;
        tell(&mut tx, found.ticket_id, message, QUEUED).await?;
        tx.enqueue(&[NewJob::of(&FetchPictures { message_id: message }).actor(caller.user_id)])
            .await?;
    }
    let there = read(tx.conn()?, message).await?;
    tx.commit().await?;
    Ok(there)
}

/// How the pictures of a message stand.
///
/// # Errors
/// As [`ask`].
pub async fn get(app: &App, caller: &Caller, message: Uuid) -> Result<Pictures, AppError> {
    let mut conn = app.conn().await?;
    reach(&mut conn, caller, message).await?;
    read(&mut conn, message).await
}

/// A picture with its type and bytes.
///
/// # Errors
/// [`AppError::NotFound`] also when it was not fetched.
pub async fn open(app: &App, caller: &Caller, message: Uuid, position: i32) -> Result<(String, Bytes), AppError> {
    let mut conn = app.conn().await?;
    reach(&mut conn, caller, message).await?;
    let picture = rows::find(&mut conn, message, position).await?;
    drop(conn);
    let (Some(kind), Some(sha256)) = (picture.content_type, picture.sha256) else {
        return Err(AppError::NotFound);
    };
    Ok((kind, app.bytes_of(&sha256).await?))
}

/// What there is to fetch.
#[derive(Debug)]
pub struct Wanted {
    /// What the message looks like, with the addresses in it.
    pub html: String,
    /// Places of pictures of which an earlier attempt noted what became of them.
    pub known: Vec<i32>,
    /// Bytes of those that are here.
    pub bytes: usize,
}

/// What a job is to fetch; `None` when nothing is left to do.
///
/// # Errors
/// [`AppError::NotFound`] when the message is gone.
pub async fn wanted(app: &App, message: Uuid) -> Result<Option<Wanted>, AppError> {
    let mut conn = app.conn().await?;
    let asked = rows::asked(&mut conn, &[message]).await?;
    if !asked.iter().any(|one| one.state == QUEUED) {
        return Ok(None);
    }
    let html = rows::html(&mut conn, message).await?.unwrap_or_default();
    let known = rows::of_messages(&mut conn, &[message]).await?;
    Ok(Some(Wanted {
        html,
        bytes: known.iter().map(|one| usize::try_from(one.size).unwrap_or(0)).sum(),
        known: known.into_iter().map(|one| one.position).collect(),
    }))
}

/// Keeps a picture, or why it is not here. Each is noted by itself: what was fetched is not fetched again by a later attempt.
///
/// # Errors
/// When the storage or the database is away; when the message is gone.
pub async fn keep(app: &App, message: Uuid, position: i32, url: &str, fetched: Fetched) -> Result<(), AppError> {
    let mut picture = Picture {
        message_id: message,
        position,
        url: url.to_owned(),
        state: PictureState::Fetched.as_str().to_owned(),
        reason: None,
        content_type: None,
        size: 0,
        sha256: None,
        at: app.now(),
    };
    match fetched {
        Ok((kind, bytes)) => {
            picture.content_type = Some(kind.to_owned());
            picture.size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
            picture.sha256 = Some(app.blobs.put(bytes).await?.to_vec());
        }
        Err(fault) => {
            picture.state = fault.state().as_str().to_owned();
            picture.reason = Some(fault.as_str().to_owned());
        }
    }
    let mut tx = app.begin().await?;
    rows::add(tx.conn()?, &picture).await?;
    tx.commit().await
}

/// Nothing more comes: what is not here by now stays away. Readers are shown what is.
///
/// # Errors
/// When the database is away.
pub async fn finish(app: &App, message: Uuid) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    if !rows::finish(tx.conn()?, message, now).await? {
        return Ok(());
    }
    let found = rows::locate(tx.conn()?, message).await?;
    let pictures = rows::of_messages(tx.conn()?, &[message]).await?;
    let fetched = pictures.iter().filter(|one| one.sha256.is_some()).count();
    let entry = Entry {
        action: "ticket.pictures_end",
        subject_type: "ticket",
        subject_id: Some(found.ticket_id),
        data: json!({ "message_id": message, "fetched": fetched, "left_out": pictures.len() - fetched }),
    };
    audit::append(tx.conn()?, &Actor::product(), now, entry).await?;
    tell(&mut tx, found.ticket_id, message, DONE).await?;
    tx.commit().await
}

/// Pages that show the ticket look again; nothing that its version counts has changed.
async fn tell(tx: &mut Tx, ticket: Uuid, message: Uuid, state: &str) -> Result<(), AppError> {
    let news = json!({ "message_id": message, "state": state });
    Ok(event::append_ticket(tx.conn()?, "ticket.pictures", ticket, news).await?)
}
