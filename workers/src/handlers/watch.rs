//! Fetching mail from IMAP mailboxes. One job watches one mailbox: it takes what is new, waits for more, and after some
//! minutes hands over to its next attempt, so that a worker that dies is followed within the lease.

use std::time::{Duration, Instant};

use app::{App, AppError};
use integrations::mail::imap::{ImapSource, MailSource};
use jobs::{NewJob, Outcome, WatchMailbox, WatchMailboxes};
use store::mailbox::{self, Mailbox};

use super::{
    Surroundings,
    fetch::{FetchError, fetch_new},
    outcome_of, source,
};
use crate::JobContext;

/// How long one attempt watches; below the job's timeout of ten minutes.
const WATCH: Duration = Duration::from_secs(480);
/// Longest wait for the server's word before looking anyway: connections die silently.
const WAIT: Duration = Duration::from_secs(60);
/// How soon a watch notices that its mailbox has other settings.
const NOTICE: Duration = Duration::from_secs(2);

/// Starts a watch for every enabled IMAP mailbox that has none.
pub async fn all(with: &Surroundings, _: JobContext, _: WatchMailboxes) -> Outcome {
    match enqueue_watches(&with.app).await {
        Ok(()) => Outcome::Done,
        Err(error) => outcome_of(&error),
    }
}

async fn enqueue_watches(app: &App) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let watches: Vec<NewJob> = mailbox::all(tx.conn()?)
        .await?
        .iter()
        .filter(|mailbox| mailbox.enabled && mailbox.kind == "imap")
        .map(|mailbox| NewJob::of(&WatchMailbox { mailbox_id: mailbox.id }))
        .collect();
    tx.enqueue(&watches).await?;
    tx.commit().await
}

/// Watches one mailbox.
pub async fn one(with: &Surroundings, _: JobContext, job: WatchMailbox) -> Outcome {
    let app = &with.app;
    let found = match app.conn().await {
        Ok(mut conn) => mailbox::find(&mut conn, job.mailbox_id).await.map_err(AppError::from),
        Err(error) => Err(error),
    };
    let mailbox = match found {
        Ok(mailbox) if mailbox.enabled && mailbox.kind == "imap" => mailbox,
        Ok(_) | Err(AppError::NotFound) => return Outcome::Done,
        Err(error) => return outcome_of(&error),
    };
    let result = watch(with, &mailbox).await;
    let error = result.as_ref().err().map(ToString::to_string);
    if let Ok(mut conn) = app.conn().await {
        // The mailbox page shows it; failing to write it changes nothing about the watch.
        let _ = mailbox::polled(&mut conn, mailbox.id, error.as_deref(), app.now()).await;
    }
    match result {
        Ok(()) => Outcome::Snooze(Duration::ZERO),
        // The mailbox stays watched however long its server is away; the page shows what is wrong.
        Err(error) => {
            tracing::warn!(mailbox = %mailbox.address, %error, "mailbox not read; trying again");
            Outcome::Snooze(Duration::from_secs(15))
        }
    }
}

async fn watch(with: &Surroundings, mailbox: &Mailbox) -> Result<(), FetchError> {
    let until = Instant::now() + WATCH;
    let mut source = ImapSource::connect(&source::settings(with, mailbox)?).await?;
    while Instant::now() < until {
        let now = mailbox::find(&mut *with.app.conn().await?, mailbox.id).await?;
        // With other settings the next attempt connects anew; this connection shows what the old ones lead to.
        if now.version != mailbox.version {
            break;
        }
        fetch_new(&with.app, &mut source, &now).await?;
        tokio::select! {
            woken = source.wait(WAIT) => { woken?; }
            // A wait that was broken off leaves the connection unusable.
            changed = changed(&with.app, mailbox) => return changed,
        }
    }
    source.logout().await?;
    Ok(())
}

/// Returns once the mailbox has other settings, or none any more.
async fn changed(app: &App, mailbox: &Mailbox) -> Result<(), FetchError> {
    loop {
        tokio::time::sleep(NOTICE).await;
        match mailbox::version(&mut *app.conn().await?, mailbox.id).await? {
            Some(version) if version == mailbox.version => {}
            _ => return Ok(()),
        }
    }
}
