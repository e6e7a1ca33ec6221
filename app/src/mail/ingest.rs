//! Taking a mail in: the bytes into the blob store, then one row and one job. Only after that may the source be told that
//! the mail is ours.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::mail::limits::MailLimits;
use jobs::{NewJob, ProcessMail};
use store::{
    mail::{self, Fingerprint, NewMail, SourceUid},
    mailbox,
};
use uuid::Uuid;

use crate::{App, AppError};

/// A mail at the door.
#[derive(Debug)]
pub struct Arrival {
    /// Mailbox it came to.
    pub mailbox_id: Uuid,
    /// Its place in the folder, for IMAP.
    pub uid: Option<SourceUid>,
    /// Id the provider gave the delivery, for webhooks.
    pub event_id: Option<String>,
    /// The server's own date.
    pub internal_date: Option<DateTime<Utc>>,
    /// The message as it is; its header section alone when it is above the limit.
    pub raw: Bytes,
    /// Size of the whole message in bytes, when `raw` is its header section alone.
    pub full_size: Option<u64>,
}

/// Stores a mail once and enqueues its processing. Returns its id and whether it is new.
///
/// # Errors
/// [`AppError::Unavailable`] when storage or database are away: the source keeps the mail and offers it again.
pub async fn arrive(app: &App, arrival: Arrival) -> Result<(Uuid, bool), AppError> {
    if arrival.raw.len() > MailLimits::default().message {
        return Err(AppError::Internal(
            "a source handed over a mail above the limit".to_owned(),
        ));
    }
    let size = i64::try_from(arrival.raw.len()).unwrap_or(i64::MAX);
    let sha256 = app.blobs.put(arrival.raw).await?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let new = NewMail {
        id: Uuid::now_v7(),
        mailbox_id: arrival.mailbox_id,
        uid: arrival.uid,
        event_id: arrival.event_id.as_deref(),
        sha256: &sha256,
        size,
        full_size: arrival.full_size.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX)),
        internal_date: arrival.internal_date,
        received_at: now,
    };
    let (id, fresh) = mail::insert(tx.conn()?, &new).await?;
    if fresh {
        tx.enqueue(&[NewJob::of(&ProcessMail {
            mail_id: id,
            release: None,
        })])
        .await?;
    }
    if let Some(place) = arrival.uid {
        mailbox::advance(tx.conn()?, arrival.mailbox_id, place).await?;
    }
    tx.commit().await?;
    Ok((id, fresh))
}

/// Looks for a mail that was taken under an earlier numbering of its mailbox, and notes its new place. `false` = it is not
/// known by this fingerprint.
///
/// # Errors
/// When the database is away.
pub async fn recognise(
    app: &App,
    mailbox_id: Uuid,
    place: SourceUid,
    size: u64,
    fingerprint: Fingerprint<'_>,
) -> Result<bool, AppError> {
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let mut tx = app.begin().await?;
    let known = mail::move_known(tx.conn()?, mailbox_id, place, size, fingerprint).await?;
    if known {
        mailbox::advance(tx.conn()?, mailbox_id, place).await?;
    }
    tx.commit().await?;
    Ok(known)
}
