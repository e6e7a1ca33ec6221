//! Taking a mail in: the bytes into the blob store, then one row and one job. Only after that may the source be told that
//! the mail is ours.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::mail::limits::MailLimits;
use futures::{StreamExt, TryStreamExt, stream};
use jobs::{NewJob, ProcessMail};
use store::{
    mail::{self, Fingerprint, NewMail, SourceUid},
    mailbox,
};
use uuid::Uuid;

use crate::{App, AppError};

/// Files written at the same time: the disk syncs several together.
const PUTS: usize = 16;

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
    let all = arrive_together(app, vec![arrival]).await?;
    let one = all.into_iter().next();
    one.ok_or_else(|| AppError::Internal("a mail that arrived has no record".to_owned()))
}

/// Stores mails once, all in one transaction with the enqueueing of their processing. Returns their ids, in order, and which are
/// new.
///
/// # Errors
/// As [`arrive`]; then none of them is taken.
pub async fn arrive_together(app: &App, arrivals: Vec<Arrival>) -> Result<Vec<(Uuid, bool)>, AppError> {
    let most = MailLimits::default().message;
    if arrivals.iter().any(|arrival| arrival.raw.len() > most) {
        return Err(AppError::Internal(
            "a source handed over a mail above the limit".to_owned(),
        ));
    }
    let puts: Vec<_> = arrivals
        .iter()
        .map(|arrival| app.blobs.put(arrival.raw.clone()))
        .collect();
    let stored: Vec<_> = stream::iter(puts).buffered(PUTS).try_collect().await?;
    let now = app.now();
    let news = arrivals.iter().zip(&stored).map(|(arrival, sha256)| NewMail {
        id: Uuid::now_v7(),
        mailbox_id: arrival.mailbox_id,
        uid: arrival.uid,
        event_id: arrival.event_id.as_deref(),
        sha256,
        size: i64::try_from(arrival.raw.len()).unwrap_or(i64::MAX),
        full_size: arrival.full_size.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX)),
        internal_date: arrival.internal_date,
        received_at: now,
    });
    let news: Vec<NewMail<'_>> = news.collect();
    let mut tx = app.begin().await?;
    let ids = mail::insert(tx.conn()?, &news).await?;
    let fresh = ids.iter().filter(|(_, fresh)| *fresh);
    let jobs: Vec<NewJob> = fresh
        .map(|(id, _)| {
            NewJob::of(&ProcessMail {
                mail_id: *id,
                release: None,
            })
        })
        .collect();
    tx.enqueue(&jobs).await?;
    // Mails that come together come from one folder, in one numbering.
    let furthest = arrivals
        .iter()
        .filter_map(|arrival| Some((arrival.mailbox_id, arrival.uid?)));
    if let Some((mailbox_id, place)) = furthest.max_by_key(|(_, place)| place.uid) {
        mailbox::advance(tx.conn()?, mailbox_id, place).await?;
    }
    tx.commit().await?;
    Ok(ids)
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
