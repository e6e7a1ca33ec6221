//! Files that people upload before they send a message with them.

use bytes::Bytes;
use domain::{
    file::{FileState, INFECTED, UNJUDGED, Verdict},
    permission::Permission,
};
use jobs::{CheckFile, NewJob};
use serde_json::json;
use store::{
    alert::NewAlert,
    attachment::{self, Attachment, Located},
    audit::{self, Actor},
    ticket,
};
use uuid::Uuid;

use crate::{App, AppError, Caller, Tx, account::alerts, ticket::touched};

/// Largest upload, in bytes.
pub const MAX_SIZE: usize = 25 * 1024 * 1024;

/// A file as the boundary checked it.
#[derive(Debug)]
pub struct Upload {
    /// Safe file name.
    pub name: String,
    /// Type by content.
    pub content_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

/// Refuses a file that is empty or too large.
pub(crate) fn check_size(upload: &Upload) -> Result<(), AppError> {
    if upload.bytes.is_empty() {
        return Err(AppError::invalid("", "empty", "the file is empty"));
    }
    if upload.bytes.len() > MAX_SIZE {
        return Err(AppError::invalid("", "too_large", "a file may have 25 MB at most"));
    }
    Ok(())
}

/// Stores a file for a message to come. What no message uses within a day is deleted.
///
/// # Errors
/// [`AppError::Invalid`] when it is empty or too large.
pub async fn store(app: &App, caller: &Caller, upload: Upload) -> Result<Attachment, AppError> {
    caller.ticket_scope()?;
    check_size(&upload)?;
    let size = i64::try_from(upload.bytes.len()).unwrap_or(i64::MAX);
    let sha256 = app.blobs.put(upload.bytes).await?;
    let mut file = Attachment {
        id: Uuid::now_v7(),
        message_id: None,
        raw_mail_id: None,
        uploader_id: Some(caller.user_id),
        name: upload.name,
        content_type: upload.content_type,
        size,
        sha256: sha256.to_vec(),
        content_id: None,
        inline: false,
        state: FileState::Clean.as_str().to_owned(),
        reason: None,
        created_at: app.now(),
    };
    // A transaction, because it is what spends the idempotency key.
    let mut tx = app.begin().await?;
    insert(app, &mut tx, std::slice::from_mut(&mut file)).await?;
    tx.commit().await?;
    Ok(file)
}

/// Stores rows of files. Where there is a scanner, those that nothing speaks against wait for its word, and are on their way to it
/// with the commit.
pub(crate) async fn insert(app: &App, tx: &mut Tx, files: &mut [Attachment]) -> Result<(), AppError> {
    let mut checks = Vec::new();
    for file in files.iter_mut() {
        if app.scan_files && file.state == FileState::Clean.as_str() {
            FileState::Checking.as_str().clone_into(&mut file.state);
            checks.push(NewJob::of(&CheckFile { attachment_id: file.id }));
        }
    }
    attachment::insert(tx.conn()?, files).await?;
    if !checks.is_empty() {
        tx.enqueue(&checks).await?;
    }
    Ok(())
}

/// The bytes of a file that waits for the scanner, or on which it had no word before; `None` when it was judged.
///
/// # Errors
/// [`AppError::NotFound`] when it was deleted; when the storage is away or lacks it.
pub async fn unchecked(app: &App, id: Uuid) -> Result<Option<Bytes>, AppError> {
    let located = attachment::locate(&mut *app.conn().await?, id).await?;
    let waits = located.file.state == FileState::Checking.as_str() || located.file.reason.as_deref() == Some(UNJUDGED);
    if !waits {
        return Ok(None);
    }
    Ok(Some(app.bytes_of(&located.file.sha256).await?))
}

/// Takes the scanner's word on a file that waits for it: it is served from now on, or never. Without a word it is not served either, and
/// what waits for it goes without it; an operator who has its job tried again may still get one. Pages that show its ticket learn of it;
/// of an infected one also the trail and those who watch over security.
///
/// # Errors
/// [`AppError::NotFound`] when it was deleted, or when the database is away.
pub async fn judge(app: &App, id: Uuid, verdict: &Verdict) -> Result<(), AppError> {
    let (state, reason) = match verdict {
        Verdict::Clean => (FileState::Clean, None),
        Verdict::Infected(name) => (FileState::Refused, Some(format!("{INFECTED}{name}"))),
        Verdict::None => (FileState::Refused, Some(UNJUDGED.to_owned())),
    };
    let mut tx = app.begin().await?;
    if !attachment::settle(tx.conn()?, id, state.as_str(), reason.as_deref()).await? {
        return Ok(());
    }
    let Located { file, ticket_id, .. } = attachment::locate(tx.conn()?, id).await?;
    if let Some(ticket) = ticket_id {
        let ticket = ticket::find(tx.conn()?, ticket, None).await?;
        touched(&mut tx, &ticket).await?;
    }
    if let Verdict::Infected(found) = verdict {
        let now = app.now();
        let data = json!({ "name": file.name, "found": found, "ticket_id": ticket_id, "mail_id": file.raw_mail_id });
        let entry = audit::Entry {
            action: "attachment.infected",
            subject_type: "attachment",
            subject_id: Some(id),
            data: data.clone(),
        };
        audit::append(tx.conn()?, &Actor::product(), now, entry).await?;
        let alert = NewAlert {
            kind: "infected_file",
            severity: "warning",
            user_id: file.uploader_id,
            ip: None,
            data,
            once_key: Some(format!("infected_file.{id}")),
        };
        alerts::raise(&mut tx, alert, now).await?;
    }
    tx.commit().await
}

/// A file with its bytes, for somebody who may see its message.
///
/// # Errors
/// [`AppError::NotFound`] when it is not his; [`AppError::Refused`] `file_checking` while a scanner has not seen it, `file_blocked`.
pub async fn read(app: &App, caller: &Caller, id: Uuid) -> Result<(Attachment, Bytes), AppError> {
    let scope = caller.ticket_scope()?;
    let mut conn = app.conn().await?;
    let Located {
        file,
        ticket_id,
        hidden,
    } = attachment::locate(&mut conn, id).await?;
    let own_upload = file.message_id.is_none() && file.uploader_id == Some(caller.user_id);
    let mail_of_staff = file.raw_mail_id.is_some() && caller.may(Permission::MailView);
    match ticket_id {
        Some(_) if hidden && scope.is_some() => return Err(AppError::NotFound),
        Some(ticket) => {
            store::ticket::find(&mut conn, ticket, scope).await?;
        }
        None if own_upload || mail_of_staff => {}
        None => return Err(AppError::NotFound),
    }
    if file.state == FileState::Checking.as_str() {
        return Err(AppError::refused(
            "file_checking",
            "The file is being checked for viruses. Try again in a moment.",
        ));
    }
    if file.state != FileState::Clean.as_str() {
        return Err(AppError::refused(
            "file_blocked",
            file.reason.unwrap_or_else(|| "this kind of file is blocked".to_owned()),
        ));
    }
    drop(conn);
    let bytes = app.bytes_of(&file.sha256).await?;
    Ok((file, bytes))
}
