//! What there is to be told, and what may be chosen about it.

use crate::words::words;

words! {
    /// What a notification is about.
    Topic as "NotificationTopic" {
        /// About the safety of the account: new devices, changed passwords, lost factors.
        Security = "security",
        /// Staff answered a ticket one takes part in.
        TicketAnswered = "ticket_answered",
        /// A ticket that one opened was received.
        TicketReceived = "ticket_received",
        /// How satisfied somebody is with how his ticket was resolved.
        Survey = "survey",
        /// A ticket was given to somebody.
        TicketAssigned = "ticket_assigned",
        /// The customer wrote in somebody's ticket.
        CustomerMessage = "customer_message",
        /// A promise will soon be broken.
        SlaWarning = "sla_warning",
        /// A promise was broken, or its chain goes on.
        SlaBreach = "sla_breach",
        /// A customer is not satisfied with how his ticket was resolved.
        BadRating = "bad_rating",
        /// A colleague mentioned somebody in a note.
        Mention = "mention",
        /// A rule wants somebody to look.
        Rule = "rule",
        /// A mailbox gets far more mail than usual.
        MailFlow = "mail_flow",
        /// A mailbox has not been read for a while.
        MailboxFailing = "mailbox_failing",
        /// Jobs were given up.
        JobDead = "job_dead",
        /// The disk that files are kept on is nearly full.
        DiskLow = "disk_low",
        /// An alert was raised.
        SystemAlert = "system_alert",
        /// A program outside raised an event of its own.
        CustomEvent = "custom_event",
    }
}

words! {
    /// The way news takes.
    Channel as "NotificationChannel" {
        /// The notification centre.
        InApp = "in_app",
        /// Mail.
        Mail = "mail",
        /// Text message to the verified number.
        Sms = "sms",
    }
}

words! {
    /// When news is told.
    Delivery as "NotificationDelivery" {
        /// At once.
        Immediate = "immediate",
        /// Together with other news.
        Digest = "digest",
        /// Not at all.
        Off = "off",
    }
}

/// Whom a topic can concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    All,
    /// Customers.
    Customers,
    /// Staff.
    Staff,
}

impl Topic {
    /// Whom it can concern.
    #[must_use]
    pub const fn audience(self) -> Audience {
        match self {
            Self::Security => Audience::All,
            Self::TicketAnswered | Self::TicketReceived | Self::Survey => Audience::Customers,
            Self::TicketAssigned
            | Self::CustomerMessage
            | Self::SlaWarning
            | Self::SlaBreach
            | Self::BadRating
            | Self::Mention
            | Self::Rule
            | Self::MailFlow
            | Self::MailboxFailing
            | Self::JobDead
            | Self::DiskLow
            | Self::SystemAlert
            | Self::CustomEvent => Audience::Staff,
        }
    }

    /// Whether it concerns somebody of staff, or a customer.
    #[must_use]
    pub fn concerns(self, staff: bool) -> bool {
        match self.audience() {
            Audience::All => true,
            Audience::Customers => !staff,
            Audience::Staff => staff,
        }
    }

    /// It is told at any hour.
    #[must_use]
    pub const fn is_urgent(self) -> bool {
        matches!(self, Self::Security)
    }

    /// What may be chosen; what has one choice is as it is, and what has none does not go that way.
    #[must_use]
    pub const fn choices(self, channel: Channel) -> &'static [Delivery] {
        use Delivery::{Digest, Immediate, Off};
        match (self, channel) {
            // Whoever took over an account would switch them off first.
            (Self::Security, Channel::Mail) => &[Immediate],
            // The mail is the answer itself, not news of it.
            (Self::TicketAnswered, Channel::Mail) => &[Immediate],
            (Self::TicketReceived | Self::Survey, Channel::Mail) => &[Immediate, Off],
            (Self::Security | Self::TicketReceived | Self::Survey, Channel::InApp | Channel::Sms) => &[],
            (_, Channel::Mail) => &[Immediate, Digest, Off],
            (_, Channel::InApp | Channel::Sms) => &[Immediate, Off],
        }
    }

    /// What holds for whoever chose nothing.
    #[must_use]
    pub const fn usual(self, channel: Channel) -> Delivery {
        match (self, channel) {
            (Self::Security | Self::TicketReceived | Self::Survey, Channel::InApp) | (_, Channel::Sms) => Delivery::Off,
            // Whoever works with the desk sees both in its lists.
            (Self::TicketAssigned | Self::CustomerMessage, Channel::Mail) => Delivery::Off,
            _ => Delivery::Immediate,
        }
    }
}
