//! The conversation of a ticket as the API shows it.

use app::ticket::TimelineItem;
use chrono::{DateTime, Utc};
use serde::Serialize;
use store::ticket::{look::Look, mention::Mention};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    dto::{AttachmentDto, Named, Person},
    pictures::PicturesDto,
};
use crate::{
    routes::mails::confusable,
    words::{ConfusableWord, DeliveryStateWord},
};

/// What became of a mail to one recipient.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryDto {
    /// Recipient.
    pub recipient: String,
    /// How far it is.
    pub state: DeliveryStateWord,
    /// Since when.
    pub at: DateTime<Utc>,
    /// What the server said.
    pub detail: Option<String>,
}

/// A message, note or event.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TimelineDto {
    /// A message or note.
    Message(Box<MessageDto>),
    /// Something that happened.
    Event(EventDto),
}

/// A message or note.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageDto {
    /// Id.
    pub id: Uuid,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// `reply`, `note` or `system`.
    pub kind: String,
    /// `in`, `out` or `internal`.
    pub direction: String,
    /// Who wrote it.
    pub author: Person,
    /// Written by staff.
    pub is_staff: bool,
    /// Whole text.
    pub body_text: String,
    /// Sanitised HTML; show it in a sandboxed frame.
    pub body_html: Option<String>,
    /// Byte offset in `body_text` where quoted text begins.
    pub quoted_from: Option<i32>,
    /// Files.
    pub attachments: Vec<AttachmentDto>,
    /// Deliveries; staff only.
    pub deliveries: Vec<DeliveryDto>,
    /// The mail it came from; staff only.
    pub mail_id: Option<Uuid>,
    /// A third party's reply that must be judged.
    pub held: bool,
    /// The sender is who he says, as far as one can tell.
    pub verified: bool,
    /// Why its writer may be mistaken for another; staff only.
    pub confusable: Option<ConfusableWord>,
    /// The ticket it was in before that was merged or split; staff only.
    pub origin: Option<OriginDto>,
    /// Whom a note mentions; staff only.
    pub mentions: Vec<Named>,
    /// Who of the customer's people looked at it in the portal, the first first; staff only.
    pub views: Vec<ViewDto>,
    /// An answer that the caller has not looked at yet; for customers.
    pub unseen: bool,
    /// Its pictures on servers of others, once somebody asked for them (`fetchPictures`).
    pub pictures: Option<PicturesDto>,
}

/// Somebody who looked at an answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ViewDto {
    /// Account.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// When he looked first.
    pub at: DateTime<Utc>,
}

/// The ticket that a message was in before.
#[derive(Debug, Serialize, ToSchema)]
pub struct OriginDto {
    /// Ticket.
    pub ticket_id: Uuid,
    /// Its number.
    pub number: i64,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventDto {
    /// Place in the history.
    pub seq: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub event: String,
    /// Who.
    pub actor: Person,
    /// From, to, reason.
    pub data: serde_json::Value,
}

impl TimelineDto {
    pub(super) fn new(item: TimelineItem, staff: bool) -> Self {
        match item {
            TimelineItem::Event(event) => Self::Event(EventDto {
                seq: event.seq,
                at: event.at,
                event: event.kind,
                actor: Person {
                    id: None,
                    name: event.actor_name,
                    email: None,
                },
                data: event.data,
            }),
            TimelineItem::Message {
                message,
                attachments,
                deliveries,
                origin,
                mentions,
                views,
                unseen,
                pictures,
            } => {
                let named = |one: Mention| Named {
                    id: one.user_id,
                    name: one.name,
                };
                let viewed = |one: Look| ViewDto {
                    id: one.user_id,
                    name: one.name,
                    at: one.at,
                };
                let deliveries = deliveries.into_iter().map(|d| DeliveryDto {
                    recipient: d.recipient,
                    state: DeliveryStateWord::stored(d.state),
                    at: d.state_at,
                    detail: d.detail,
                });
                // A customer need not know an agent's address.
                let email = message.author_email.filter(|_| staff || !message.is_staff);
                let outsider = staff && !message.is_staff;
                let confusable = outsider
                    .then(|| confusable(Some(&message.author_name), email.as_deref()))
                    .flatten();
                Self::Message(Box::new(MessageDto {
                    confusable,
                    id: message.id,
                    at: message.created_at,
                    kind: message.kind,
                    direction: message.direction,
                    author: Person {
                        id: message.author_user_id,
                        name: message.author_name,
                        email,
                    },
                    is_staff: message.is_staff,
                    body_text: message.body_text,
                    body_html: message.body_html,
                    quoted_from: message.quoted_from,
                    attachments: attachments.into_iter().map(AttachmentDto::from).collect(),
                    deliveries: deliveries.collect(),
                    mail_id: message.raw_mail_id.filter(|_| staff),
                    held: message.held,
                    verified: message.verified,
                    origin: origin.map(|origin| OriginDto {
                        ticket_id: origin.ticket_id,
                        number: origin.number,
                    }),
                    mentions: mentions.into_iter().map(named).collect(),
                    views: views.into_iter().map(viewed).collect(),
                    unseen,
                    pictures: pictures.map(PicturesDto::from),
                }))
            }
        }
    }
}
