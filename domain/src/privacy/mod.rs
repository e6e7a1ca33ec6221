//! What is kept about people, why, and for how long.

mod export;
mod register;

use chrono::TimeDelta;

pub use export::Section;
pub use register::{Basis, Processing, REGISTER};

/// Something that is deleted when its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// Live events that browsers catch up with.
    Events,
    /// Uploads that no message used.
    LooseUploads,
    /// Checks of mailboxes with what they were given.
    MailboxTests,
    /// Spent keys, tokens and challenges of sign-ins, and tries that failed.
    SignInLeftovers,
    /// Mailed links, after their end.
    MailedLinks,
    /// Copies of all that is kept about a person.
    PersonalExports,
    /// Sessions, after their end.
    Sessions,
    /// Files and rows of imports.
    Imports,
    /// Changes of many tickets, with what became of each.
    Bulks,
    /// Deliveries of webhooks.
    WebhookDeliveries,
    /// Runs of retention.
    Runs,
    /// Browsers that nobody signed in with any more.
    Devices,
    /// Tries to sign in.
    LoginJournal,
    /// The log of text messages.
    Texts,
    /// Security alerts that somebody took note of.
    Alerts,
}

impl Timer {
    /// All of them, the shortest first.
    pub const ALL: [Self; 15] = [
        Self::Events,
        Self::LooseUploads,
        Self::MailboxTests,
        Self::SignInLeftovers,
        Self::MailedLinks,
        Self::PersonalExports,
        Self::Sessions,
        Self::Imports,
        Self::Bulks,
        Self::WebhookDeliveries,
        Self::Runs,
        Self::Devices,
        Self::LoginJournal,
        Self::Texts,
        Self::Alerts,
    ];

    /// Name in the API and in the report.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::LooseUploads => "loose_uploads",
            Self::MailboxTests => "mailbox_tests",
            Self::SignInLeftovers => "sign_in_leftovers",
            Self::MailedLinks => "mailed_links",
            Self::PersonalExports => "personal_exports",
            Self::Sessions => "sessions",
            Self::Imports => "imports",
            Self::Bulks => "ticket_bulks",
            Self::WebhookDeliveries => "webhook_deliveries",
            Self::Runs => "retention_runs",
            Self::Devices => "known_devices",
            Self::LoginJournal => "login_journal",
            Self::Texts => "text_messages",
            Self::Alerts => "security_alerts",
        }
    }

    /// How long it is kept.
    #[must_use]
    pub const fn period(self) -> TimeDelta {
        TimeDelta::days(self.days())
    }

    /// How long it is kept, in days.
    #[must_use]
    pub const fn days(self) -> i64 {
        match self {
            Self::Events | Self::LooseUploads | Self::MailboxTests | Self::SignInLeftovers => 1,
            Self::MailedLinks | Self::PersonalExports => 7,
            Self::Sessions | Self::Imports | Self::Bulks | Self::WebhookDeliveries => 30,
            Self::Runs => 90,
            // Algerian law 09-04, article 11: traffic data are kept for one year.
            Self::Devices | Self::LoginJournal => 365,
            // Long enough to hold a year's bill of the provider against it.
            Self::Texts => 400,
            Self::Alerts => 730,
        }
    }
}
