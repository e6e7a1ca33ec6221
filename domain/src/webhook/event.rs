//! The events that programs outside may be told, and what each tells. `docs/WEBHOOKS.md` shows an example of each; a payload holds
//! what stands here and nothing else: no text of a message, no address, no name.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use uuid::Uuid;

macro_rules! event_types {
    ($($(#[doc = $doc:literal])* $name:ident $key:literal,)*) => {
        /// A kind of event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EventType {
            $($(#[doc = $doc])* $name,)*
        }

        impl EventType {
            /// All of them, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Name in payloads and in the API: `subject.verb`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }
        }
    };
}

event_types! {
    /// A ticket was opened.
    TicketCreated "ticket.created",
    /// State, priority, assignee, group, category, subject, tags of a ticket changed, or what it is about.
    TicketUpdated "ticket.updated",
    /// A customer wrote, or staff answered. Notes and held messages are told to nobody.
    MessageCreated "message.created",
    /// A promise of a ticket will soon be broken.
    SlaWarning "ticket.sla_warning",
    /// A promise of a ticket was broken.
    SlaBreached "ticket.sla_breached",
    /// A ticket was escalated.
    SlaEscalated "ticket.sla_escalated",
    /// A customer rated how his ticket was resolved, or changed his rating.
    TicketRated "ticket.rated",
    /// Somebody of a customer's looked at answers in the portal.
    TicketViewed "ticket.viewed",
    /// A customer was made.
    CustomerCreated "customer.created",
    /// Something of a customer changed.
    CustomerUpdated "customer.updated",
    /// Somebody opened an account.
    UserRegistered "user.registered",
    /// A security alert was raised.
    SecurityAlert "security_alert.raised",
    /// A rule told endpoints about a ticket.
    AutomationTriggered "automation.triggered",
    /// A program outside raised an event of its own.
    CustomRaised "custom.raised",
    /// Sent by hand, to see whether an endpoint answers.
    Test "webhook.test",
}

impl EventType {
    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// Endpoints choose it; the test comes to all.
    #[must_use]
    pub const fn is_chosen(self) -> bool {
        !matches!(self, Self::Test)
    }

    /// What a live event is to the outside. `action` is what a change of a customer is called in the trail.
    #[must_use]
    pub fn of_live(kind: &str, action: Option<&str>) -> Option<Self> {
        match (kind, action) {
            ("customer.updated", Some("customer.create")) => Some(Self::CustomerCreated),
            _ => Self::from_name(kind).filter(|known| known.is_chosen()),
        }
    }
}

/// A ticket, as it stood when the event was made ready. `version` puts two events of one ticket in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TicketFacts {
    /// Id.
    pub id: Uuid,
    /// Number people use.
    pub number: i64,
    /// Subject.
    pub subject: String,
    /// State.
    pub state: String,
    /// Priority.
    pub priority: String,
    /// Assigned agent.
    pub assignee_id: Option<Uuid>,
    /// Support group.
    pub group_id: Uuid,
    /// Category.
    pub category_id: Option<Uuid>,
    /// Customer it belongs to.
    pub customer_id: Option<Uuid>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Raised by each change.
    pub version: i32,
}

/// A field of a ticket that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// `state`, `priority`, `assignee`, `group`, `category`, `subject`, `tags` or `related` (order, service, invoice).
    pub field: &'static str,
    /// What it was, for state and priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it became, for state and priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl FieldChange {
    /// What a line of a ticket's history tells to the outside, if anything.
    #[must_use]
    pub fn of_history(kind: &str, data: &serde_json::Value) -> Option<Self> {
        let word = |name: &str| data.get(name).and_then(|value| value.as_str()).map(str::to_owned);
        let told = |field| Self {
            field,
            from: word("from"),
            to: word("to"),
        };
        let silent = |field| Self {
            field,
            from: None,
            to: None,
        };
        match kind {
            "state_changed" => Some(told("state")),
            "priority_changed" => Some(told("priority")),
            "assigned" => Some(silent("assignee")),
            "group_changed" => Some(silent("group")),
            "category_changed" => Some(silent("category")),
            "subject_changed" => Some(silent("subject")),
            "tags_changed" => Some(silent("tags")),
            "related_changed" => Some(silent("related")),
            _ => None,
        }
    }
}

/// A public message of a ticket; its text is fetched over the API by whoever may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessageFacts {
    /// Id.
    pub id: Uuid,
    /// Staff wrote it.
    pub from_staff: bool,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Something that is known by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Id.
    pub id: Uuid,
}

/// A security alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlertFacts {
    /// Id.
    pub id: Uuid,
    /// What happened, in one word.
    pub kind: String,
    /// How bad it is.
    pub severity: String,
}

/// An event that a program outside raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CustomFacts {
    /// Id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What it says to people; empty for nothing.
    pub title: String,
    /// Its facts.
    pub data: serde_json::Value,
}

/// What an event tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Data {
    /// A ticket with what changed.
    Ticket {
        /// The ticket.
        ticket: TicketFacts,
        /// What changed, in order.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        changes: Vec<FieldChange>,
    },
    /// A message of a ticket.
    Message {
        /// The ticket.
        ticket: TicketFacts,
        /// The message.
        message: MessageFacts,
    },
    /// A clock of a ticket.
    Clock {
        /// The ticket.
        ticket: TicketFacts,
        /// `first_response`, `next_response` or `resolution`.
        clock: String,
    },
    /// What a customer thinks of a resolution. What he wrote is not told.
    Rating {
        /// The ticket.
        ticket: TicketFacts,
        /// 1 to 5.
        rating: i16,
    },
    /// Answers that somebody of a customer's looked at.
    View {
        /// The ticket.
        ticket: TicketFacts,
        /// His account.
        user: Named,
    },
    /// A ticket that a rule told about.
    Rule {
        /// The ticket.
        ticket: TicketFacts,
        /// The rule.
        rule: Named,
    },
    /// An event that a program outside raised, as it raised it; with the ticket that it is about.
    Custom {
        /// The event.
        event: CustomFacts,
        /// The ticket.
        #[serde(skip_serializing_if = "Option::is_none")]
        ticket: Option<TicketFacts>,
    },
    /// A customer.
    Customer {
        /// The customer.
        customer: Named,
    },
    /// An account.
    User {
        /// The account.
        user: Named,
    },
    /// A security alert.
    Alert {
        /// The alert.
        alert: AlertFacts,
    },
    /// The test.
    Test {
        /// The endpoint that is tried.
        endpoint: Named,
    },
}

/// The body of a delivery. It is made once and kept, so every try sends the same bytes.
///
/// # Errors
/// Not in practice: everything in it has a form in JSON.
pub fn body(kind: EventType, at: DateTime<Utc>, data: &Data) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    struct Body<'a> {
        r#type: &'a str,
        timestamp: String,
        data: &'a Data,
    }
    serde_json::to_string(&Body {
        r#type: kind.as_str(),
        timestamp: at.to_rfc3339_opts(SecondsFormat::Millis, true),
        data,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn live_events_become_public_ones_or_stay_inside() {
        assert_eq!(
            EventType::of_live("ticket.created", None),
            Some(EventType::TicketCreated)
        );
        let created = EventType::of_live("customer.updated", Some("customer.create"));
        assert_eq!(created, Some(EventType::CustomerCreated));
        let edited = EventType::of_live("customer.updated", Some("customer.edit"));
        assert_eq!(edited, Some(EventType::CustomerUpdated));
        for inside in ["session.revoked", "mailbox.updated", "webhook.test", "mention.made"] {
            assert_eq!(EventType::of_live(inside, None), None, "{inside}");
        }
    }

    #[test]
    fn names_are_unique_and_found_again() {
        for one in EventType::ALL {
            assert_eq!(EventType::from_name(one.as_str()), Some(*one));
        }
        assert_eq!(EventType::from_name("ticket.deleted"), None);
    }

    #[test]
    fn a_change_tells_words_of_the_product_and_no_names() {
        let moved = FieldChange::of_history(
            "state_changed",
            &json!({ "from": "open", "to": "resolved", "reason": "x" }),
        );
        assert_eq!(
            serde_json::to_value(moved).unwrap(),
            json!({ "field": "state", "from": "open", "to": "resolved" })
        );
        let given = FieldChange::of_history("assigned", &json!({ "from": "Ana", "to": "Karim" }));
        assert_eq!(serde_json::to_value(given).unwrap(), json!({ "field": "assignee" }));
        assert_eq!(FieldChange::of_history("created", &json!({})), None);
    }

    #[test]
    fn a_body_holds_type_time_and_data() {
        let id = Uuid::from_u128(7);
        let at = DateTime::from_timestamp(0, 0).unwrap();
        let data = Data::User { user: Named { id } };
        let made = body(EventType::UserRegistered, at, &data).unwrap();
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&made).unwrap(),
            json!({ "type": "user.registered", "timestamp": "1970-01-01T00:00:00.000Z", "data": { "user": { "id": id } } })
        );
    }
}
