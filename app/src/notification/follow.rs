//! News that follows from what happened to tickets: whoever changes one pays nothing for it.

use std::sync::Arc;

use domain::{
    message::{Message, Values, of_alert, of_event, of_ticket, words},
    notification::{Topic, Triggers},
};
use store::{
    feed::{self, Followed},
    mailbox,
    notification::{
        facts::{self, Given, Written},
        trigger::people_of,
    },
};
use uuid::Uuid;

use super::{
    Concerned, News,
    audience::{triggers, whom_of, whom_of_event},
    tell,
};
use crate::{App, AppError, Tx, mail::sender};

const CONSUMER: &str = "notifications";
const ALERT: &str = "security_alert.raised";
const CUSTOM: &str = "custom.raised";
/// Events of one transaction.
const BATCH: i64 = 200;
/// Most rounds of one look; the next one goes on.
const ROUNDS: usize = 50;

/// Tells people what happened since the last look; returns how many were told.
///
/// # Errors
/// When the database is away; the next look finds what is left.
pub async fn follow(app: &App) -> Result<usize, AppError> {
    let mut told = 0;
    feed::renumber(&mut *app.conn().await?).await?;
    for _ in 0..ROUNDS {
        let mut tx = app.begin().await?;
        let events = feed::next(tx.conn()?, CONSUMER, BATCH).await?;
        if events.is_empty() {
            break;
        }
        told += round(app, &mut tx, &events).await?;
        tx.commit().await?;
    }
    Ok(told)
}

async fn round(app: &App, tx: &mut Tx, events: &[Followed]) -> Result<usize, AppError> {
    let of_tickets = events
        .iter()
        .filter(|event| event.subject_type == "ticket" && event.permission.is_some());
    let (ids, xids): (Vec<Uuid>, Vec<String>) = of_tickets.map(|event| (event.subject_id, event.xid.clone())).unzip();
    let others: Vec<&Followed> = events
        .iter()
        .filter(|event| event.permission.is_some() && [ALERT, CUSTOM].contains(&event.kind.as_str()))
        .collect();
    let (mut given, mut written) = (Vec::new(), Vec::new());
    if !ids.is_empty() {
        given = facts::given(tx.conn()?, &ids, &xids).await?;
        written = facts::written(tx.conn()?, &ids, &xids).await?;
    }
    if given.is_empty() && written.is_empty() && others.is_empty() {
        return Ok(0);
    }
    // Once for all of them: whom each tells, and how, goes by the same.
    let set = triggers(tx.conn()?).await?;
    let mailboxes = mailbox::all(tx.conn()?).await?;
    let from = |of| sender(&mailboxes, of).map(|mailbox| mailbox.id);
    let mut told = 0;
    for one in &given {
        told += assigned(app, tx, &set, (from(one.mailbox_id), one)).await?;
    }
    for one in &written {
        told += wrote(app, tx, &set, (from(one.mailbox_id), one)).await?;
    }
    for event in others {
        told += match event.kind.as_str() {
            ALERT => alarmed(app, tx, &set, (from(None), event)).await?,
            _ => raised(app, tx, &set, (from(None), event)).await?,
        };
    }
    Ok(told)
}

/// Whoever looks after security and the installation, of an alert that is more than a note.
async fn alarmed(
    app: &App,
    tx: &mut Tx,
    set: &Arc<Triggers>,
    (from, event): (Option<Uuid>, &Followed),
) -> Result<usize, AppError> {
    if event.data["severity"] == "info" {
        return Ok(0);
    }
    let kind = event.data["kind"].as_str().unwrap_or_default();
    let key = format!("alert.{}", event.subject_id);
    let news = News {
        topic: Topic::SystemAlert,
        message: Message::SystemAlert,
        key: &key,
        path: "/admin/alerts",
        from,
    };
    let concerned = Concerned {
        keepers: true,
        ..Concerned::default()
    };
    let people = whom_of(tx, set, Topic::SystemAlert, concerned).await?;
    let url = format!("{}/admin/alerts", app.identity.public_url);
    let told = tell(app, tx, &news, people, |locale| {
        of_alert(words::alert(locale, kind), url.clone())
    })
    .await?;
    Ok(told.people)
}

/// Whom an event of a program outside concerns: at a ticket whoever has it, and whom the trigger of its name names, or that of all.
async fn raised(
    app: &App,
    tx: &mut Tx,
    set: &Arc<Triggers>,
    (from, event): (Option<Uuid>, &Followed),
) -> Result<usize, AppError> {
    let word = |name: &str| event.data[name].as_str().unwrap_or_default();
    let key = format!("custom.{}", word("event_id"));
    let mut concerned = Concerned::default();
    let mut path = "/notifications".to_owned();
    if event.subject_type == "ticket" {
        path = format!("/t/{}", event.subject_id);
        let people = people_of(tx.conn()?, event.subject_id).await?;
        concerned.assignee = people.and_then(|people| people.assignee_id);
        concerned.ticket = Some(event.subject_id);
    }
    let news = News {
        topic: Topic::CustomEvent,
        message: Message::CustomEvent,
        key: &key,
        path: &path,
        from,
    };
    let people = whom_of_event(tx, set, word("name"), concerned).await?;
    let url = format!("{}{path}", app.identity.public_url);
    let told = tell(app, tx, &news, people, |_| {
        of_event(word("name"), word("title"), url.clone())
    })
    .await?;
    Ok(told.people)
}

fn values(app: &App, ticket: Uuid, number: i64, subject: &str) -> Values {
    of_ticket(number, subject, format!("{}/t/{ticket}", app.identity.public_url))
}

/// Whoever was given a ticket by somebody else, and whom else that concerns.
async fn assigned(
    app: &App,
    tx: &mut Tx,
    set: &Arc<Triggers>,
    (from, one): (Option<Uuid>, &Given),
) -> Result<usize, AppError> {
    let concerned = Concerned {
        assignee: Some(one.assignee_id),
        ticket: Some(one.ticket_id),
        actor: one.actor_id,
        ..Concerned::default()
    };
    let people = whom_of(tx, set, Topic::TicketAssigned, concerned).await?;
    let (key, path) = (
        format!("assigned.{}.{}", one.ticket_id, one.seq),
        format!("/t/{}", one.ticket_id),
    );
    let news = News {
        topic: Topic::TicketAssigned,
        message: Message::TicketAssigned,
        key: &key,
        path: &path,
        from,
    };
    let told = tell(app, tx, &news, people, |_| {
        values(app, one.ticket_id, one.number, &one.subject)
    })
    .await?;
    Ok(told.people)
}

/// Whoever has a ticket in which its customer wrote; whoever takes part in one that staff answered.
async fn wrote(
    app: &App,
    tx: &mut Tx,
    set: &Arc<Triggers>,
    (from, one): (Option<Uuid>, &Written),
) -> Result<usize, AppError> {
    let (topic, message) = if one.is_staff {
        (Topic::TicketAnswered, Message::TicketAnswered)
    } else {
        (Topic::CustomerMessage, Message::CustomerMessage)
    };
    let concerned = Concerned {
        assignee: one.assignee_id,
        // Who asked and does not see the project any more is not among those who take part.
        requester: one.requester_id.filter(|id| one.people.contains(id)),
        participants: one.people.clone(),
        ticket: Some(one.ticket_id),
        actor: one.author_id,
        ..Concerned::default()
    };
    let people = whom_of(tx, set, topic, concerned).await?;
    let (key, path) = (format!("message.{}", one.id), format!("/t/{}", one.ticket_id));
    let news = News {
        topic,
        message,
        key: &key,
        path: &path,
        from,
    };
    let told = tell(app, tx, &news, people, |_| {
        values(app, one.ticket_id, one.number, &one.subject)
    })
    .await?;
    Ok(told.people)
}
