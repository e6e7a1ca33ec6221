//! The list of all messages: what each is for, how it goes out, what may and what has to stand in it, and the words it comes with,
//! which are the files beside this one, by key and language.

use super::{Category, Channel, Spec, Variable, variables as v};
use crate::words::words;

/// Makes the set of keys and their specifications out of one table, so that none is without the other.
macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident = $key:literal: $category:ident $channel:ident [$($variable:ident)*] needs [$($required:literal)*];)+) => {
        words! {
            /// Every message there is.
            Message as "MessageKey" {
                $($(#[$doc])* $name = $key),+
            }
        }

        impl Message {
            /// What may stand in it, and the words it comes with.
            #[must_use]
            pub const fn spec(self) -> &'static Spec {
                match self {
                    $(Self::$name => {
                        const VARIABLES: &[Variable] = &[$(v::$variable),*];
                        const SPEC: &Spec = &Spec {
                            category: Category::$category,
                            channel: Channel::$channel,
                            variables: VARIABLES,
                            required: &[$($required),*],
                            texts: [
                                include_str!(concat!("texts/", $key, ".fr.txt")),
                                include_str!(concat!("texts/", $key, ".en.txt")),
                                include_str!(concat!("texts/", $key, ".ar.txt")),
                            ],
                        };
                        SPEC
                    }),+
                }
            }
        }
    };
}

messages! {
    /// The mail has arrived. Nothing the sender wrote may stand in it: nobody proved that he is who he says.
    Acknowledgement = "acknowledgement": Tickets Mail [TICKET_NUMBER TICKET_URL] needs ["ticket.url"];
    /// The mail was too large to be read.
    MailTooLarge = "mail_too_large": Tickets Mail [TICKET_NUMBER TICKET_URL LIMIT] needs ["ticket.url"];
    /// How satisfied is the customer? Each rating has the address with `&rating=` and its number after it.
    Survey = "survey": Tickets Mail [TICKET_NUMBER SURVEY_URL] needs ["survey.url"];
    /// An answer of the requester is waited for. Nothing he wrote may stand in it.
    WaitingReminder = "waiting_reminder": Tickets Mail [TICKET_NUMBER TICKET_URL RESOLVE_DATE] needs ["ticket.url"];

    /// Proves the address of a new account.
    VerifyAddress = "verify_address": Accounts Mail [PERSON LINK_URL LINK_LIFE] needs ["link.url"];
    /// Signs in.
    SignInLink = "sign_in_link": Accounts Mail [PERSON LINK_URL LINK_LIFE] needs ["link.url"];
    /// Sets a new password.
    ResetPassword = "reset_password": Accounts Mail [PERSON LINK_URL LINK_LIFE] needs ["link.url"];
    /// Joins the product.
    Invitation = "invitation": Accounts Mail [PERSON LINK_URL LINK_LIFE] needs ["link.url"];
    /// Proves the new address of an account.
    ChangeAddress = "change_address": Accounts Mail [PERSON LINK_URL LINK_LIFE] needs ["link.url"];
    /// Somebody wanted an account with an address that has one.
    AccountExists = "account_exists": Accounts Mail [PERSON LOGIN_URL] needs ["login.url"];
    /// The account is open.
    Welcome = "welcome": Accounts Mail [PERSON LOGIN_URL] needs ["login.url"];
    /// Act for a customer.
    MemberInvited = "member_invited": Accounts Mail [PERSON INVITER CUSTOMER ROLE LINK_URL DAYS] needs ["link.url"];
    /// Somebody whom he invited acts for the customer now.
    MemberJoined = "member_joined": Accounts Mail [PERSON MEMBER CUSTOMER ROLE PAGE] needs [];
    /// He acts for a customer no longer.
    MemberRemoved = "member_removed": Accounts Mail [PERSON CUSTOMER] needs ["customer.name"];
    /// He has another role for a customer.
    MemberRoleChanged = "member_role_changed": Accounts Mail [PERSON CUSTOMER ROLE PAGE] needs ["role.name"];
    /// Data of a customer that papers prove were changed.
    IdentityOutdated = "identity_outdated": Accounts Mail [PERSON CUSTOMER PAGE] needs ["page.url"];
    /// The identity of a customer was verified.
    IdentityApproved = "identity_approved": Accounts Mail [PERSON CUSTOMER UNTIL PAGE] needs ["until"];
    /// It was not.
    IdentityRejected = "identity_rejected": Accounts Mail [PERSON CUSTOMER REASON PAGE] needs ["reason"];
    /// What was to renew a verification was refused.
    IdentityRenewalRejected = "identity_renewal_rejected": Accounts Mail [PERSON CUSTOMER REASON UNTIL PAGE] needs ["reason" "until"];
    /// A reviewer needs more papers.
    IdentityMoreAsked = "identity_more_asked": Accounts Mail [PERSON CUSTOMER REASON PAGE] needs ["reason" "page.url"];
    /// A verification was taken back.
    IdentityRevoked = "identity_revoked": Accounts Mail [PERSON CUSTOMER REASON PAGE] needs ["reason"];
    /// A verification ends soon.
    IdentityExpiring = "identity_expiring": Accounts Mail [PERSON CUSTOMER UNTIL PAGE] needs ["until" "page.url"];
    /// A verification has ended.
    IdentityExpired = "identity_expired": Accounts Mail [PERSON CUSTOMER PAGE] needs ["page.url"];
    /// He asked to be erased.
    ErasureAsked = "erasure_asked": Accounts Mail [PERSON DAYS PAGE] needs ["page.url"];
    /// He is being erased.
    ErasureBegun = "erasure_begun": Accounts Mail [PERSON] needs [];
    /// A copy of all that is kept about a person can be opened.
    ExportReady = "export_ready": Accounts Mail [PERSON DAYS PAGE] needs ["page.url"];
    /// What he wanted to be reminded of is due.
    Reminder = "reminder": Accounts Mail [PERSON REMINDER_TICKET REMINDER_NOTE PAGE] needs ["page.url"];
    /// An export of tickets that is mailed again and again, with its file.
    TicketExport = "ticket_export": Accounts Mail [PERSON EXPORT_NAME EXPORT_ROWS EXPORT_OWNER DAYS PAGE] needs ["page.url"];
    /// The same without its file, which would be too large for a mail.
    TicketExportLink = "ticket_export_link": Accounts Mail [PERSON EXPORT_NAME EXPORT_ROWS EXPORT_OWNER DAYS PAGE] needs ["page.url"];
    /// An export of his stopped by itself.
    TicketExportStopped = "ticket_export_stopped": Accounts Mail [PERSON EXPORT_NAME EXPORT_REASON PAGE] needs ["page.url"];

    /// The password was changed.
    PasswordChanged = "password_changed": Security Mail [PERSON RECOVERY] needs ["recovery.url"];
    /// The address was changed; goes to the old one.
    AddressChanged = "address_changed": Security Mail [PERSON ADDRESS RECOVERY] needs ["address" "recovery.url"];
    /// Somebody asked for another address; goes to the present one.
    AddressChangeAsked = "address_change_asked": Security Mail [PERSON ADDRESS RECOVERY] needs ["address" "recovery.url"];
    /// A login with a browser not seen before.
    NewDevice = "new_device": Security Mail [PERSON DEVICE_NAME DEVICE_IP RECOVERY] needs ["recovery.url"];
    /// A session was ended because its token was used twice.
    SessionReplayed = "session_replayed": Security Mail [PERSON DEVICE_NAME RECOVERY] needs ["recovery.url"];
    /// The right password was given, and then wrong codes.
    FactorFailed = "factor_failed": Security Mail [PERSON DEVICE_IP RECOVERY] needs ["recovery.url"];
    /// Second factors were added, removed or used up.
    FactorsChanged = "factors_changed": Security Mail [PERSON CHANGE RECOVERY] needs ["change" "recovery.url"];
    /// A provider that one signs in with was linked.
    IdentityLinked = "identity_linked": Security Mail [PERSON PROVIDER RECOVERY] needs ["provider.name" "recovery.url"];
    /// A provider that one signs in with was unlinked.
    IdentityUnlinked = "identity_unlinked": Security Mail [PERSON PROVIDER RECOVERY] needs ["provider.name" "recovery.url"];
    /// A code to sign in with.
    SmsCode = "sms_code": Security Sms [CODE MINUTES] needs ["code"];

    /// A ticket was given to the reader.
    TicketAssigned = "ticket_assigned": Notifications Mail [TICKET_NUMBER TICKET_SUBJECT TICKET_URL] needs ["ticket.url"];
    /// The customer wrote in the reader's ticket.
    CustomerMessage = "customer_message": Notifications Mail [TICKET_NUMBER TICKET_SUBJECT TICKET_URL] needs ["ticket.url"];
    /// Staff answered; told in the centre and by text message, for the answer itself is mailed.
    TicketAnswered = "ticket_answered": Notifications Mail [TICKET_NUMBER TICKET_SUBJECT TICKET_URL] needs ["ticket.url"];
    /// A promise will soon be broken.
    SlaWarning = "sla_warning": Notifications Mail [TICKET_NUMBER TICKET_SUBJECT TICKET_URL CLOCK DUE] needs ["ticket.url"];
    /// A promise was broken, or its chain goes on.
    SlaBreach = "sla_breach": Notifications Mail [TICKET_NUMBER TICKET_SUBJECT TICKET_URL CLOCK DUE] needs ["ticket.url"];
    /// A customer is not satisfied with how his ticket was resolved. Nothing that he wrote goes with it.
    BadRating = "bad_rating": Notifications Mail [TICKET_NUMBER TICKET_SUBJECT TICKET_URL RATING] needs ["ticket.url"];
    /// A colleague mentioned the reader in a note about a ticket or a customer. Nothing that the note says goes with it.
    Mentioned = "mentioned": Notifications Mail [AUTHOR MENTION_ABOUT PAGE] needs ["page.url"];
    /// A rule wants somebody to look.
    Rule = "rule": Notifications Mail [TICKET_NUMBER TICKET_SUBJECT TICKET_URL RULE] needs ["ticket.url"];
    /// A mailbox gets far more mail than usual.
    MailFlow = "mail_flow": Notifications Mail [MAILBOX_ADDRESS MAILBOX_URL FLOW_RECEIVED FLOW_AUTOMATIC FLOW_NORMAL] needs [];
    /// A mailbox has not been read for a while.
    MailboxFailing = "mailbox_failing": Notifications Mail [MAILBOX_ADDRESS MAILBOX_URL FAULT] needs ["mailbox.url"];
    /// Jobs were given up after their last try.
    JobDead = "job_dead": Notifications Mail [JOB_KIND JOB_QUEUE JOB_COUNT PAGE] needs ["page.url"];
    /// The disk that files are kept on is nearly full.
    DiskLow = "disk_low": Notifications Mail [DISK_PLACE DISK_FREE DISK_SHARE PAGE] needs ["page.url"];
    /// An alert was raised.
    SystemAlert = "system_alert": Notifications Mail [ALERT PAGE] needs ["page.url"];
    /// A program outside raised an event of its own.
    CustomEvent = "custom_event": Notifications Mail [EVENT_NAME EVENT_TITLE PAGE] needs ["page.url"];
    /// News that waited for its hour.
    Digest = "digest": Notifications Mail [PERSON DIGEST_COUNT DIGEST_LINES DIGEST_URL] needs ["digest.lines"];
    /// News by text message.
    NoticeSms = "notice_sms": Notifications Sms [NOTICE_LINE NOTICE_URL] needs ["notice.line"];
}
