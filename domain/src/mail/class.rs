//! What an incoming mail is: written by a person, or by which kind of machine, with the headers that say so.

use serde::{Deserialize, Serialize};

use super::facts::MailFacts;
use super::note::Code;
use super::report::{DeliveryOutcome, ReportKind};
use crate::words::words;

words! {
    /// The class of an incoming mail.
    MailClass {
        /// Written by a person as far as can be told.
        Human = "human",
        /// An automatic reply or notice.
        AutoReply = "auto_reply",
        /// An out-of-office reply.
        Ooo = "ooo",
        /// A mailing list or bulk mail.
        Bulk = "bulk",
        /// A delivery failed for good.
        DsnFailed = "dsn_failed",
        /// A delivery is late.
        DsnDelayed = "dsn_delayed",
        /// A delivery succeeded.
        DsnSuccess = "dsn_success",
        /// A read receipt.
        Mdn = "mdn",
        /// An abuse report.
        Arf = "arf",
        /// A mail that we sent ourselves.
        OwnLoop = "own_loop",
    }
}

impl MailClass {
    /// Whether the mail is a report about another mail: a delivery event, never a message.
    #[must_use]
    pub const fn is_report(self) -> bool {
        matches!(
            self,
            Self::DsnFailed | Self::DsnDelayed | Self::DsnSuccess | Self::Mdn | Self::Arf
        )
    }
}

/// One header that speaks for the class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Field name; empty when it rests on no header.
    pub header: String,
    /// Its value, shortened to 200 characters.
    pub value: String,
    /// What it means.
    pub meaning: Code,
}

impl Evidence {
    /// Evidence of a header value.
    #[must_use]
    pub fn new(header: &str, value: &str, meaning: Code) -> Self {
        Self {
            header: header.to_owned(),
            value: value.chars().take(200).collect(),
            meaning,
        }
    }

    /// Something that no header says.
    #[must_use]
    pub const fn known(meaning: Code) -> Self {
        Self {
            header: String::new(),
            value: String::new(),
            meaning,
        }
    }
}

/// A class and the headers it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classified {
    /// The class.
    pub class: MailClass,
    /// Every header that was considered to speak for automation; empty for a plain human mail.
    pub evidence: Vec<Evidence>,
}

/// Header that our own mails carry; its value starts with the instance id and may end in `; hops=n`.
pub const INSTANCE_HEADER: &str = "X-CloudManager-Instance";

/// How often a mail passed through an installation, read from the instance header; 0 without one.
#[must_use]
pub fn hops(facts: &MailFacts) -> u32 {
    let hop = |value: &str| {
        value
            .split(';')
            .find_map(|p| p.trim().strip_prefix("hops="))
            .and_then(|n| n.trim().parse().ok())
    };
    facts
        .headers
        .all(INSTANCE_HEADER)
        .map(|value| hop(value).unwrap_or(1))
        .max()
        .unwrap_or(0)
}

/// Classifies a mail. `instance` is the private id of this installation.
#[must_use]
pub fn classify(facts: &MailFacts, instance: &str) -> Classified {
    let mut found = Vec::new();
    for value in facts.headers.all(INSTANCE_HEADER) {
        let own = !instance.is_empty() && value.split(';').next().is_some_and(|id| id.trim() == instance);
        if own && facts.report.is_none() {
            found.push(Evidence::new(INSTANCE_HEADER, value, Code::OwnInstallation));
            return Classified {
                class: MailClass::OwnLoop,
                evidence: found,
            };
        }
        found.push(Evidence::new(INSTANCE_HEADER, value, Code::OtherInstallation));
    }
    let other_instance = !found.is_empty();
    if let Some(class) = report_class(facts, &mut found) {
        return Classified { class, evidence: found };
    }
    let (auto, ooo) = automatic(facts, &mut found);
    let bulk = bulk(facts, &mut found);
    // A robot that forgets RFC 3834 still has a robot's address; but such an address alone is a shop's order mail.
    let class = if ooo {
        MailClass::Ooo
    } else if auto || other_instance {
        MailClass::AutoReply
    } else if bulk {
        MailClass::Bulk
    } else {
        MailClass::Human
    };
    Classified { class, evidence: found }
}

fn report_class(facts: &MailFacts, found: &mut Vec<Evidence>) -> Option<MailClass> {
    let report = facts.report.as_ref()?;
    let how = if report.standard {
        Code::ReportMediaType
    } else {
        Code::LooksLikeBounce
    };
    found.push(Evidence::new("Content-Type", &facts.content_type, how));
    for recipient in report.recipients.iter().take(5) {
        let address = recipient.final_recipient.as_deref().unwrap_or_default();
        let line = format!("{address} {} {}", recipient.action, recipient.status);
        found.push(Evidence::new("Final-Recipient", line.trim(), Code::ReportSays));
    }
    Some(match (report.kind, report.outcome()) {
        (ReportKind::Mdn, _) => MailClass::Mdn,
        (ReportKind::Arf, _) => MailClass::Arf,
        (ReportKind::Dsn, DeliveryOutcome::Delivered) => MailClass::DsnSuccess,
        (ReportKind::Dsn, DeliveryOutcome::Delayed) => MailClass::DsnDelayed,
        (ReportKind::Dsn, _) => MailClass::DsnFailed,
    })
}

/// Headers of automatic answers; the second value tells an out-of-office apart.
fn automatic(facts: &MailFacts, found: &mut Vec<Evidence>) -> (bool, bool) {
    let headers = &facts.headers;
    let (mut auto, mut replied) = (false, false);
    for value in headers.all("Auto-Submitted") {
        let keyword = value
            .trim_start()
            .split([';', ' ', '('])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        if !keyword.is_empty() && keyword != "no" {
            auto = true;
            replied |= keyword == "auto-replied";
            found.push(Evidence::new("Auto-Submitted", value, Code::SentByMachine));
        }
    }
    for name in [
        "X-Autoreply",
        "X-Autorespond",
        "X-Autoresponder",
        "X-Auto-Reply-From",
        "X-AutoReply-From",
        "X-Mail-Autoreply",
    ] {
        for value in headers.all(name).filter(|v| !v.trim().eq_ignore_ascii_case("no")) {
            (auto, replied) = (true, true);
            found.push(Evidence::new(name, value, Code::AutoResponder));
        }
    }
    for value in headers
        .all("Precedence")
        .filter(|v| v.trim().eq_ignore_ascii_case("auto_reply"))
    {
        (auto, replied) = (true, true);
        found.push(Evidence::new("Precedence", value, Code::AutoResponder));
    }
    let mut vacation = false;
    for (name, value) in [
        ("X-MS-Exchange-Inbox-Rules-Loop", None),
        ("X-Vacation", None),
        ("X-MS-Exchange-Generated-Message-Source", Some("ooo")),
    ] {
        for seen in headers
            .all(name)
            .filter(|seen| value.is_none_or(|v| seen.to_ascii_lowercase().contains(v)))
        {
            (auto, vacation) = (true, true);
            found.push(Evidence::new(name, seen, Code::MailboxRule));
        }
    }
    if is_ooo_subject(&facts.subject) {
        let known = vacation || replied || facts.envelope.return_path.as_deref() == Some("");
        if known {
            found.push(Evidence::new("Subject", &facts.subject, Code::OutOfOfficeWords));
            return (true, true);
        }
    }
    (auto, vacation)
}

fn bulk(facts: &MailFacts, found: &mut Vec<Evidence>) -> bool {
    let before = found.len();
    for value in facts.headers.all("Precedence") {
        if matches!(value.trim().to_ascii_lowercase().as_str(), "bulk" | "list" | "junk") {
            found.push(Evidence::new("Precedence", value, Code::BulkMail));
        }
    }
    if let Some(line) = facts.headers.with_prefix("List-").next() {
        found.push(Evidence::new(&line.name, &line.value, Code::MailingList));
    }
    for name in [
        "Feedback-ID",
        "X-Campaign",
        "X-Campaign-Id",
        "X-CampaignID",
        "X-Mailchimp-Campaign-Id",
        "X-MC-User",
    ] {
        if let Some(value) = facts.headers.get(name) {
            found.push(Evidence::new(name, value, Code::CampaignMail));
        }
    }
    found.len() > before
}

/// Starts of out-of-office subjects in the languages our customers' correspondents use, lower case.
const OOO_SUBJECTS: [&str; 26] = [
    "out of office",
    "out of the office",
    "automatic reply",
    "auto reply",
    "autoreply",
    "auto-reply",
    "auto response",
    "autoresponse",
    "on vacation",
    "away from",
    "réponse automatique",
    "reponse automatique",
    "absence du bureau",
    "absent du bureau",
    "message d'absence",
    "réponse d'absence",
    "abwesenheit",
    "automatische antwort",
    "automatisch antwoord",
    "respuesta automática",
    "fuera de la oficina",
    "risposta automatica",
    "resposta automática",
    "رد تلقائي",
    "الرد التلقائي",
    "خارج المكتب",
];

fn is_ooo_subject(subject: &str) -> bool {
    let subject = subject.trim().to_lowercase().replace('’', "'");
    OOO_SUBJECTS.iter().any(|start| subject.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::super::facts::HeaderLine;
    use super::super::report::{Report, ReportRecipient};
    use super::*;

    fn mail(subject: &str, headers: &[(&str, &str)]) -> MailFacts {
        let mut facts = MailFacts {
            subject: subject.into(),
            ..MailFacts::default()
        };
        facts.headers.0 = headers
            .iter()
            .map(|(n, v)| HeaderLine {
                name: (*n).into(),
                value: (*v).into(),
            })
            .collect();
        facts
    }

    type Row = (&'static str, &'static [(&'static str, &'static str)], MailClass);

    #[test]
    fn headers_decide_the_class() {
        let table: [Row; 16] = [
            ("Help", &[], MailClass::Human),
            ("Help", &[("Auto-Submitted", "no")], MailClass::Human),
            ("Help", &[("Auto-Submitted", "auto-generated")], MailClass::AutoReply),
            (
                "Re: x",
                &[("auto-submitted", "auto-replied (vacation)")],
                MailClass::AutoReply,
            ),
            ("Re: x", &[("X-Autoreply", "yes")], MailClass::AutoReply),
            (
                "Automatic reply: x",
                &[("Auto-Submitted", "auto-replied")],
                MailClass::Ooo,
            ),
            ("Réponse automatique : x", &[("X-Autorespond", "1")], MailClass::Ooo),
            (
                "رد تلقائي: مرحبا",
                &[("Auto-Submitted", "auto-replied")],
                MailClass::Ooo,
            ),
            ("Out of office next week, please help", &[], MailClass::Human),
            ("News", &[("List-Unsubscribe", "<mailto:x@y>")], MailClass::Bulk),
            ("News", &[("Precedence", "bulk")], MailClass::Bulk),
            ("x", &[("Precedence", "auto_reply")], MailClass::AutoReply),
            ("Help", &[("Precedence", "normal")], MailClass::Human),
            ("Sale", &[("Feedback-ID", "1:2:3")], MailClass::Bulk),
            ("x", &[(INSTANCE_HEADER, "me; hops=1")], MailClass::OwnLoop),
            ("x", &[(INSTANCE_HEADER, "you; hops=1")], MailClass::AutoReply),
        ];
        for (subject, headers, class) in table {
            let result = classify(&mail(subject, headers), "me");
            assert_eq!(result.class, class, "{subject} {headers:?}");
            assert_eq!(
                result.evidence.is_empty(),
                class == MailClass::Human,
                "{subject} {headers:?}"
            );
        }
    }

    #[test]
    fn a_report_about_our_own_mail_is_no_loop() {
        let mut facts = mail("Undelivered", &[(INSTANCE_HEADER, "me")]);
        let failed = ReportRecipient {
            action: "failed".into(),
            status: "5.1.1".into(),
            ..ReportRecipient::default()
        };
        facts.report = Some(Report {
            kind: ReportKind::Dsn,
            recipients: vec![failed],
            original_message_id: None,
            original_sender: None,
            feedback: String::new(),
            standard: true,
        });
        assert_eq!(classify(&facts, "me").class, MailClass::DsnFailed);
    }

    #[test]
    fn hops_are_counted() {
        assert_eq!(hops(&mail("", &[])), 0);
        assert_eq!(hops(&mail("", &[(INSTANCE_HEADER, "a")])), 1);
        assert_eq!(
            hops(&mail(
                "",
                &[(INSTANCE_HEADER, "a; hops=3"), (INSTANCE_HEADER, "b; hops=2")]
            )),
            3
        );
        assert_eq!(hops(&mail("", &[(INSTANCE_HEADER, "a; hops=-9")])), 1);
    }
}
