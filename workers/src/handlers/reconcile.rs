//! Comparing mailboxes with what was taken from them. Watching asks for what is above the last UID; a mail that a server
//! shows late, below it, is found here.

use std::collections::HashSet;

use app::{App, AppError};
use chrono::TimeDelta;
use integrations::mail::imap::{ImapSource, MailSource};
use jobs::{NewJob, Outcome, ReconcileMailbox, ReconcileMailboxes};
use store::{
    mail,
    mailbox::{self, Mailbox},
};
use uuid::Uuid;

use super::{
    Surroundings,
    fetch::{FetchError, take_all},
    outcome_of, source,
};
use crate::JobContext;

/// How far back mailboxes are compared: seven days, and one more since a server's day may begin at another hour.
const LOOK_BACK: TimeDelta = TimeDelta::days(8);

/// Enqueues a comparison of every enabled IMAP mailbox.
pub async fn all(with: &Surroundings, _: JobContext, _: ReconcileMailboxes) -> Outcome {
    match enqueue(&with.app).await {
        Ok(()) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

async fn enqueue(app: &App) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let jobs: Vec<NewJob> = mailbox::all(tx.conn()?)
        .await?
        .iter()
        .filter(|mailbox| mailbox.enabled && mailbox.kind == "imap")
        .map(|mailbox| NewJob::of(&ReconcileMailbox::of(mailbox.id, now)))
        .collect();
    tx.enqueue(&jobs).await?;
    tx.commit().await
}

/// Compares one mailbox.
pub async fn one(with: &Surroundings, context: JobContext, job: ReconcileMailbox) -> Outcome {
    match attempt(with, job.mailbox_id).await {
        Ok(0) => Outcome::Done,
        Ok(taken) => {
            tracing::warn!(mailbox = %job.mailbox_id, taken, "mail was found that watching had not seen");
            // For whoever looks at the job; it changes nothing about it.
            let _ = context.progress(100, &format!("{taken} mails taken")).await;
            Outcome::Done
        }
        Err(FetchError::App(error)) => outcome_of(&error),
        // The watch tells of a server that is away, and the next comparison makes up for this one.
        Err(FetchError::Imap(error)) => Outcome::Cancel(error.to_string()),
    }
}

async fn attempt(with: &Surroundings, id: Uuid) -> Result<usize, FetchError> {
    let mailbox = mailbox::find(&mut *with.app.conn().await?, id).await?;
    if !mailbox.enabled || mailbox.kind != "imap" {
        return Ok(0);
    }
    let mut source = ImapSource::connect(&source::settings(with, &mailbox)?).await?;
    let taken = reconcile(&with.app, &mut source, &mailbox).await?;
    source.logout().await?;
    Ok(taken)
}

/// Takes what is there and has no record; returns how many mails that were.
pub(crate) async fn reconcile(app: &App, source: &mut impl MailSource, mailbox: &Mailbox) -> Result<usize, FetchError> {
    let uidvalidity = i64::from(source.select().await?.uidvalidity);
    // A first look, and one after the server gave new UIDs, is the watch's.
    if mailbox.uidvalidity != Some(uidvalidity) {
        return Ok(0);
    }
    // What is above the last UID is the watch's as well.
    let ours = |uid: &u32| i64::from(*uid) > mailbox.start_uid && i64::from(*uid) <= mailbox.last_uid;
    let there: Vec<u32> = source
        .uids_since(app.now() - LOOK_BACK)
        .await?
        .into_iter()
        .filter(ours)
        .collect();
    let Some(first) = there.first().copied() else {
        return Ok(0);
    };
    let known = mail::known_uids(
        &mut *app.conn().await?,
        mailbox.id,
        mailbox.generation,
        uidvalidity,
        first.into(),
    )
    .await?;
    let known: HashSet<i64> = known.into_iter().collect();
    let missing: HashSet<u32> = there
        .into_iter()
        .filter(|uid| !known.contains(&i64::from(*uid)))
        .collect();
    let Some(first) = missing.iter().min().copied() else {
        return Ok(0);
    };
    let mut heads = source.list_from(first).await?;
    heads.retain(|head| missing.contains(&head.uid));
    take_all(app, source, mailbox, &heads).await?;
    Ok(heads.len())
}
