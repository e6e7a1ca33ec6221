//! Delivery, disposition and abuse reports, by the standard or by their looks.

use domain::mail::facts::MailFacts;
use domain::mail::report::{Report, ReportKind, ReportRecipient};

use super::fields::ids;
use super::mime::Structure;

/// A decoded part that may belong to a report.
#[derive(Debug)]
pub(super) struct ReportPart {
    /// Media type.
    pub media: String,
    /// Its text, at most 64 KiB of it.
    pub text: String,
}

/// Media types whose parts [`find`] wants to see.
pub(super) fn is_report_part(media: &str) -> bool {
    matches!(
        media,
        "message/delivery-status"
            | "message/global-delivery-status"
            | "message/disposition-notification"
            | "message/global-disposition-notification"
            | "message/feedback-report"
            | "message/rfc822"
            | "message/global"
            | "message/rfc822-headers"
            | "message/global-headers"
            | "text/rfc822-headers"
    )
}

/// The report in a mail, and the header section of the mail it is about.
pub(super) fn find(
    structure: &Structure,
    parts: &[ReportPart],
    facts: &MailFacts,
    text: &str,
) -> (Option<Report>, Option<String>) {
    let part = |kinds: &[&str]| parts.iter().find(|p| kinds.contains(&p.media.as_str()));
    let status = part(&["message/delivery-status", "message/global-delivery-status"]);
    let disposition = part(&[
        "message/disposition-notification",
        "message/global-disposition-notification",
    ]);
    let feedback = part(&["message/feedback-report"]);
    let is_report = structure.root_media == "multipart/report";
    let declared = structure.report_type.as_deref().unwrap_or_default();
    let kind = if is_report && (disposition.is_some() || declared == "disposition-notification") {
        ReportKind::Mdn
    } else if is_report && (feedback.is_some() || declared == "feedback-report") {
        ReportKind::Arf
    } else if status.is_some() || (is_report && declared == "delivery-status") {
        ReportKind::Dsn
    } else {
        return (by_looks(facts, text), None);
    };
    let original = parts.iter().find(|p| {
        p.media.contains("rfc822") || matches!(p.media.as_str(), "message/global" | "message/global-headers")
    });
    let original_headers = original.map(|p| header_section(&p.text).to_owned());
    let notice = status.or(disposition).or(feedback);
    let recipients = match kind {
        ReportKind::Arf => Vec::new(),
        ReportKind::Dsn | ReportKind::Mdn => notice.map(|p| recipients(&p.text)).unwrap_or_default(),
    };
    let named = notice.and_then(|p| field(&p.text, "original-message-id"));
    let original_message_id = original_headers
        .as_deref()
        .and_then(|h| field(h, "message-id"))
        .or(named)
        .and_then(|value| ids(&value, 1).pop())
        .or_else(|| facts.in_reply_to.first().cloned());
    (
        Some(Report {
            kind,
            recipients,
            original_message_id,
            standard: true,
        }),
        original_headers,
    )
}

/// Bounces of servers that do not know RFC 3464 come from a daemon, with the null sender, and name the recipient.
fn by_looks(facts: &MailFacts, text: &str) -> Option<Report> {
    let failed: Vec<&str> = facts
        .headers
        .all("X-Failed-Recipients")
        .flat_map(|v| v.split(','))
        .map(str::trim)
        .collect();
    let from = facts
        .sender()
        .map(|a| a.local().to_ascii_lowercase())
        .unwrap_or_default();
    let daemon = matches!(from.as_str(), "mailer-daemon" | "postmaster" | "mail-daemon");
    let null = facts
        .envelope
        .return_path
        .as_deref()
        .is_some_and(|p| p.trim_matches(['<', '>']).is_empty());
    let subject = facts.subject.to_lowercase();
    let words = [
        "undeliver",
        "delivery status",
        "delivery fail",
        "failure notice",
        "returned mail",
        "mail delivery",
        "non remis",
        "unzustellbar",
    ];
    let says = words.iter().any(|w| subject.contains(w));
    if failed.iter().all(|a| a.is_empty()) && !(daemon && (null || says)) {
        return None;
    }
    let status = enhanced_code(text).unwrap_or_default();
    let recipients = failed
        .iter()
        .filter(|a| !a.is_empty())
        .take(50)
        .map(|a| ReportRecipient {
            final_recipient: Some((*a).to_owned()),
            action: "failed".to_owned(),
            status: status.clone(),
            ..ReportRecipient::default()
        })
        .collect();
    let quoted = text.lines().find_map(|line| {
        let line = line.trim_start_matches(['>', ' ', '\t']);
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("message-id")
            .then(|| ids(value, 1).pop())
            .flatten()
    });
    let original_message_id = quoted.or_else(|| facts.in_reply_to.first().cloned());
    Some(Report {
        kind: ReportKind::Dsn,
        recipients,
        original_message_id,
        standard: false,
    })
}

/// The first `d.d.d` in a text, such as 5.1.1.
fn enhanced_code(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .take(5000)
        .find_map(|word| {
            let mut parts = word.split('.');
            let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
            let ok = matches!(class, "4" | "5")
                && (1..=3).contains(&subject.len())
                && (1..=3).contains(&detail.len())
                && parts.next().is_none();
            ok.then(|| word.to_owned())
        })
}

/// Groups of fields after the first, each about one recipient.
fn recipients(text: &str) -> Vec<ReportRecipient> {
    let unified = text.replace("\r\n", "\n");
    unified.split("\n\n").take(200).filter_map(recipient).collect()
}

fn recipient(group: &str) -> Option<ReportRecipient> {
    let address = |name: &str| {
        let value = field(group, name)?;
        let value = value
            .split_once(';')
            .map_or(value.as_str(), |(_, rest)| rest)
            .trim()
            .to_owned();
        Some(value.trim_matches(['<', '>']).to_owned()).filter(|v| !v.is_empty())
    };
    let final_recipient = address("final-recipient");
    let original_recipient = address("original-recipient");
    if final_recipient.is_none() && original_recipient.is_none() {
        return None;
    }
    let first_word = |v: String| v.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    Some(ReportRecipient {
        final_recipient,
        original_recipient,
        action: field(group, "action").map(first_word).unwrap_or_default(),
        status: field(group, "status").map(first_word).unwrap_or_default(),
        diagnostic: field(group, "diagnostic-code")
            .map(|d| d.chars().take(1000).collect())
            .unwrap_or_default(),
    })
}

/// The unfolded value of a field of a header-like text.
fn field(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines();
    let mut value = lines.find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })?;
    for line in lines.take_while(|line| line.starts_with([' ', '\t'])) {
        value.push(' ');
        value.push_str(line.trim());
    }
    Some(value)
}

fn header_section(text: &str) -> &str {
    let end = [text.find("\n\n"), text.find("\r\n\r\n")]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}
