//! The brake on automatic mail, mailbox by mailbox, and the people who are told of it.

use chrono::Duration;
use domain::{
    mail::anomaly::{AnomalyBrake, Change, Flow},
    message::{Message, of_flow},
    notification::Topic,
    permission::Permission,
};
use store::{
    audit::{self, Actor},
    event::{self, NewEvent},
    mail::flow,
    mailbox::{self, Mailbox},
};

use uuid::Uuid;

use crate::{
    App, AppError, Caller, Tx,
    notification::{self, Concerned, News},
};

/// Looks at the flow of every mailbox; pauses or resumes its automatic mail.
///
/// # Errors
/// When the database is away.
pub async fn watch_flow(app: &App) -> Result<(), AppError> {
    let mailboxes = mailbox::all(&mut *app.conn().await?).await?;
    for mailbox in mailboxes {
        watch(app, &mailbox).await?;
    }
    Ok(())
}

async fn watch(app: &App, mailbox: &Mailbox) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let flow = counted(app, &mut tx, mailbox).await?;
    let before = mailbox.automation_paused_at;
    let change = AnomalyBrake::default().judge(flow, before.is_some());
    let after = match change {
        Some(Change::Pause) => Some(now),
        Some(Change::Resume) => None,
        None => before,
    };
    let normal = flow.normal.map(|n| i32::try_from(n).unwrap_or(i32::MAX));
    if change.is_none() && normal == mailbox.hourly_normal {
        return Ok(());
    }
    if !flow::record(tx.conn()?, mailbox.id, normal, before, after).await? {
        // Changed meanwhile; the next look sees what is true then.
        return Ok(());
    }
    if let Some(change) = change {
        tell(app, &mut tx, mailbox, flow, change, &Actor::product()).await?;
    }
    tx.commit().await
}

/// Lets automatic mail of a mailbox go on at a person's word. From now on it is counted anew: as much again pauses it again. One that is
/// not paused stays as it is.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn resume(app: &App, caller: &Caller, id: Uuid) -> Result<Mailbox, AppError> {
    caller.need(Permission::MailboxesEdit)?;
    let mut tx = app.begin().await?;
    let mailbox = mailbox::find(tx.conn()?, id).await?;
    let flow = counted(app, &mut tx, &mailbox).await?;
    if !flow::resume(tx.conn()?, id, app.now()).await? {
        return Ok(mailbox);
    }
    tell(app, &mut tx, &mailbox, flow, Change::Resume, &caller.actor).await?;
    let stored = mailbox::find(tx.conn()?, id).await?;
    tx.commit().await?;
    Ok(stored)
}

/// What the mailbox did in the last hour, or since somebody let its automatic mail go on.
async fn counted(app: &App, tx: &mut Tx, mailbox: &Mailbox) -> Result<Flow, AppError> {
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let counted = flow::hourly(tx.conn()?, mailbox.id, mailbox.automation_resumed_at, app.now()).await?;
    Ok(Flow {
        received: count(counted.received),
        automatic: count(counted.automatic),
        normal: counted.normal.map(count),
    })
}

async fn tell(
    app: &App,
    tx: &mut Tx,
    mailbox: &Mailbox,
    flow: Flow,
    change: Change,
    actor: &Actor,
) -> Result<(), AppError> {
    let now = app.now();
    let entry = audit::Entry {
        action: match change {
            Change::Pause => "mailbox.automation_pause",
            Change::Resume => "mailbox.automation_resume",
        },
        subject_type: "mailbox",
        subject_id: Some(mailbox.id),
        data: serde_json::json!({ "received": flow.received, "automatic": flow.automatic, "normal": flow.normal }),
    };
    audit::append(tx.conn()?, actor, now, entry).await?;
    let news = NewEvent {
        kind: "mailbox.updated",
        subject_type: "mailbox",
        subject_id: mailbox.id,
        permission: Some(Permission::MailboxesView.as_str()),
        user_id: None,
        data: serde_json::json!({ "automation_paused": change == Change::Pause }),
    };
    event::append(tx.conn()?, news).await?;
    if change == Change::Pause {
        tracing::warn!(mailbox = %mailbox.address, ?flow, "far more mail than usual: automatic mail is paused");
        alert(app, tx, mailbox, flow).await?;
    }
    Ok(())
}

/// To whoever looks after mailboxes, unless somebody else is to be told.
async fn alert(app: &App, tx: &mut Tx, mailbox: &Mailbox, flow: Flow) -> Result<(), AppError> {
    let concerned = Concerned {
        keepers: true,
        ..Concerned::default()
    };
    let people = notification::whom(tx, Topic::MailFlow, concerned).await?;
    let key = format!("anomaly.{}.{}", mailbox.id, app.now().timestamp_micros());
    let news = News {
        topic: Topic::MailFlow,
        message: Message::MailFlow,
        key: &key,
        path: "/admin/mailboxes",
        from: Some(mailbox.id),
    };
    notification::tell(app, tx, &news, people, |_| {
        of_flow(
            &mailbox.address,
            format!("{}/admin/mailboxes", app.identity.public_url),
            flow,
        )
    })
    .await?;
    Ok(())
}

/// Whether automatic mail of this mailbox is to wait: it is paused, or would be at the next look.
pub(crate) async fn paused(app: &App, tx: &mut Tx, mailbox: &Mailbox) -> Result<bool, AppError> {
    if mailbox.automation_paused_at.is_some() {
        return Ok(true);
    }
    let Some(normal) = mailbox.hourly_normal else {
        return Ok(false);
    };
    let limit = i64::from(AnomalyBrake::default().limit(u32::try_from(normal).unwrap_or(0)));
    let hour = app.now() - Duration::hours(1);
    let since = mailbox.automation_resumed_at.map_or(hour, |at| at.max(hour));
    Ok(flow::automatic_since(tx.conn()?, mailbox.id, since, limit).await? >= limit)
}
