//! What happened becomes deliveries: one for each event and endpoint that wants it, with its job, in the transaction that notes the
//! event as followed. Whoever changes a ticket pays nothing for it.

use std::collections::HashMap;

use domain::webhook::{
    EventType,
    event::{self, AlertFacts, CustomFacts, Data, FieldChange, MessageFacts, Named, TicketFacts},
};
use store::{
    PgConn, StoreError,
    feed::{self, Followed},
    webhook::{
        self, MessageRow, TicketRow,
        delivery::{self, NewDelivery},
        endpoint::{self, Endpoint},
    },
};
use uuid::Uuid;

use super::job;
use crate::{App, AppError};

const CONSUMER: &str = "webhooks";
/// Events of one transaction.
const BATCH: i64 = 200;
/// Most rounds of one look; the next one goes on.
const ROUNDS: usize = 50;

/// Makes deliveries of what happened since the last look; returns how many.
///
/// # Errors
/// When the database is away; the next look finds what is left.
pub async fn tell(app: &App) -> Result<usize, AppError> {
    let mut made = 0;
    feed::renumber(&mut *app.conn().await?).await?;
    for _ in 0..ROUNDS {
        let mut tx = app.begin().await?;
        let endpoints = endpoint::in_use(tx.conn()?).await?;
        if endpoints.is_empty() {
            feed::skip(tx.conn()?, CONSUMER).await?;
            tx.commit().await?;
            return Ok(made);
        }
        let events = feed::next(tx.conn()?, CONSUMER, BATCH).await?;
        if events.is_empty() {
            return Ok(made);
        }
        let new = deliveries(tx.conn()?, &endpoints, &events).await?;
        let written = delivery::insert(tx.conn()?, &new, app.now()).await?;
        made += written.len();
        let jobs: Vec<_> = written.into_iter().map(job).collect();
        tx.enqueue(&jobs).await?;
        tx.commit().await?;
        if events.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) {
            break;
        }
    }
    Ok(made)
}

/// What these events are to these endpoints.
async fn deliveries(
    conn: &mut PgConn,
    endpoints: &[Endpoint],
    events: &[Followed],
) -> Result<Vec<NewDelivery>, AppError> {
    let wants = |endpoint: &Endpoint, kind: EventType| endpoint.types.iter().any(|name| name == kind.as_str());
    let anybody = |kind: EventType| endpoints.iter().any(|endpoint| wants(endpoint, kind));
    let public = |event: &Followed| {
        // An event that several are told is one of them with a permission, and others with a person.
        event.permission.as_ref()?;
        EventType::of_live(&event.kind, event.data.get("action").and_then(|action| action.as_str()))
    };
    let chosen: Vec<(&Followed, EventType)> = events
        .iter()
        .filter_map(|event| Some((event, public(event)?)))
        .filter(|(_, kind)| anybody(*kind) || (*kind == EventType::MessageCreated && anybody(EventType::TicketUpdated)))
        .collect();
    let mut facts = Facts::read(conn, &chosen).await?;
    let mut made = Vec::new();
    for (followed, kind) in chosen {
        for (kind, data) in facts.of(followed, kind) {
            let body = event::body(kind, followed.at, &data).map_err(|error| AppError::Internal(error.to_string()))?;
            let to = endpoints
                .iter()
                .filter(|one| wants(one, kind) && followed.at >= one.since);
            made.extend(to.map(|endpoint| NewDelivery {
                id: Uuid::now_v7(),
                endpoint_id: endpoint.id,
                event_id: Some(followed.id),
                kind: kind.as_str().to_owned(),
                body: body.clone(),
            }));
        }
    }
    Ok(made)
}

/// What belongs to a batch of events.
struct Facts {
    tickets: HashMap<Uuid, TicketRow>,
    changes: HashMap<(Uuid, String), Vec<FieldChange>>,
    messages: HashMap<(Uuid, String), Vec<MessageRow>>,
}

impl Facts {
    async fn read(conn: &mut PgConn, chosen: &[(&Followed, EventType)]) -> Result<Self, StoreError> {
        let (ids, xids): (Vec<Uuid>, Vec<String>) = chosen
            .iter()
            .filter(|(event, _)| event.subject_type == "ticket")
            .map(|(event, _)| (event.subject_id, event.xid.clone()))
            .unzip();
        let mut facts = Self {
            tickets: HashMap::new(),
            changes: HashMap::new(),
            messages: HashMap::new(),
        };
        if ids.is_empty() {
            return Ok(facts);
        }
        let tickets = webhook::tickets(conn, &ids).await?;
        facts.tickets = tickets.into_iter().map(|row| (row.id, row)).collect();
        for line in webhook::history(conn, &ids, &xids).await? {
            if let Some(change) = FieldChange::of_history(&line.kind, &line.data) {
                facts
                    .changes
                    .entry((line.ticket_id, line.xid))
                    .or_default()
                    .push(change);
            }
        }
        for row in webhook::messages(conn, &ids, &xids).await? {
            facts
                .messages
                .entry((row.ticket_id, row.xid.clone()))
                .or_default()
                .push(row);
        }
        Ok(facts)
    }

    /// What an event is to the outside: nothing, or one thing, or a message and what it changed. What a transaction changed belongs to
    /// the first of its events.
    fn of(&mut self, followed: &Followed, kind: EventType) -> Vec<(EventType, Data)> {
        let named = Named {
            id: followed.subject_id,
        };
        let word = |name: &str| {
            let text = followed.data.get(name).and_then(|value| value.as_str());
            text.unwrap_or_default().to_owned()
        };
        match kind {
            EventType::CustomerCreated | EventType::CustomerUpdated => vec![(kind, Data::Customer { customer: named })],
            EventType::UserRegistered => vec![(kind, Data::User { user: named })],
            EventType::SecurityAlert => {
                let alert = AlertFacts {
                    id: named.id,
                    kind: word("kind"),
                    severity: word("severity"),
                };
                vec![(kind, Data::Alert { alert })]
            }
            EventType::SlaWarning | EventType::SlaBreached | EventType::SlaEscalated => {
                let clock = word("clock");
                self.ticket(named.id)
                    .map(|ticket| (kind, Data::Clock { ticket, clock }))
                    .into_iter()
                    .collect()
            }
            EventType::TicketRated => {
                let rating = followed.data.get("rating").and_then(serde_json::Value::as_i64);
                let rating = rating.and_then(|rating| i16::try_from(rating).ok());
                match (self.ticket(named.id), rating) {
                    (Some(ticket), Some(rating)) => vec![(kind, Data::Rating { ticket, rating })],
                    // Only what he wrote is another.
                    _ => Vec::new(),
                }
            }
            EventType::TicketViewed => {
                let user = word("user_id").parse().map(|id| Named { id });
                match (self.ticket(named.id), user) {
                    (Some(ticket), Ok(user)) => vec![(kind, Data::View { ticket, user })],
                    _ => Vec::new(),
                }
            }
            EventType::TicketCreated | EventType::TicketUpdated => {
                let Some(ticket) = self.ticket(named.id) else {
                    return Vec::new();
                };
                let changes = self
                    .changes
                    .remove(&(named.id, followed.xid.clone()))
                    .unwrap_or_default();
                vec![(kind, Data::Ticket { ticket, changes })]
            }
            EventType::AutomationTriggered => {
                let rule = word("rule_id").parse().map(|id| Named { id });
                match (self.ticket(named.id), rule) {
                    (Some(ticket), Ok(rule)) => vec![(kind, Data::Rule { ticket, rule })],
                    _ => Vec::new(),
                }
            }
            EventType::CustomRaised => {
                let event = CustomFacts {
                    id: word("event_id").parse().unwrap_or(named.id),
                    name: word("name"),
                    title: word("title"),
                    data: followed.data.get("data").cloned().unwrap_or_default(),
                };
                let ticket = self.ticket(named.id);
                // One that is gone meanwhile takes what was said of it along.
                if followed.subject_type == "ticket" && ticket.is_none() {
                    return Vec::new();
                }
                vec![(kind, Data::Custom { event, ticket })]
            }
            EventType::MessageCreated => self.message(followed),
            EventType::Test => Vec::new(),
        }
    }

    fn message(&mut self, followed: &Followed) -> Vec<(EventType, Data)> {
        let at = (followed.subject_id, followed.xid.clone());
        let Some(ticket) = self.ticket(followed.subject_id) else {
            return Vec::new();
        };
        let mut told = Vec::new();
        // A note, or a held message, is none that is told.
        let row = self
            .messages
            .get_mut(&at)
            .filter(|rows| !rows.is_empty())
            .map(|rows| rows.remove(0));
        if let Some(row) = row {
            let message = MessageFacts {
                id: row.id,
                from_staff: row.is_staff,
                created_at: row.created_at,
            };
            let data = Data::Message {
                ticket: ticket.clone(),
                message,
            };
            told.push((EventType::MessageCreated, data));
        }
        if let Some(changes) = self.changes.remove(&at) {
            told.push((EventType::TicketUpdated, Data::Ticket { ticket, changes }));
        }
        told
    }

    fn ticket(&self, id: Uuid) -> Option<TicketFacts> {
        let row = self.tickets.get(&id)?.clone();
        Some(TicketFacts {
            id: row.id,
            number: row.number,
            subject: row.subject,
            state: row.state,
            priority: row.priority,
            assignee_id: row.assignee_id,
            group_id: row.group_id,
            category_id: row.category_id,
            customer_id: row.customer_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })
    }
}
