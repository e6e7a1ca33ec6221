//! Job arguments and the seam between those who enqueue work and those who run it.
//!
//! A job is a small serialisable struct, one file each, listed in [`catalog`]. It carries ids, never copies of rows.
//! This crate knows neither PostgreSQL nor Redis: the ledger that stores jobs lives in `store`, the transport in
//! `queue`, the handlers in `workers`.

pub mod acknowledge_ticket;
pub mod catalog;
pub mod change_tickets;
pub mod check_file;
pub mod check_sla;
pub mod clean_html;
pub mod clean_up;
pub mod deal_tickets;
pub mod end_holds;
pub mod erase_person;
pub mod expire_invitations;
pub mod expire_kyc;
pub mod export_person;
pub mod fetch_pictures;
pub mod follow_news;
pub mod follow_rules;
pub mod gather_facts;
pub mod import_customers;
pub mod index_tickets;
mod job;
pub mod link_audit;
pub mod make_ticket_export;
pub mod move_tag;
mod new_job;
pub mod noop;
mod outcome;
pub mod process_mail;
mod queue;
pub mod rebind_tickets;
pub mod reconcile_mailbox;
pub mod reconcile_mailboxes;
pub mod render_ticket_pdf;
pub mod rotate_signing_keys;
pub mod run_rule;
pub mod send_account_mail;
pub mod send_digest;
pub mod send_mail;
pub mod send_sms;
pub mod send_webhook;
mod signals;
pub mod survey_ticket;
pub mod sweep_mail;
pub mod tell_reminders;
pub mod tell_webhooks;
pub mod tend_waiting;
pub mod test_mailbox;
pub mod verify_audit;
pub mod watch_mail_flow;
pub mod watch_mailbox;
pub mod watch_mailboxes;
pub mod watch_system;

pub use acknowledge_ticket::AcknowledgeTicket;
pub use catalog::{Entry, entry};
pub use change_tickets::ChangeTickets;
pub use check_file::CheckFile;
pub use check_sla::CheckSla;
pub use clean_html::CleanHtml;
pub use clean_up::CleanUp;
pub use deal_tickets::DealTickets;
pub use end_holds::EndHolds;
pub use erase_person::ErasePerson;
pub use expire_invitations::ExpireInvitations;
pub use expire_kyc::ExpireKyc;
pub use export_person::ExportPerson;
pub use fetch_pictures::FetchPictures;
pub use follow_news::FollowNews;
pub use follow_rules::FollowRules;
pub use gather_facts::GatherFacts;
pub use import_customers::{CheckCustomerImport, RunCustomerImport};
pub use index_tickets::IndexTickets;
pub use job::{Job, default_backoff};
pub use link_audit::LinkAudit;
pub use make_ticket_export::{DueTicketExports, MakeTicketExport};
pub use move_tag::MoveTag;
pub use new_job::{EncodeError, NewJob};
pub use noop::Noop;
pub use outcome::Outcome;
pub use process_mail::ProcessMail;
pub use queue::{Priority, Queue, UnknownQueue};
pub use rebind_tickets::RebindTickets;
pub use reconcile_mailbox::ReconcileMailbox;
pub use reconcile_mailboxes::ReconcileMailboxes;
pub use render_ticket_pdf::RenderTicketPdf;
pub use rotate_signing_keys::RotateSigningKeys;
pub use run_rule::RunRule;
pub use send_account_mail::SendAccountMail;
pub use send_digest::{DueDigests, SendDigest};
pub use send_mail::SendMail;
pub use send_sms::SendSms;
pub use send_webhook::SendWebhook;
pub use signals::{NoSignals, Signals};
pub use survey_ticket::SurveyTicket;
pub use sweep_mail::SweepMail;
pub use tell_reminders::TellReminders;
pub use tell_webhooks::TellWebhooks;
pub use tend_waiting::TendWaiting;
pub use test_mailbox::TestMailbox;
pub use verify_audit::VerifyAudit;
pub use watch_mail_flow::WatchMailFlow;
pub use watch_mailbox::WatchMailbox;
pub use watch_mailboxes::WatchMailboxes;
pub use watch_system::WatchSystem;

/// The record a job works on; shown to operators and used to route progress events to those who may see it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Subject {
    /// Entity name in snake case, such as `ticket` or `mail`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Id of that entity.
    pub id: uuid::Uuid,
}

impl Subject {
    /// A subject of entity `kind` with id `id`.
    pub fn new(kind: impl Into<String>, id: uuid::Uuid) -> Self {
        Self { kind: kind.into(), id }
    }
}
