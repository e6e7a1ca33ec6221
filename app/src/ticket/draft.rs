//! Drafts: what somebody writes to a ticket is kept until he sends it, on whatever device he goes on. Nobody else sees it, so nobody is
//! told and the audit trail says nothing: nothing has happened to the ticket.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{permission::Permission, ticket::draft as rules};
use serde_json::Value;
use store::{
    StoreError,
    attachment::Attachment,
    ticket::{
        self,
        draft::{self as rows, Begun, Key},
    },
};
use uuid::Uuid;

use crate::{App, AppError, Caller, Tx};

/// A canned reply that was put into a draft.
#[derive(Debug, Clone)]
pub struct Canned {
    /// Reply.
    pub id: Uuid,
    /// What it said.
    pub text: String,
}

/// A draft as it is to be kept.
#[derive(Debug, Clone)]
pub struct Written {
    /// Text as typed.
    pub body: String,
    /// Uploads that wait for the message.
    pub attachment_ids: Vec<Uuid>,
    /// Canned replies in it; staff only.
    pub canned: Vec<Canned>,
    /// Version that it follows, 0 when there was none; without one it takes the place of whatever there is.
    pub expected_version: Option<i32>,
}

/// A draft with the uploads that are still there.
#[derive(Debug)]
pub struct Draft {
    /// The draft.
    pub row: rows::Draft,
    /// Its uploads, in their order.
    pub uploads: Vec<Attachment>,
}

const fn key(caller: &Caller, ticket: Uuid, note: bool) -> Key<'static> {
    Key {
        user: caller.user_id,
        ticket,
        kind: if note { "note" } else { "reply" },
    }
}

/// The caller's drafts of a ticket: at most a reply and a note.
///
/// # Errors
/// [`AppError::NotFound`] when he does not see the ticket.
pub async fn of_ticket(app: &App, caller: &Caller, ticket: Uuid) -> Result<Vec<Draft>, AppError> {
    let scope = caller.ticket_scope()?;
    let mut conn = app.conn().await?;
    ticket::find(&mut conn, ticket, scope).await?;
    let rows = rows::of_ticket(&mut conn, caller.user_id, ticket).await?;
    let ids: Vec<Uuid> = rows.iter().flat_map(|row| row.attachment_ids.iter().copied()).collect();
    let found = rows::uploads(&mut conn, caller.user_id, &ids).await?;
    let by_id: HashMap<Uuid, Attachment> = found.into_iter().map(|file| (file.id, file)).collect();
    let with_uploads = |row: rows::Draft| Draft {
        uploads: row
            .attachment_ids
            .iter()
            .filter_map(|id| by_id.get(id).cloned())
            .collect(),
        row,
    };
    Ok(rows.into_iter().map(with_uploads).collect())
}

/// Where the caller has begun to write, the newest first; not where he sees the ticket no longer.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn begun(
    app: &App,
    caller: &Caller,
    after: Option<(DateTime<Utc>, Uuid, String)>,
    limit: i64,
) -> Result<Vec<Begun>, AppError> {
    let scope = caller.ticket_scope()?;
    Ok(rows::begun(&mut *app.conn().await?, caller.user_id, scope, after, limit).await?)
}

/// Keeps what the caller has written so far. Returns the draft's version.
///
/// # Errors
/// [`AppError::Conflict`] `draft_changed` when it does not follow what there is: it was changed, sent or thrown away elsewhere;
/// [`AppError::Invalid`]; [`AppError::NotFound`] when he does not see the ticket.
pub async fn keep(app: &App, caller: &Caller, ticket: Uuid, note: bool, wanted: Written) -> Result<i32, AppError> {
    let scope = writer(caller, note, !wanted.canned.is_empty())?;
    let canned: Value = wanted
        .canned
        .iter()
        .map(|one| serde_json::json!({ "id": one.id, "text": one.text }))
        .collect();
    let stored = (wanted.canned.len(), canned.to_string().len());
    rules::check(&wanted.body, wanted.attachment_ids.len(), stored)
        .map_err(|flaw| AppError::invalid(flaw.pointer, flaw.why.code(), flaw.why))?;
    let mut tx = app.begin().await?;
    ticket::find(tx.conn()?, ticket, scope).await?;
    // Uploads of others, or that are in a message already, are not kept from going when their time is over.
    let own = rows::uploads(tx.conn()?, caller.user_id, &wanted.attachment_ids).await?;
    let attachments: Vec<Uuid> = wanted
        .attachment_ids
        .into_iter()
        .filter(|id| own.iter().any(|file| file.id == *id))
        .collect();
    let content = (wanted.body.as_str(), attachments.as_slice(), &canned);
    let version = match rows::put(
        tx.conn()?,
        key(caller, ticket, note),
        content,
        wanted.expected_version,
        app.now(),
    )
    .await
    {
        Err(StoreError::Stale) => {
            return Err(changed(
                "this draft was changed, sent or thrown away elsewhere; read it before you keep yours",
            ));
        }
        other => other?,
    };
    tx.commit().await?;
    Ok(version)
}

/// Throws a draft away, of this version or, without one, whatever there is; one that is not there is as wanted.
///
/// # Errors
/// [`AppError::Conflict`] `draft_changed` when there is another version; [`AppError::Forbidden`]; [`AppError::NotFound`] when the caller
/// does not see the ticket.
pub async fn discard(
    app: &App,
    caller: &Caller,
    ticket: Uuid,
    note: bool,
    expected: Option<i32>,
) -> Result<(), AppError> {
    let scope = writer(caller, note, false)?;
    let mut tx = app.begin().await?;
    ticket::find(tx.conn()?, ticket, scope).await?;
    match rows::delete(tx.conn()?, key(caller, ticket, note), expected).await {
        Err(StoreError::Stale) => {
            return Err(changed(
                "this draft was changed elsewhere; read it before you throw it away",
            ));
        }
        other => other?,
    }
    tx.commit().await
}

fn changed(detail: &str) -> AppError {
    AppError::Conflict {
        code: "draft_changed".to_owned(),
        detail: detail.to_owned(),
    }
}

/// Who may write such a message: the account that ticket queries are narrowed to.
fn writer(caller: &Caller, note: bool, canned: bool) -> Result<Option<Uuid>, AppError> {
    let scope = caller.ticket_scope()?;
    if scope.is_none() {
        caller.need(Permission::TicketsReply)?;
    } else if note || canned {
        return Err(AppError::Forbidden);
    }
    Ok(scope)
}

/// Ends a draft in the transaction of what was written: what a person sends is no draft of his any more. With `expected`, only of this
/// version (0 is none): what he wrote elsewhere does not end unread.
pub(super) async fn end(
    tx: &mut Tx,
    caller: &Caller,
    ticket: Uuid,
    note: bool,
    expected: Option<i32>,
) -> Result<(), AppError> {
    match rows::delete(tx.conn()?, key(caller, ticket, note), expected).await {
        Err(StoreError::Stale) => Err(changed(
            "this draft was changed elsewhere; read it before you send yours",
        )),
        other => Ok(other?),
    }
}
