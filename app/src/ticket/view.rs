//! A ticket as a person may see it.

use chrono::{DateTime, Utc};
use domain::{
    permission::Permission,
    ticket::actions::{self, Action, Rights},
};
use store::{
    attachment::{self, Attachment},
    outgoing::{self, Outgoing},
    ticket::{
        self, Message, Ticket, TicketEvent,
        link::{self, Origin},
        look::{self, Look},
        mention::{self, Mention},
    },
};
use uuid::Uuid;

use super::{
    conduct_of, facts_of,
    pictures::{self, Pictures},
    standing::{Standing, obstacle},
};
use crate::{App, AppError, Caller};

/// A message or an event.
#[derive(Debug)]
pub enum TimelineItem {
    /// A message with its files and, for staff, its deliveries.
    Message {
        /// The message.
        message: Box<Message>,
        /// Its files.
        attachments: Vec<Attachment>,
        /// Its deliveries.
        deliveries: Vec<Outgoing>,
        /// The ticket it was in before, for staff.
        origin: Option<Origin>,
        /// Whom it mentions, for staff.
        mentions: Vec<Mention>,
        /// Who of the customer's people looked at it, for staff.
        views: Vec<Look>,
        /// The caller has not looked at it yet; of answers, for a customer.
        unseen: bool,
        /// Its pictures on servers of others, once somebody asked for them.
        pictures: Option<Pictures>,
    },
    /// Something that happened.
    Event(TicketEvent),
}

impl TimelineItem {
    /// When it was.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Message { message, .. } => message.created_at,
            Self::Event(event) => event.at,
        }
    }
}

/// A page of the timeline.
#[derive(Debug)]
pub struct Timeline {
    /// Oldest first.
    pub items: Vec<TimelineItem>,
    /// Place of the last message, when more may follow.
    pub next: Option<(DateTime<Utc>, Uuid)>,
}

/// What the caller may do with the ticket, and why not the rest.
///
/// # Errors
/// When the database holds a state that this release does not know.
pub fn actions(
    caller: &Caller,
    ticket: &Ticket,
    standing: Standing,
    now: DateTime<Utc>,
) -> Result<Vec<Action>, AppError> {
    let rights = if caller.is_staff() {
        Rights {
            reply: caller.may(Permission::TicketsReply),
            note: caller.may(Permission::TicketsReply),
            assign: caller.may(Permission::TicketsAssign) || standing.leads,
            edit: caller.may(Permission::TicketsEdit),
        }
    } else {
        Rights {
            reply: true,
            note: false,
            assign: false,
            edit: false,
        }
    };
    let mut listed = actions::list(caller.as_ticket_actor(), rights, facts_of(ticket)?);
    if let Some(why) = obstacle(standing) {
        for action in listed.iter_mut().filter(|one| one.action != "note") {
            action.allowed = false;
            action.why_not = Some(why);
        }
    }
    if !caller.is_staff() && conduct_of(ticket, now).reopens {
        // What he writes now opens it again.
        for action in listed.iter_mut().filter(|action| action.action == "reply") {
            action.allowed = true;
            action.why_not = None;
        }
    }
    if ticket.merged_into.is_some() {
        // What is to be done is done with the ticket it is a part of.
        for action in &mut listed {
            action.allowed = false;
            action.why_not = Some("ticket_merged");
        }
    }
    Ok(listed)
}

/// Messages after `after` with the events around them. A customer sees public messages only.
///
/// # Errors
/// [`AppError::NotFound`] when the ticket is not his.
pub async fn timeline(
    app: &App,
    caller: &Caller,
    id: Uuid,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Timeline, AppError> {
    let scope = caller.ticket_scope()?;
    let staff = scope.is_none();
    let mut conn = app.conn().await?;
    ticket::find(&mut conn, id, scope).await?;
    let messages = ticket::messages(&mut conn, id, staff, after, limit).await?;
    let ids: Vec<Uuid> = messages.iter().map(|message| message.id).collect();
    let mut files = attachment::of_messages(&mut conn, &ids).await?;
    let mut letters = if staff {
        outgoing::of_messages(&mut conn, &ids).await?
    } else {
        Vec::new()
    };
    let origins = if staff {
        link::origins(&mut conn, &ids).await?
    } else {
        Vec::new()
    };
    let mut mentions = if staff {
        mention::of_messages(&mut conn, &ids).await?
    } else {
        Vec::new()
    };
    let mut views = if staff {
        look::of_messages(&mut conn, &ids).await?
    } else {
        Vec::new()
    };
    let seen = if staff {
        Vec::new()
    } else {
        look::own(&mut conn, caller.user_id, &ids).await?
    };
    let remote: Vec<Uuid> = messages
        .iter()
        .filter(|message| pictures::names_any(message.body_html.as_deref()))
        .map(|message| message.id)
        .collect();
    let mut remote = pictures::of_messages(&mut conn, &remote).await?;
    let full = i64::try_from(messages.len()).unwrap_or(i64::MAX) >= limit;
    let next = messages
        .last()
        .filter(|_| full)
        .map(|message| (message.created_at, message.id));
    let until = next.map(|n| n.0);
    let mut items: Vec<TimelineItem> = Vec::with_capacity(messages.len());
    if staff {
        let within = |event: &TicketEvent| after.is_none_or(|a| event.at > a.0) && until.is_none_or(|u| event.at <= u);
        items.extend(
            ticket::events(&mut conn, id)
                .await?
                .into_iter()
                .filter(within)
                .map(TimelineItem::Event),
        );
    }
    for message in messages {
        let attachments = files
            .extract_if(.., |file| file.message_id == Some(message.id))
            .collect();
        let deliveries = letters
            .extract_if(.., |letter| letter.message_id == Some(message.id))
            .collect();
        let pictures = remote
            .extract_if(.., |(id, _)| *id == message.id)
            .map(|(_, pictures)| pictures);
        let pictures = pictures.last();
        items.push(TimelineItem::Message {
            views: views.extract_if(.., |one| one.message_id == message.id).collect(),
            pictures,
            unseen: !staff && message.is_staff && !seen.contains(&message.id),
            mentions: mentions.extract_if(.., |one| one.message_id == message.id).collect(),
            origin: origins.iter().find(|origin| origin.message_id == message.id).copied(),
            message: Box::new(message),
            attachments,
            deliveries,
        });
    }
    items.sort_by_key(TimelineItem::at);
    Ok(Timeline { items, next })
}
