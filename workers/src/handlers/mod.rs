//! One module for each concern, one function for each kind. Handlers are thin: outside work here, changes in `app`.

pub mod account_mail;
pub mod automation;
mod batches;
pub mod check_file;
pub(crate) mod check_mailbox;
pub mod clean_html;
pub(crate) mod fetch;
pub mod import;
pub mod mail_in;
pub mod mail_out;
pub mod maintenance;
pub mod news;
pub mod pictures;
pub mod print;
pub mod privacy;
pub mod reconcile;
pub mod sla;
pub mod sms_out;
mod source;
pub mod ticket_exports;
pub mod tickets;
pub mod watch;
pub mod webhooks;

use std::{path::PathBuf, sync::Arc};

use app::{App, AppError};
use integrations::{antivirus::Clamd, http::Outbound, mail::smtp::MailTransport, sms::SmsGateway};
use jobs::{
    AcknowledgeTicket, ChangeTickets, CheckCustomerImport, CheckFile, CheckSla, CleanHtml, CleanUp, DealTickets,
    DueDigests, DueTicketExports, EndHolds, ErasePerson, ExpireInvitations, ExpireKyc, ExportPerson, FetchPictures,
    FollowNews, FollowRules, GatherFacts, IndexTickets, LinkAudit, MakeTicketExport, MoveTag, Noop, Outcome,
    ProcessMail, RebindTickets, ReconcileMailbox, ReconcileMailboxes, RenderTicketPdf, RotateSigningKeys,
    RunCustomerImport, RunRule, SendAccountMail, SendDigest, SendMail, SendSms, SendWebhook, SurveyTicket, SweepMail,
    TellReminders, TellWebhooks, TendWaiting, TestMailbox, VerifyAudit, WatchMailFlow, WatchMailbox, WatchMailboxes,
    WatchSystem,
};

use crate::{JobContext, Registry};

/// What handlers need of the outside.
#[derive(Clone)]
pub struct Surroundings {
    /// Use cases.
    pub app: App,
    /// The way out for mail.
    pub transport: Arc<dyn MailTransport>,
    /// The way out for text messages, when there is one.
    pub sms: Option<Arc<dyn SmsGateway>>,
    /// The way out to addresses that people gave.
    pub outbound: Outbound,
    /// The virus scanner, when there is one.
    pub antivirus: Option<Clamd>,
    /// Certificate authority of IMAP servers, in PEM, besides the public ones.
    pub imap_ca: Option<PathBuf>,
}

impl std::fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings")
            .field("app", &self.app)
            .finish_non_exhaustive()
    }
}

/// A handler for every kind of the catalogue.
#[must_use]
pub fn registry(with: &Surroundings) -> Registry {
    macro_rules! handler {
        ($handler:path) => {{
            let with = with.clone();
            move |context: JobContext, job| {
                let with = with.clone();
                async move { $handler(&with, context, job).await }
            }
        }};
    }
    Registry::builder()
        .handle::<Noop, _, _>(maintenance::noop)
        .handle::<CheckCustomerImport, _, _>(handler!(import::check))
        .handle::<RunCustomerImport, _, _>(handler!(import::run))
        .handle::<ErasePerson, _, _>(handler!(privacy::erase))
        .handle::<ExportPerson, _, _>(handler!(privacy::export))
        .handle::<ExpireInvitations, _, _>(handler!(maintenance::expire_invitations))
        .handle::<ExpireKyc, _, _>(handler!(maintenance::expire_kyc))
        .handle::<RotateSigningKeys, _, _>(handler!(maintenance::rotate_signing_keys))
        .handle::<CleanHtml, _, _>(handler!(clean_html::run))
        .handle::<CleanUp, _, _>(handler!(maintenance::clean_up))
        .handle::<LinkAudit, _, _>(handler!(maintenance::link_audit))
        .handle::<VerifyAudit, _, _>(handler!(maintenance::verify_audit))
        .handle::<ProcessMail, _, _>(handler!(mail_in::process))
        .handle::<SweepMail, _, _>(handler!(mail_in::sweep))
        .handle::<AcknowledgeTicket, _, _>(handler!(mail_out::acknowledge))
        .handle::<SendAccountMail, _, _>(handler!(account_mail::send))
        .handle::<SendMail, _, _>(handler!(mail_out::send))
        .handle::<SendSms, _, _>(handler!(sms_out::send))
        .handle::<RenderTicketPdf, _, _>(handler!(print::ticket))
        .handle::<ChangeTickets, _, _>(handler!(tickets::change))
        .handle::<MoveTag, _, _>(handler!(tickets::move_tag))
        .handle::<SurveyTicket, _, _>(handler!(tickets::survey))
        .handle::<DealTickets, _, _>(handler!(tickets::deal))
        .handle::<FetchPictures, _, _>(handler!(pictures::fetch))
        .handle::<FollowNews, _, _>(handler!(news::follow))
        .handle::<DueDigests, _, _>(handler!(news::due))
        .handle::<SendDigest, _, _>(handler!(news::digest))
        .handle::<DueTicketExports, _, _>(handler!(ticket_exports::due))
        .handle::<MakeTicketExport, _, _>(handler!(ticket_exports::make))
        .handle::<EndHolds, _, _>(handler!(tickets::end_holds))
        .handle::<TellReminders, _, _>(handler!(tickets::remind))
        .handle::<TendWaiting, _, _>(handler!(tickets::tend_waiting))
        .handle::<FollowRules, _, _>(handler!(automation::follow))
        .handle::<GatherFacts, _, _>(handler!(tickets::gather))
        .handle::<IndexTickets, _, _>(handler!(tickets::index))
        .handle::<RunRule, _, _>(handler!(automation::run))
        .handle::<TellWebhooks, _, _>(handler!(webhooks::tell))
        .handle::<SendWebhook, _, _>(handler!(webhooks::send))
        .handle::<CheckFile, _, _>(handler!(check_file::check))
        .handle::<CheckSla, _, _>(handler!(sla::check))
        .handle::<RebindTickets, _, _>(handler!(sla::rebind))
        .handle::<ReconcileMailboxes, _, _>(handler!(reconcile::all))
        .handle::<ReconcileMailbox, _, _>(handler!(reconcile::one))
        .handle::<WatchMailboxes, _, _>(handler!(watch::all))
        .handle::<TestMailbox, _, _>(handler!(check_mailbox::run))
        .handle::<WatchMailFlow, _, _>(handler!(mail_out::watch_flow))
        .handle::<WatchMailbox, _, _>(handler!(watch::one))
        .handle::<WatchSystem, _, _>(handler!(news::watch))
        .build()
}

/// What a failed use case means for its job.
pub(crate) fn outcome_of(error: &AppError) -> Outcome {
    match error {
        // The subject is gone: nothing left to do.
        AppError::NotFound => Outcome::Done,
        other => Outcome::Retry(other.to_string()),
    }
}

/// No further attempt follows this outcome of work that failed: whoever waits for it has to be told.
pub(crate) fn is_over(context: &JobContext, outcome: &Outcome) -> bool {
    context.is_last_attempt() || !matches!(outcome, Outcome::Retry(_) | Outcome::Snooze(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_subject_ends_the_job_and_an_outage_repeats_it() {
        assert_eq!(outcome_of(&AppError::NotFound), Outcome::Done);
        assert!(matches!(
            outcome_of(&AppError::Unavailable("x".to_owned())),
            Outcome::Retry(_)
        ));
    }
}
