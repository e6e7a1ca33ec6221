//! Mail that cannot be read, and mail that waits without a job. Neither is lost: the first gets a ticket with the original
//! attached, the second a new job.

use chrono::Duration;
use domain::{
    file::FileState,
    mail::{
        note::{Code, Note},
        receipt::receipt,
        words::{MailReason, MailState},
    },
};
use jobs::{NewJob, ProcessMail};
use store::{
    attachment::Attachment,
    audit::Actor,
    mail::{self, Analysis},
    mailbox,
    ticket::{self, Message, Opening},
};
use uuid::Uuid;

use super::{process::effects_json, words};
use crate::{
    App, AppError,
    ticket::category::{self, Beginning, Origin},
    upload,
};

/// Opens a ticket for a mail that no attempt could read, with the original attached. Once for each mail.
///
/// # Errors
/// When the database is away.
pub async fn bury(app: &App, mail_id: Uuid, error: &str) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let mail = mail::find_for_update(tx.conn()?, mail_id).await?;
    if mail.summary.state != "received" {
        return Ok(());
    }
    let mailbox = mailbox::find(tx.conn()?, mail.mailbox_id).await?;
    let actor = Actor::product();
    let blanks = words::blanks(&mailbox);
    let id = Uuid::now_v7();
    let tags = ["parse_failed".to_owned()];
    let since = receipt(mail.internal_date, mail.summary.received_at).min(now);
    let known = category::known(app, tx.conn()?).await?;
    let begins = Beginning::of(&known, Origin::Mailbox(mailbox.category_id))?;
    let priority = begins.routing.priority.unwrap_or_default();
    let row = ticket::NewTicket {
        id,
        subject: blanks.unreadable,
        priority: priority.as_str(),
        source: "mail",
        requester_email: &mailbox.address,
        requester_name: blanks.no_sender,
        requester_proven: false,
        group_id: begins.routing.group,
        mailbox_id: Some(mailbox.id),
        locale: Some(&mailbox.locale),
        follow_up_of: None,
        tags: &tags,
        category_id: begins.id,
        project_id: None,
        related: ticket::Related::default(),
        explained: begins.explained(true, true),
        at: now,
        since,
    };
    let message = Message {
        id: Uuid::now_v7(),
        ticket_id: id,
        kind: "system".to_owned(),
        direction: "internal".to_owned(),
        author_user_id: None,
        author_email: None,
        author_name: actor.name.clone(),
        is_staff: false,
        body_text: format!("{}\n\n{error}", blanks.unreadable_text).replace('\0', ""),
        body_html: None,
        quoted_from: None,
        held: false,
        verified: false,
        raw_mail_id: Some(mail_id),
        created_at: now,
    };
    let promises = app.sla.promises(tx.conn()?, priority, &begins.path, since).await?;
    let opening = Opening {
        ticket: row,
        promises: &promises,
        actor: &actor,
        message: Some(&message),
        jobs: &[],
        key: None,
    };
    let opened = ticket::open(tx.conn()?, &opening).await?;
    app.sla.opened(&opened);
    let number = opened.summary.number;
    let original = Attachment {
        id: Uuid::now_v7(),
        message_id: Some(message.id),
        raw_mail_id: Some(mail_id),
        uploader_id: None,
        name: if mail.full_size.is_some() {
            "headers.eml"
        } else {
            "original.eml"
        }
        .to_owned(),
        content_type: "message/rfc822".to_owned(),
        size: mail.size,
        sha256: mail.sha256.clone(),
        content_id: None,
        inline: false,
        state: FileState::Clean.as_str().to_owned(),
        reason: None,
        created_at: now,
    };
    upload::insert(app, &mut tx, &mut [original]).await?;
    let analysis = Analysis {
        state: MailState::Dead.as_str(),
        reason: Some(MailReason::Unreadable.as_str()),
        error: Some(error),
        ticket_id: Some(id),
        evidence: serde_json::Value::Null,
        effects: effects_json(&[Note::ticket(Code::TicketOpened, number)], now),
        ..Analysis::default()
    };
    mail::settle(tx.conn()?, mail_id, mail.version, &analysis, now).await?;
    tx.commit().await
}

/// Finds mail that waits for more than half a minute without a live job: a dead job's mail gets a ticket, other mail a job.
///
/// # Errors
/// When the database is away.
pub async fn sweep(app: &App) -> Result<(), AppError> {
    let mut conn = app.conn().await?;
    let waiting = mail::unprocessed(&mut conn, app.now() - Duration::seconds(30), 500).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let dead = mail::stuck(&mut conn, &waiting).await?;
    drop(conn);
    for id in &dead {
        bury(app, *id, "every attempt to read it stopped its worker").await?;
    }
    let again: Vec<NewJob> = waiting
        .iter()
        .filter(|id| !dead.contains(id))
        .map(|id| {
            NewJob::of(&ProcessMail {
                mail_id: *id,
                release: None,
            })
        })
        .collect();
    let mut tx = app.begin().await?;
    tx.enqueue(&again).await?;
    tx.commit().await
}
