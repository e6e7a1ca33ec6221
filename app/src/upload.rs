//! Files that people upload before they send a message with them.

use bytes::Bytes;
use store::attachment::{self, Attachment, Located};
use uuid::Uuid;

use crate::{App, AppError, Caller};

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
    let file = Attachment {
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
        state: "clean".to_owned(),
        reason: None,
        created_at: app.now(),
    };
    // A transaction, because it is what spends the idempotency key.
    let mut tx = app.begin().await?;
    attachment::insert(tx.conn()?, std::slice::from_ref(&file)).await?;
    tx.commit().await?;
    Ok(file)
}

/// A file with its bytes, for somebody who may see its message.
///
/// # Errors
/// [`AppError::NotFound`] when it is not his; [`AppError::Refused`] when it is blocked.
pub async fn read(app: &App, caller: &Caller, id: Uuid) -> Result<(Attachment, Bytes), AppError> {
    let scope = caller.ticket_scope()?;
    let mut conn = app.conn().await?;
    let Located {
        file,
        ticket_id,
        hidden,
    } = attachment::locate(&mut conn, id).await?;
    let own_upload = file.message_id.is_none() && file.uploader_id == Some(caller.user_id);
    let mail_of_staff = file.raw_mail_id.is_some() && caller.may(domain::permission::Permission::MailView);
    match ticket_id {
        Some(_) if hidden && scope.is_some() => return Err(AppError::NotFound),
        Some(ticket) => {
            store::ticket::find(&mut conn, ticket, scope).await?;
        }
        None if own_upload || mail_of_staff => {}
        None => return Err(AppError::NotFound),
    }
    if file.state != "clean" {
        return Err(AppError::refused(
            "file_blocked",
            file.reason.unwrap_or_else(|| "this kind of file is blocked".to_owned()),
        ));
    }
    drop(conn);
    let bytes = app.blobs.get(&file.sha256).await?;
    Ok((file, bytes))
}
