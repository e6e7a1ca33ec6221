//! A ticket as stored.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use uuid::Uuid;

/// The columns of a ticket list.
#[derive(Debug, Clone, QueryableByName)]
pub struct Summary {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Number people use.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// Subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// State, see `domain::ticket::State`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Priority, see `domain::ticket::Priority`.
    #[diesel(sql_type = Text)]
    pub priority: String,
    /// Requester's account.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub requester_user_id: Option<Uuid>,
    /// Requester's address.
    #[diesel(sql_type = Text)]
    pub requester_email: String,
    /// Requester's name.
    #[diesel(sql_type = Text)]
    pub requester_name: String,
    /// Assigned agent.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub assignee_id: Option<Uuid>,
    /// His name.
    #[diesel(sql_type = Nullable<Text>)]
    pub assignee_name: Option<String>,
    /// Support group.
    #[diesel(sql_type = SqlUuid)]
    pub group_id: Uuid,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub group_name: String,
    /// Number of messages and notes.
    #[diesel(sql_type = Integer)]
    pub message_count: i32,
    /// When the last one came.
    #[diesel(sql_type = Timestamptz)]
    pub last_message_at: DateTime<Utc>,
    /// When the ticket was opened.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When anything changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    /// Counts changes; guards against lost updates.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// The last public reply did not reach the requester.
    #[diesel(sql_type = Bool)]
    pub delivery_failed: bool,
    /// Earliest instant at which a running clock is due.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sla_due_at: Option<DateTime<Utc>>,
    /// A promise was broken at some time.
    #[diesel(sql_type = Bool)]
    pub sla_breached: bool,
    /// It was escalated, and nobody has taken note.
    #[diesel(sql_type = Bool)]
    pub escalated: bool,
    /// Category.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub category_id: Option<Uuid>,
    /// Tags.
    #[diesel(sql_type = Array<Text>)]
    pub tags: Vec<String>,
    /// It was closed as spam.
    #[diesel(sql_type = Bool)]
    pub spam: bool,
}

/// A whole ticket.
#[derive(Debug, Clone, QueryableByName)]
pub struct Ticket {
    /// What lists show.
    #[diesel(embed)]
    pub summary: Summary,
    /// Mailbox it came through; replies go out from there.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub mailbox_id: Option<Uuid>,
    /// Language of its automatic mails.
    #[diesel(sql_type = Text)]
    pub locale: String,
    /// Why it is on hold.
    #[diesel(sql_type = Nullable<Text>)]
    pub hold_reason: Option<String>,
    /// Until when.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub on_hold_until: Option<DateTime<Utc>>,
    /// The last public message is the customer's.
    #[diesel(sql_type = Bool)]
    pub unanswered: bool,
    /// Closed ticket that this one continues.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub follow_up_of: Option<Uuid>,
    /// Version of the service level policy it is bound to.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub sla_version_id: Option<Uuid>,
    /// Customer whose it is.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub customer_id: Option<Uuid>,
    /// Ticket that it became a part of.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub merged_into: Option<Uuid>,
    /// How often it was resolved.
    #[diesel(sql_type = Integer)]
    pub resolutions: i32,
    /// Project of that customer.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub project_id: Option<Uuid>,
    /// What it is called.
    #[diesel(sql_type = Nullable<Text>)]
    pub project_name: Option<String>,
    /// What it is about besides its customer.
    #[diesel(embed)]
    pub related: Related,
    /// Only members of its group answer and change it.
    #[diesel(sql_type = Bool)]
    pub members_handle: bool,
    /// What its customer writes ends a hold; so its group says.
    #[diesel(sql_type = Bool)]
    pub reply_ends_hold: bool,
    /// Until when what its customer writes opens it again, though it is closed.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub reopen_until: Option<DateTime<Utc>>,
}

/// What a ticket is about besides its customer. No table holds these yet, so nothing is known of them but their ids.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, QueryableByName)]
pub struct Related {
    /// An order.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub order_id: Option<Uuid>,
    /// A service that the customer has.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub service_id: Option<Uuid>,
    /// An invoice.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub invoice_id: Option<Uuid>,
}

impl Related {
    /// Each kind by the name of its field, with the one there is.
    #[must_use]
    pub fn each(&self) -> [(&'static str, Option<Uuid>); 3] {
        [
            ("order_id", self.order_id),
            ("service_id", self.service_id),
            ("invoice_id", self.invoice_id),
        ]
    }

    /// There is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Somebody who takes part.
#[derive(Debug, Clone, QueryableByName)]
pub struct Participant {
    /// Address in lower case.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// `requester`, `contributor`, `watcher`, `cc` or `cc_pending`.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// Account.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub user_id: Option<Uuid>,
}

impl Participant {
    /// The requester, as he takes part from the beginning.
    #[must_use]
    pub fn requester_of(ticket: &Ticket) -> Self {
        let summary = &ticket.summary;
        Self {
            email: summary.requester_email.clone(),
            name: summary.requester_name.clone(),
            role: "requester".to_owned(),
            user_id: summary.requester_user_id,
        }
    }
}

/// A ticket about to be stored, with its first message.
#[derive(Debug, Clone)]
pub struct NewTicket<'a> {
    /// Id.
    pub id: Uuid,
    /// Subject.
    pub subject: &'a str,
    /// Priority.
    pub priority: &'a str,
    /// `mail`, `client`, `agent` or `api`.
    pub source: &'a str,
    /// Requester's address in lower case.
    pub requester_email: &'a str,
    /// Requester's name.
    pub requester_name: &'a str,
    /// Nothing speaks against the address being his: only then is the ticket his account's and his customer's.
    pub requester_proven: bool,
    /// Support group; `None` = the mailbox's, or the first one.
    pub group_id: Option<Uuid>,
    /// Mailbox it came through.
    pub mailbox_id: Option<Uuid>,
    /// Language of its automatic mails; `None` = the requester's.
    pub locale: Option<&'a str>,
    /// Closed ticket that this one continues.
    pub follow_up_of: Option<Uuid>,
    /// Tags.
    pub tags: &'a [String],
    /// Category.
    pub category_id: Option<Uuid>,
    /// Project; the ticket is its customer's then. Taken only where the requester sees it, or has the customer's own address.
    pub project_id: Option<Uuid>,
    /// What it is about besides its customer.
    pub related: Related,
    /// What the line of its opening says about its category and what followed from it.
    pub explained: serde_json::Value,
    /// When it was opened.
    pub at: DateTime<Utc>,
    /// When the wish reached us: the ticket's age and its clocks begin then. At or before `at`.
    pub since: DateTime<Utc>,
}
