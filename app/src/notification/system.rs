//! What has gone wrong with the installation itself, for whoever looks after it. Each look finds the same again, and nobody is told of it
//! twice: jobs once for each queue, kind and hour, a mailbox once for as long as it fails, a disk once a day.

use chrono::TimeDelta;
use domain::{
    health::{self, Finding},
    message::{Message, of_dead, of_disk, of_fault},
    notification::Topic,
};
use store::{
    ledger,
    mailbox::{self, Mailbox},
};
use uuid::Uuid;

use super::{Concerned, News, tell, whom};
use crate::{App, AppError, Tx, mail::sender, ports::Room};

/// So long a mailbox may fail before anybody is told: most failures pass by themselves.
const PATIENCE: TimeDelta = TimeDelta::minutes(30);

/// Looks and tells; returns how many were told.
///
/// # Errors
/// When the database is away; the next look finds the same.
pub async fn watch(app: &App) -> Result<usize, AppError> {
    let room = app.blobs.room().await;
    let mut tx = app.begin().await?;
    let mailboxes = mailbox::all(tx.conn()?).await?;
    let from = sender(&mailboxes, None).map(|mailbox| mailbox.id);
    let mut told = 0;
    for dead in ledger::died(tx.conn()?).await? {
        let key = format!("job_dead.{}.{}.{}", dead.queue, dead.kind, dead.hour.timestamp());
        let path = format!("/admin/jobs?state=dead&kind={}", dead.kind);
        let news = News {
            topic: Topic::JobDead,
            message: Message::JobDead,
            key: &key,
            path: &path,
            from,
        };
        let url = format!("{}{path}", app.identity.public_url);
        let people = whom(&mut tx, Topic::JobDead, keepers()).await?;
        let done = tell(app, &mut tx, &news, people, |_| {
            of_dead(&dead.kind, &dead.queue, dead.count, url.clone())
        })
        .await?;
        told += done.people;
    }
    for one in mailboxes.iter().filter(|one| fails(app, one)) {
        told += failing(app, &mut tx, one, from).await?;
    }
    if let Some(room) = room.filter(|room| health::disk(room.free, room.whole) == Finding::Full) {
        told += filling(app, &mut tx, &room, from).await?;
    }
    tx.commit().await?;
    Ok(told)
}

async fn filling(app: &App, tx: &mut Tx, room: &Room, from: Option<Uuid>) -> Result<usize, AppError> {
    let key = format!("disk_low.{}.{}", room.place, app.now().date_naive());
    let path = "/admin/health";
    let news = News {
        topic: Topic::DiskLow,
        message: Message::DiskLow,
        key: &key,
        path,
        from,
    };
    let url = format!("{}{path}", app.identity.public_url);
    let people = whom(tx, Topic::DiskLow, keepers()).await?;
    let done = tell(app, tx, &news, people, |_| {
        of_disk(&room.place, (room.free, room.whole), url.clone())
    })
    .await?;
    Ok(done.people)
}

fn keepers() -> Concerned {
    Concerned {
        keepers: true,
        ..Concerned::default()
    }
}

/// It is read, and was not for a while.
fn fails(app: &App, mailbox: &Mailbox) -> bool {
    let since = mailbox.last_polled_at.unwrap_or(mailbox.created_at);
    mailbox.enabled && mailbox.kind == "imap" && mailbox.last_error.is_some() && app.now() - since > PATIENCE
}

async fn failing(app: &App, tx: &mut Tx, mailbox: &Mailbox, from: Option<Uuid>) -> Result<usize, AppError> {
    let since = mailbox.last_polled_at.unwrap_or(mailbox.created_at);
    let key = format!("mailbox_failing.{}.{}", mailbox.id, since.timestamp());
    let path = format!("/admin/mailboxes/{}", mailbox.id);
    let news = News {
        topic: Topic::MailboxFailing,
        message: Message::MailboxFailing,
        key: &key,
        path: &path,
        from,
    };
    let url = format!("{}{path}", app.identity.public_url);
    let fault = mailbox.last_error.as_deref().unwrap_or_default();
    let people = whom(tx, Topic::MailboxFailing, keepers()).await?;
    let done = tell(app, tx, &news, people, |_| {
        of_fault(&mailbox.address, url.clone(), fault)
    })
    .await?;
    Ok(done.people)
}
