//! What is kept about people, why, and for how long.

pub mod erasure;
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
    /// Tickets on paper.
    TicketPrints,
    /// Spent keys, tokens and challenges of sign-ins, and tries that failed.
    SignInLeftovers,
    /// Mailed links, after their end.
    MailedLinks,
    /// Copies of all that is kept about a person.
    PersonalExports,
    /// Papers of somebody's identity that were taken back.
    TakenPapers,
    /// Sessions, after their end.
    Sessions,
    /// Files and rows of imports.
    Imports,
    /// Runs of scheduled exports, with their files.
    TicketExports,
    /// Changes of many tickets, with what became of each.
    Bulks,
    /// Messages somebody began and never sent, after he last wrote on them.
    Drafts,
    /// Runs of automation rules.
    AutomationRuns,
    /// Deliveries of webhooks.
    WebhookDeliveries,
    /// What people were told besides their work.
    Notifications,
    /// Runs of retention.
    Runs,
    /// Browsers that nobody signed in with any more.
    Devices,
    /// Tries to sign in.
    LoginJournal,
    /// The log of text messages.
    Texts,
    /// Mails as they came in; what they said stays in their tickets.
    RawMails,
    /// Security alerts that somebody took note of.
    Alerts,
    /// Papers of somebody's identity, after the end of the customer or of what they proved.
    IdentityPapers,
    /// Fiscal documents and contracts, after the end of the customer.
    FiscalDocuments,
}

impl Timer {
    /// All of them, the shortest first.
    pub const ALL: [Self; 24] = [
        Self::Events,
        Self::LooseUploads,
        Self::MailboxTests,
        Self::TicketPrints,
        Self::SignInLeftovers,
        Self::MailedLinks,
        Self::PersonalExports,
        Self::TakenPapers,
        Self::Sessions,
        Self::Imports,
        Self::TicketExports,
        Self::Bulks,
        Self::Drafts,
        Self::AutomationRuns,
        Self::WebhookDeliveries,
        Self::Notifications,
        Self::Runs,
        Self::Devices,
        Self::LoginJournal,
        Self::RawMails,
        Self::Texts,
        Self::Alerts,
        Self::IdentityPapers,
        Self::FiscalDocuments,
    ];

    /// Name in the API and in the report.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::LooseUploads => "loose_uploads",
            Self::MailboxTests => "mailbox_tests",
            Self::TicketPrints => "ticket_prints",
            Self::SignInLeftovers => "sign_in_leftovers",
            Self::MailedLinks => "mailed_links",
            Self::PersonalExports => "personal_exports",
            Self::TakenPapers => "taken_papers",
            Self::Sessions => "sessions",
            Self::Imports => "imports",
            Self::TicketExports => "ticket_exports",
            Self::Bulks => "ticket_bulks",
            Self::Drafts => "ticket_drafts",
            Self::AutomationRuns => "automation_runs",
            Self::WebhookDeliveries => "webhook_deliveries",
            Self::Notifications => "notifications",
            Self::Runs => "retention_runs",
            Self::Devices => "known_devices",
            Self::LoginJournal => "login_journal",
            Self::Texts => "text_messages",
            Self::RawMails => "raw_mails",
            Self::Alerts => "security_alerts",
            Self::IdentityPapers => "identity_papers",
            Self::FiscalDocuments => "fiscal_documents",
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
            Self::Events | Self::LooseUploads | Self::MailboxTests | Self::TicketPrints | Self::SignInLeftovers => 1,
            Self::MailedLinks | Self::PersonalExports => 7,
            Self::Sessions
            | Self::Imports
            | Self::TicketExports
            | Self::Bulks
            | Self::Drafts
            | Self::AutomationRuns
            | Self::WebhookDeliveries
            | Self::TakenPapers => 30,
            Self::Notifications | Self::Runs => 90,
            // Algerian law 09-04, article 11: traffic data are kept for one year.
            Self::Devices | Self::LoginJournal | Self::RawMails => 365,
            // Long enough to hold a year's bill of the provider against it.
            Self::Texts => 400,
            Self::Alerts => 730,
            // As law 05-01, article 14, has it for those who must identify their customers.
            Self::IdentityPapers => 1826,
            // Commercial code, article 12: ten years.
            Self::FiscalDocuments => 3653,
        }
    }
}
