//! What follows an alert: a line in the ticket's history, a live event, a mail to whoever must act, a link of the chain. All of it in
//! the transaction that marks the alert as acted on, so it happens once whoever dies.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{
    message::{Message, of_clock, of_ticket},
    notification::Topic,
    permission::Permission,
    sla::{Alert, Kind, Recipient, Status},
    ticket::State,
};
use serde_json::{Value, json};
use store::{
    audit::{self, Actor},
    event::{self, NewEvent},
    mailbox::{self, Mailbox},
    sla::{self, Unhandled},
    ticket::{
        self, Ticket,
        escalation::{self, Cause},
    },
    user::{self, User},
};
use uuid::Uuid;

use super::{Version, stored, words};
use crate::{
    App, AppError, Tx,
    mail::sender,
    notification::{self, Concerned, News, Whom, group},
    ticket::Alteration,
};

/// Acts on alerts, oldest first. Returns how many.
pub(super) async fn run(app: &App, batch: i64) -> Result<usize, AppError> {
    let mut tx = app.begin().await?;
    let alerts = sla::unhandled(tx.conn()?, batch).await?;
    if alerts.is_empty() {
        return Ok(0);
    }
    let mailboxes = mailbox::all(tx.conn()?).await?;
    for alert in &alerts {
        act(app, &mut tx, &mailboxes, alert).await?;
    }
    let ids: Vec<Uuid> = alerts.iter().map(|alert| alert.id).collect();
    sla::handled(tx.conn()?, &ids, app.now()).await?;
    tx.commit().await?;
    Ok(alerts.len())
}

async fn act(app: &App, tx: &mut Tx, mailboxes: &[Mailbox], raised: &Unhandled) -> Result<(), AppError> {
    let now = app.now();
    let corrupt = |error: domain::sla::UnknownWord| AppError::Internal(error.to_string());
    let alert: Alert = raised.alert.parse().map_err(corrupt)?;
    let kind: Kind = raised.kind.parse().map_err(corrupt)?;
    let mut ticket = match ticket::find_for_update(tx.conn()?, raised.ticket_id, None).await {
        Ok(ticket) => ticket,
        Err(store::StoreError::NotFound) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let Some(version) = ticket.sla_version_id else {
        return Ok(());
    };
    let version = app.sla.version(tx.conn()?, version).await?;
    // Whoever answered meanwhile need not be told to hurry; that it was late stays on record.
    let due_at = due(tx, raised)
        .await?
        .filter(|_| ticket.summary.state != State::Closed.as_str());
    let mut data = json!({ "clock": kind, "cycle": raised.cycle, "at": raised.at, "detected_at": raised.detected_at });
    let event = match alert {
        Alert::Warning(percent) => {
            data["percent"] = percent.into();
            "sla_warning"
        }
        Alert::Breach => "sla_breached",
        Alert::Escalation(n) => {
            data["link"] = n.into();
            "sla_escalated"
        }
    };
    let mut people = Whom::default();
    if due_at.is_some() {
        let mut concerned = Concerned {
            ticket: Some(raised.ticket_id),
            ..Concerned::default()
        };
        if let Alert::Escalation(n) = alert {
            concerned.named = escalate(app, tx, &ticket, &version, (kind, n), &mut data).await?;
            // Another group may have taken it from whoever had it.
            ticket = ticket::find(tx.conn()?, raised.ticket_id, None).await?;
        } else {
            // Whoever it is assigned to; of what nobody has taken, those who answer for service levels.
            concerned.assignee = ticket.summary.assignee_id;
            concerned.keepers = ticket.summary.assignee_id.is_none();
        }
        people = notification::whom(tx, topic_of(alert), concerned).await?;
    }
    if let (Alert::Escalation(n), true) = (alert, due_at.is_some()) {
        let told = people.ids();
        let cause = Cause::Chain(n.into(), &raised.kind);
        let key = format!("sla:{}", raised.id);
        escalation::insert(tx.conn()?, &key, raised.ticket_id, cause, &told, now).await?;
    }
    if !people.is_empty() {
        data["told"] = people.names().map(Value::from).collect();
    }
    ticket::add_event(tx.conn()?, ticket.summary.id, event, &Actor::product(), data, now).await?;
    let news = NewEvent {
        kind: match alert {
            Alert::Warning(_) => "ticket.sla_warning",
            Alert::Breach => "ticket.sla_breached",
            Alert::Escalation(_) => "ticket.sla_escalated",
        },
        subject_type: "ticket",
        subject_id: ticket.summary.id,
        permission: Some(Permission::TicketsView.as_str()),
        user_id: None,
        data: json!({ "number": ticket.summary.number, "clock": kind, "assignee_id": ticket.summary.assignee_id }),
    };
    event::append(tx.conn()?, news).await?;
    if people.is_empty() {
        return Ok(());
    }
    // An escalation may have moved it.
    let due_at = due(tx, raised).await?.or(due_at).unwrap_or(raised.at);
    let notice = (raised.id, kind, alert, due_at);
    tell(app, tx, mailboxes, &ticket, &version, notice, people).await
}

/// When the clock was or is due, while it runs.
async fn due(tx: &mut Tx, raised: &Unhandled) -> Result<Option<DateTime<Utc>>, AppError> {
    let clocks = sla::latest(tx.conn()?, &[raised.ticket_id]).await?;
    let own = clocks
        .into_iter()
        .find(|row| row.kind == raised.kind && row.cycle == raised.cycle && row.status == Status::Running.as_str());
    Ok(own.map(|row| row.breached_at.or(row.due_at).unwrap_or(raised.at)))
}

fn topic_of(alert: Alert) -> Topic {
    match alert {
        Alert::Warning(_) => Topic::SlaWarning,
        Alert::Breach | Alert::Escalation(_) => Topic::SlaBreach,
    }
}

async fn person(tx: &mut Tx, id: Uuid) -> Result<Option<User>, AppError> {
    // Somebody who may be given tickets: not one who left.
    if user::agent(tx.conn()?, id).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(user::by_id(tx.conn()?, id).await?))
}

async fn escalate(
    app: &App,
    tx: &mut Tx,
    ticket: &Ticket,
    version: &Arc<Version>,
    (kind, n): (Kind, u8),
    data: &mut Value,
) -> Result<Vec<User>, AppError> {
    let link = version.spec.escalations.get(usize::from(n).wrapping_sub(1));
    // The policy may be another by now, with another chain.
    let Some(link) = link.filter(|link| link.clock == kind) else {
        return Ok(Vec::new());
    };
    let mut alteration = Alteration::of(ticket);
    let from = stored::priority(&ticket.summary.priority)?;
    if let Some(to) = link.priority.filter(|to| from < *to) {
        data["priority"] = json!({ "from": from, "to": to });
        alteration.priority(to)?;
    }
    if let Some(id) = link.group_id.filter(|id| *id != ticket.summary.group_id)
        && let Some(group) = user::group(tx.conn()?, id).await?
    {
        data["group"] = json!({ "from": ticket.summary.group_name, "to": group.name });
        alteration.group(tx, &group).await?;
    }
    if alteration.write(app, tx, &Actor::product(), None).await? {
        let entry = audit::Entry {
            action: "ticket.escalate",
            subject_type: "ticket",
            subject_id: Some(ticket.summary.id),
            data: data.clone(),
        };
        audit::append(tx.conn()?, &Actor::product(), app.now(), entry).await?;
    }
    let mut people: Vec<User> = Vec::new();
    for recipient in &link.notify {
        let id = match recipient {
            Recipient::Assignee => ticket.summary.assignee_id,
            Recipient::User(id) => Some(*id),
            Recipient::NotificationGroup(_) => None,
        };
        if let Some(id) = id.filter(|id| people.iter().all(|known| known.id != *id)) {
            people.extend(person(tx, id).await?);
        }
    }
    let groups = link.notify.iter().filter_map(|recipient| match recipient {
        Recipient::NotificationGroup(id) => Some(*id),
        Recipient::Assignee | Recipient::User(_) => None,
    });
    for one in group::people(tx, &groups.collect::<Vec<_>>()).await? {
        if people.iter().all(|known| known.id != one.id) {
            people.push(one);
        }
    }
    Ok(people)
}

/// To each as he chose.
async fn tell(
    app: &App,
    tx: &mut Tx,
    mailboxes: &[Mailbox],
    ticket: &Ticket,
    version: &Version,
    (id, kind, alert, due_at): (Uuid, Kind, Alert, DateTime<Utc>),
    people: Whom,
) -> Result<(), AppError> {
    let from = sender(mailboxes, ticket.mailbox_id);
    let (key, path) = (format!("sla.{id}"), format!("/t/{}", ticket.summary.id));
    let news = News {
        topic: topic_of(alert),
        message: match alert {
            Alert::Warning(_) => Message::SlaWarning,
            Alert::Breach | Alert::Escalation(_) => Message::SlaBreach,
        },
        key: &key,
        path: &path,
        from: from.map(|mailbox| mailbox.id),
    };
    let due = due_at
        .with_timezone(&version.calendar.zone())
        .format("%Y-%m-%d %H:%M %Z")
        .to_string();
    notification::tell(app, tx, &news, people, |locale| {
        let url = format!("{}{path}", app.identity.public_url);
        let values = of_ticket(ticket.summary.number, &ticket.summary.subject, url);
        of_clock(values, words::clock(locale, kind), &due)
    })
    .await?;
    Ok(())
}
