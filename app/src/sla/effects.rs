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
    notification::{self, News, group},
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
    let mut people = Vec::new();
    if due_at.is_some() {
        people = match alert {
            Alert::Escalation(n) => {
                let people = escalate(app, tx, &ticket, &version, (kind, n), &mut data).await?;
                // Another group may have taken it from whoever had it.
                ticket = ticket::find(tx.conn()?, raised.ticket_id, None).await?;
                people
            }
            _ => responsible(tx, &ticket, alert).await?,
        };
    }
    if let (Alert::Escalation(n), true) = (alert, due_at.is_some()) {
        let told: Vec<Uuid> = people.iter().map(|person| person.id).collect();
        let cause = Cause::Chain(n.into(), &raised.kind);
        let key = format!("sla:{}", raised.id);
        escalation::insert(tx.conn()?, &key, raised.ticket_id, cause, &told, now).await?;
    }
    if !people.is_empty() {
        data["told"] = people.iter().map(|person| Value::from(person.name.as_str())).collect();
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

/// Whoever it is assigned to; of what nobody has taken by the time it is due, those who answer for service levels.
async fn responsible(tx: &mut Tx, ticket: &Ticket, alert: Alert) -> Result<Vec<User>, AppError> {
    if let Some(id) = ticket.summary.assignee_id {
        return Ok(person(tx, id).await?.into_iter().collect());
    }
    if alert == Alert::Breach {
        return Ok(user::holders(tx.conn()?, Permission::SlaEdit.as_str()).await?);
    }
    Ok(Vec::new())
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
    people: Vec<User>,
) -> Result<(), AppError> {
    let from = sender(mailboxes, ticket.mailbox_id);
    let (key, path) = (format!("sla.{id}"), format!("/t/{}", ticket.summary.id));
    let (topic, message) = match alert {
        Alert::Warning(_) => (Topic::SlaWarning, Message::SlaWarning),
        Alert::Breach | Alert::Escalation(_) => (Topic::SlaBreach, Message::SlaBreach),
    };
    let news = News {
        topic,
        message,
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
