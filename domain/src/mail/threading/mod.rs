//! Which ticket does a mail belong to? Evidence is tried in a fixed order, strongest first; what it may do depends on
//! who sent the mail. Every step leaves a reason, so that staff can see why a mail went where it went.
//!
//! Use: [`evidence::collect`] reads the evidence out of the mail, the caller looks up the tickets it names and fills
//! [`Lookups`], and [`decide::decide`] answers. Tokens grant *append*, never read.

use serde::{Deserialize, Serialize};

use super::note::Note;
use crate::words::words;

pub mod decide;
pub mod evidence;
mod matrix;

words! {
    /// The steps of the algorithm in their order.
    Step as "ThreadingStep" {
        /// How far the sender may be believed.
        Authentication = "authentication",
        /// The mail reports on another mail.
        Report = "report",
        /// Signed token in a recipient address.
        PlusAddress = "plus_address",
        /// One of our Message-IDs in In-Reply-To or References.
        MessageId = "message_id",
        /// Signed marker in the quoted body.
        BodyMarker = "body_marker",
        /// Message-ID of a mail by somebody else that we stored.
        ForeignId = "foreign_id",
        /// Ticket number with check digits in the subject.
        SubjectToken = "subject_token",
        /// Reference number of a partner's system.
        ExternalReference = "external_reference",
        /// Same sender and same subject within seven days.
        SameSubject = "same_subject",
        /// What came out.
        Outcome = "outcome",
    }
}

words! {
    /// Where in a mail a signed token was found.
    Place {
        /// An address that the mail went to.
        RecipientAddress = "recipient_address",
        /// In-Reply-To.
        InReplyTo = "in_reply_to",
        /// References.
        References = "references",
        /// The quoted text.
        QuotedBody = "quoted_body",
        /// The text of a report.
        ReportText = "report_text",
        /// The Message-ID of the mail reported on.
        ReportedMail = "reported_mail",
    }
}

words! {
    /// The decisions by name, see [`Decision`].
    DecisionKind as "ThreadingDecision" {
        /// A public message of a ticket.
        Append = "append",
        /// An internal note marked as unverified.
        AppendUnverifiedNote = "append_unverified_note",
        /// Kept aside for staff.
        Quarantine = "quarantine",
        /// In a ticket, hidden until an agent judges it.
        HoldThirdParty = "hold_third_party",
        /// A new ticket with a hint at a related one.
        SuggestAndNew = "suggest_and_new",
        /// A new ticket that continues a closed one.
        FollowUp = "follow_up",
        /// A new ticket.
        NewTicket = "new_ticket",
        /// News of a delivery.
        DeliveryEvent = "delivery_event",
        /// Our own mail, dropped.
        DropOwnLoop = "drop_own_loop",
    }
}

/// One reason: a step, what it saw, and what followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The step.
    pub step: Step,
    /// What was seen.
    pub evidence: Note,
    /// What followed from it.
    pub outcome: Note,
}

/// What is known about a ticket that evidence names. A merged ticket is given as its target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketFacts {
    /// Number of the ticket to append to.
    pub number: i64,
    /// Number that the evidence named, when the ticket was merged into `number`.
    pub merged_from: Option<i64>,
    /// Whether it is closed.
    pub closed: bool,
    /// Whether a closed ticket may still be reopened by a reply.
    pub reopenable: bool,
    /// Addresses of requester, contributors and copied people; compared without case.
    pub participants: Vec<String>,
    /// Whether the sender is a contact of the requester's organisation.
    pub sender_in_organisation: bool,
}

/// What the caller found in the database for the evidence of a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lookups {
    /// The tickets that exist among those named; the key is the number named by the evidence.
    pub tickets: Vec<(i64, TicketFacts)>,
    /// Stored Message-IDs (without brackets) with the ticket number each belongs to.
    pub foreign: Vec<(String, i64)>,
    /// Ticket number of a partner's reference, when the sender's domain may use it.
    pub external: Option<i64>,
    /// Newest ticket of the same sender with the same normalised subject within seven days.
    pub same_subject: Option<i64>,
    /// Whether the sender's address belongs to an agent.
    pub sender_is_agent: bool,
    /// Our own addresses; never added as participants.
    pub own: super::address::OwnAddresses,
}

/// Where a mail goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "decision")]
pub enum Decision {
    /// A public message of the ticket.
    Append {
        /// Ticket number.
        ticket: i64,
        /// In whose name.
        author: Author,
        /// False for automatic mail: it never changes the ticket's state.
        may_change_state: bool,
        /// Whether a closed ticket is reopened.
        reopen: bool,
        /// Cc addresses to add as participants, at most 20.
        add_cc: Vec<String>,
    },
    /// An internal note marked as unverified: it claims to be by an agent.
    AppendUnverifiedNote {
        /// Ticket number.
        ticket: i64,
    },
    /// Kept aside for staff.
    Quarantine {
        /// Why.
        reason: QuarantineReason,
        /// Ticket it would have gone to.
        ticket: Option<i64>,
    },
    /// Internal, unseen by the customer, without notifications, until an agent accepts, splits or calls it spam.
    HoldThirdParty {
        /// Ticket number.
        ticket: i64,
    },
    /// A new ticket with an agent-only hint at a related one.
    SuggestAndNew {
        /// The possibly related ticket.
        related: i64,
    },
    /// A new ticket that continues a closed one: copies requester, category and tags, not the copied people.
    FollowUp {
        /// The closed ticket.
        of: i64,
    },
    /// A new ticket.
    NewTicket,
    /// Recorded as a delivery event, never a message.
    DeliveryEvent {
        /// Ticket of the mail reported on, when it was found.
        ticket: Option<i64>,
        /// Message of the ticket, when our id was found.
        message: Option<uuid::Uuid>,
        /// Outgoing mail, when the bounce address was found.
        outgoing: Option<uuid::Uuid>,
    },
    /// Our own mail came back: recorded and dropped.
    DropOwnLoop,
}

/// In whose name a mail is appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// Somebody who takes part in the ticket.
    Participant,
    /// A contact of the requester's organisation, added as a pending copy.
    OrganisationContact,
    /// The agent whom the token was issued to.
    Agent,
}

/// Why a mail is quarantined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineReason {
    /// A participant's address that fails authentication.
    ForgedParticipant,
    /// An out-of-office reply to nothing we know.
    OrphanAutoReply,
}

/// A decision with all its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threading {
    /// Where the mail goes.
    pub decision: Decision,
    /// Why, step by step.
    pub reasons: Vec<Reason>,
}
