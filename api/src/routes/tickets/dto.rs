//! Tickets as the API shows them.

use chrono::{DateTime, Utc};
use domain::ticket::actions::Action;
use serde::{Deserialize, Serialize};
use store::{
    attachment::Attachment,
    ticket::{Participant, Related, Summary, Ticket},
};
use utoipa::ToSchema;
use uuid::Uuid;

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    /// Account, when there is one.
    pub id: Option<Uuid>,
    /// Name.
    pub name: String,
    /// Address, where it may be seen.
    pub email: Option<String>,
}

/// Somebody of the staff.
#[derive(Debug, Serialize, ToSchema)]
pub struct Agent {
    /// Account.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Address, which tells namesakes apart.
    pub email: String,
}

impl From<store::user::Agent> for Agent {
    fn from(store::user::Agent { id, email, name }: store::user::Agent) -> Self {
        Self { id, name, email }
    }
}

/// Something with an id and a name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Named {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
}

/// A ticket in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketSummary {
    /// Id.
    pub id: Uuid,
    /// Number people use.
    pub number: i64,
    /// Subject.
    pub subject: String,
    /// `open`, `in_progress`, `answered`, `waiting_for_response`, `on_hold`, `resolved` or `closed`.
    pub state: String,
    /// `low`, `medium`, `high` or `urgent`.
    pub priority: String,
    /// Who asked.
    pub requester: Person,
    /// Who works on it.
    pub assignee: Option<Named>,
    /// Support group.
    pub group: Named,
    /// Category; `listTicketCategories` has its names.
    #[schema(required = true)]
    pub category_id: Option<Uuid>,
    /// Tags; never told to customers.
    pub tags: Vec<String>,
    /// Messages and notes.
    pub message_count: i32,
    /// When the last one came.
    pub last_message_at: DateTime<Utc>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When anything changed last.
    pub updated_at: DateTime<Utc>,
    /// The ETag of the ticket.
    pub version: i32,
    /// The last reply did not reach the requester.
    pub delivery_failed: bool,
    /// By when the next running clock is due; `null` when none runs, and for customers.
    pub due_at: Option<DateTime<Utc>>,
    /// A promise was broken at some time; never said to customers.
    pub breached: bool,
    /// It was escalated, is not over, and nobody has taken note; never said to customers.
    pub escalated: bool,
    /// It was closed as spam; said to staff alone.
    pub spam: bool,
}

impl TicketSummary {
    /// What a customer is told: promises are between him and his contract, tags are words among staff.
    pub(super) fn for_customer(mut self) -> Self {
        self.due_at = None;
        self.breached = false;
        self.escalated = false;
        self.spam = false;
        self.tags.clear();
        self
    }
}

impl From<Summary> for TicketSummary {
    fn from(row: Summary) -> Self {
        let assignee = row.assignee_id.map(|id| Named {
            id,
            name: row.assignee_name.unwrap_or_default(),
        });
        let over = matches!(row.state.as_str(), "resolved" | "closed");
        Self {
            id: row.id,
            number: row.number,
            subject: row.subject,
            state: row.state,
            priority: row.priority,
            requester: Person {
                id: row.requester_user_id,
                name: row.requester_name,
                email: Some(row.requester_email),
            },
            assignee,
            group: Named {
                id: row.group_id,
                name: row.group_name,
            },
            category_id: row.category_id,
            tags: row.tags,
            message_count: row.message_count,
            last_message_at: row.last_message_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
            delivery_failed: row.delivery_failed,
            due_at: row.sla_due_at,
            breached: row.sla_breached,
            escalated: row.escalated && !over,
            spam: row.spam,
        }
    }
}

/// Something one may do, or why not.
#[derive(Debug, Serialize, ToSchema)]
pub struct AllowedAction {
    /// `reply`, `note`, `assign`, `edit` or `transition`.
    pub action: String,
    /// Target state of a transition.
    pub to: Option<String>,
    /// What must come along: `reply`, `reason`, `no_reply_needed`.
    pub requires: Vec<String>,
    /// It would be accepted now.
    pub allowed: bool,
    /// Why not: a stable code.
    pub why_not: Option<String>,
}

impl From<Action> for AllowedAction {
    fn from(action: Action) -> Self {
        Self {
            action: action.action.to_owned(),
            to: action.to.map(|state| state.as_str().to_owned()),
            requires: action.requires.into_iter().map(str::to_owned).collect(),
            allowed: action.allowed,
            why_not: action.why_not.map(str::to_owned),
        }
    }
}

/// Somebody who takes part.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParticipantDto {
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// `requester`, `contributor`, `watcher`, `cc` or `cc_pending`.
    pub role: String,
    /// His account, whose address counts where mail goes to; said to staff alone.
    #[schema(required = true)]
    pub user_id: Option<Uuid>,
}

/// A ticket.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketDto {
    /// What lists show.
    #[serde(flatten)]
    pub summary: TicketSummary,
    /// What one may do with it, and why not the rest.
    pub allowed_actions: Vec<AllowedAction>,
    /// Who takes part.
    pub participants: Vec<ParticipantDto>,
    /// Closed ticket that it continues.
    pub follow_up_of: Option<Uuid>,
    /// Ticket that it became a part of.
    pub merged_into: Option<Uuid>,
    /// Why it is on hold.
    pub hold_reason: Option<String>,
    /// Until when.
    pub on_hold_until: Option<DateTime<Utc>>,
    /// Project that it is filed under.
    #[schema(required = true)]
    pub project: Option<Named>,
    /// Customer whose it is; said to staff alone.
    #[schema(required = true)]
    pub customer_id: Option<Uuid>,
    /// What it is about besides its customer, if anything is known; said to staff alone.
    #[schema(required = true)]
    pub related: Option<TicketRelated>,
}

/// What a ticket is about besides its customer. An id is kept as it is given: what it names is known to whoever gave it.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketRelated {
    /// Order.
    pub order_id: Option<Uuid>,
    /// Service of the customer.
    pub service_id: Option<Uuid>,
    /// Invoice.
    pub invoice_id: Option<Uuid>,
}

impl From<Related> for TicketRelated {
    fn from(related: Related) -> Self {
        Self {
            order_id: related.order_id,
            service_id: related.service_id,
            invoice_id: related.invoice_id,
        }
    }
}

impl From<TicketRelated> for Related {
    fn from(related: TicketRelated) -> Self {
        Self {
            order_id: related.order_id,
            service_id: related.service_id,
            invoice_id: related.invoice_id,
        }
    }
}

impl TicketDto {
    pub(super) fn new(ticket: Ticket, actions: Vec<Action>, participants: Vec<Participant>, staff: bool) -> Self {
        let summary = TicketSummary::from(ticket.summary);
        Self {
            summary: if staff { summary } else { summary.for_customer() },
            allowed_actions: actions.into_iter().map(AllowedAction::from).collect(),
            participants: participants
                .into_iter()
                .map(|p| ParticipantDto {
                    email: p.email,
                    name: p.name,
                    role: p.role,
                    user_id: p.user_id.filter(|_| staff),
                })
                .collect(),
            follow_up_of: ticket.follow_up_of,
            merged_into: ticket.merged_into,
            hold_reason: ticket.hold_reason,
            on_hold_until: ticket.on_hold_until,
            project: ticket.project_id.map(|id| Named {
                id,
                name: ticket.project_name.unwrap_or_default(),
            }),
            customer_id: ticket.customer_id.filter(|_| staff),
            related: Some(ticket.related)
                .filter(|related| staff && !related.is_empty())
                .map(Into::into),
        }
    }
}

/// A file.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentDto {
    /// Id; `null` while the mail it came with is not settled.
    pub id: Uuid,
    /// File name.
    pub name: String,
    /// Type by content.
    pub content_type: String,
    /// Size in bytes.
    pub size: i64,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// Shown inside the text.
    pub inline: bool,
    /// `clean`; `checking`, on its way to the scanner; or `refused`. Only what is clean is served.
    pub state: String,
    /// Why it is refused.
    pub reason: Option<String>,
}

impl From<Attachment> for AttachmentDto {
    fn from(file: Attachment) -> Self {
        Self {
            id: file.id,
            name: file.name,
            content_type: file.content_type,
            size: file.size,
            sha256: file.sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
            inline: file.inline,
            state: file.state,
            reason: file.reason,
        }
    }
}
