//! What may stand in messages, each with an example.

use super::{Kind, Variable};

const fn line(name: &'static str, sample: &'static str) -> Variable {
    Variable {
        name,
        kind: Kind::Line,
        sample,
        may_be_empty: false,
    }
}

const fn perhaps(name: &'static str, sample: &'static str) -> Variable {
    Variable {
        name,
        kind: Kind::Line,
        sample,
        may_be_empty: true,
    }
}

const fn number(name: &'static str, sample: &'static str) -> Variable {
    Variable {
        name,
        kind: Kind::Number,
        sample,
        may_be_empty: false,
    }
}

const fn link(name: &'static str, sample: &'static str) -> Variable {
    Variable {
        name,
        kind: Kind::Link,
        sample,
        may_be_empty: false,
    }
}

pub(super) const PERSON: Variable = perhaps("person.name", "Nadia Benali");
pub(super) const TICKET_NUMBER: Variable = number("ticket.number", "100001");
pub(super) const TICKET_SUBJECT: Variable = line("ticket.subject", "Serveur inaccessible");
pub(super) const TICKET_URL: Variable = link("ticket.url", "https://cloud.example.dz/t/0190");
/// The last day on which an answer is waited for, if the ticket is resolved without one.
pub(super) const RESOLVE_DATE: Variable = perhaps("resolve.date", "17/02/2026");
pub(super) const LIMIT: Variable = number("limit", "40");
pub(super) const SURVEY_URL: Variable = link("survey.url", "https://cloud.example.dz/survey#token=0190");
pub(super) const LINK_URL: Variable = link("link.url", "https://cloud.example.dz/open#token=0190");
pub(super) const LINK_LIFE: Variable = line("link.life", "24 h");
pub(super) const LOGIN_URL: Variable = link("login.url", "https://cloud.example.dz/login");
pub(super) const PAGE: Variable = link("page.url", "https://cloud.example.dz/page/0190");
pub(super) const RECOVERY: Variable = link("recovery.url", "https://cloud.example.dz/forgot-password");
pub(super) const INVITER: Variable = line("inviter.name", "Karim Haddad");
pub(super) const MEMBER: Variable = line("member.name", "Amine Cherif");
pub(super) const AUTHOR: Variable = line("author.name", "Karim Haddad");
pub(super) const MENTION_ABOUT: Variable = line("mention.about", "Serveur inaccessible (100001)");
pub(super) const CUSTOMER: Variable = line("customer.name", "SARL Exemple");
pub(super) const REASON: Variable = line("reason", "La photo du passeport est illisible.");
pub(super) const UNTIL: Variable = line("until", "2028-05-31");
pub(super) const ROLE: Variable = line("role.name", "technique");
pub(super) const DAYS: Variable = number("days", "7");
pub(super) const REMINDER_TICKET: Variable = line("reminder.ticket", "Serveur inaccessible (100001)");
pub(super) const REMINDER_NOTE: Variable = perhaps("reminder.note", "Rappeler le client");
pub(super) const EXPORT_NAME: Variable = line("export.name", "Tickets ouverts");
pub(super) const EXPORT_ROWS: Variable = number("export.rows", "128");
pub(super) const EXPORT_OWNER: Variable = perhaps("export.owner", "Karim Haddad");
pub(super) const EXPORT_REASON: Variable = line("export.reason", "il a échoué trois fois de suite");
pub(super) const ADDRESS: Variable = line("address", "amine@example.dz");
pub(super) const DEVICE_NAME: Variable = perhaps("device.name", "Firefox, Linux");
pub(super) const DEVICE_IP: Variable = perhaps("device.ip", "203.0.113.9");
pub(super) const CHANGE: Variable = line("change", "clé d’accès ajoutée");
pub(super) const PROVIDER: Variable = line("provider.name", "Exemple SSO");
pub(super) const CODE: Variable = number("code", "493027");
pub(super) const MINUTES: Variable = number("minutes", "5");
pub(super) const CLOCK: Variable = line("clock", "première réponse");
pub(super) const DUE: Variable = line("due", "2026-02-03 14:30 CET");
pub(super) const RATING: Variable = number("rating", "2");
pub(super) const RULE: Variable = line("rule.name", "Urgent la nuit");
pub(super) const MAILBOX_ADDRESS: Variable = line("mailbox.address", "support@example.dz");
pub(super) const MAILBOX_URL: Variable = link("mailbox.url", "https://cloud.example.dz/admin/mailboxes");
pub(super) const FAULT: Variable = perhaps("mailbox.fault", "invalid peer certificate: Expired");
pub(super) const JOB_KIND: Variable = line("job.kind", "send_mail");
pub(super) const JOB_QUEUE: Variable = line("job.queue", "mail_out");
pub(super) const JOB_COUNT: Variable = number("job.count", "3");
pub(super) const DISK_PLACE: Variable = line("disk.place", "/var/lib/cloudmanager/files");
pub(super) const DISK_FREE: Variable = number("disk.free", "812");
pub(super) const DISK_SHARE: Variable = number("disk.share", "3");
pub(super) const ALERT: Variable = line("alert.text", "Un point de réception de webhooks a été arrêté");
pub(super) const EVENT_NAME: Variable = line("event.name", "backup.failed");
pub(super) const EVENT_TITLE: Variable = perhaps("event.title", "La sauvegarde de la nuit a échoué");
pub(super) const FLOW_RECEIVED: Variable = number("flow.received", "420");
pub(super) const FLOW_AUTOMATIC: Variable = number("flow.automatic", "300");
pub(super) const FLOW_NORMAL: Variable = number("flow.normal", "25");
pub(super) const DIGEST_COUNT: Variable = number("digest.count", "2");
/// A line and an address for each piece of news.
pub(super) const DIGEST_LINES: Variable = Variable {
    name: "digest.lines",
    kind: Kind::Lines,
    sample: "Ticket 100001 : échéance proche\nhttps://cloud.example.dz/t/0190\n\nTicket 100002 : le client a écrit\nhttps://cloud.example.dz/t/0191",
    may_be_empty: false,
};
pub(super) const DIGEST_URL: Variable = link("digest.url", "https://cloud.example.dz/notifications");
pub(super) const NOTICE_LINE: Variable = line("notice.line", "Ticket 100001: overdue");
pub(super) const NOTICE_URL: Variable = link("notice.url", "https://cloud.example.dz/t/0190");
