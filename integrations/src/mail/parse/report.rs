//! Delivery, disposition and abuse reports, and bounces that only look like one.

use domain::mail::limits::MailLimits;
use domain::mail::report::{Report, ReportKind, ReportRecipient};

use super::header::{Fields, split};
use super::structure::Part;

/// Longest piece of a report that is looked at.
const MAX_TEXT: usize = 256 * 1024;

/// What a report part says, and the text in which our ids may be found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) report: Report,
    pub(crate) text: String,
}

/// Finds a report in a message. `body` is its readable text, `null_sender` whether the envelope sender is `<>`.
pub(crate) fn find(
    root: &Part<'_>,
    body: &str,
    subject: &str,
    null_sender: bool,
    limits: &MailLimits,
) -> Option<Found> {
    let mut kind = None;
    let mut recipients = Vec::new();
    let mut original = None;
    let mut original_sender = None;
    let mut feedback = String::new();
    let mut text = String::new();
    for leaf in root.leaves() {
        let full = leaf.content.full();
        match full.as_str() {
            "message/delivery-status" | "message/global-delivery-status" => {
                kind = Some(ReportKind::Dsn);
                recipients.extend(delivery_status(&leaf.decoded().0, limits));
            }
            "message/disposition-notification" | "message/global-disposition-notification" => {
                kind = kind.or(Some(ReportKind::Mdn));
                let bytes = leaf.decoded().0;
                let (fields, _) = split(&bytes, limits);
                recipients.push(recipient(&fields));
                original = original.or(fields.get("Original-Message-ID").and_then(|f| f.ids(1).pop()));
            }
            "message/feedback-report" => {
                kind = Some(ReportKind::Arf);
                let bytes = leaf.decoded().0;
                let (fields, _) = split(&bytes, limits);
                feedback = word(&fields, "Feedback-Type");
                // Stated by the mail server that complains; what the returned mail says may be older than it.
                original_sender = address(&fields, "Original-Mail-From").or(original_sender);
                recipients.extend(complainants(&fields));
            }
            "message/rfc822" | "message/global" | "text/rfc822-headers" | "message/rfc822-headers" => {
                let bytes = leaf.decoded().0;
                let (fields, _) = split(&bytes, limits);
                original = original.or(fields.get("Message-ID").and_then(|f| f.ids(1).pop()));
                original_sender = original_sender.or(address(&fields, "Return-Path"));
                push_text(&mut text, &bytes);
            }
            _ => {}
        }
    }
    if let Some(kind) = kind {
        let report = Report {
            kind,
            recipients,
            original_message_id: original,
            original_sender,
            feedback,
            standard: true,
        };
        return Some(Found { report, text });
    }
    unofficial(root, body, subject, null_sender, original, text)
}

/// Bounces without the report media type: old servers, qmail, some Exchange versions.
fn unofficial(
    root: &Part<'_>,
    body: &str,
    subject: &str,
    null_sender: bool,
    original: Option<String>,
    text: String,
) -> Option<Found> {
    let failed: Vec<String> = root
        .fields
        .all("X-Failed-Recipients")
        .flat_map(|f| f.plain().split(',').map(clean_address).collect::<Vec<_>>())
        .filter(|a| !a.is_empty())
        .take(100)
        .collect();
    let from = root
        .fields
        .get("from")
        .map(|f| f.plain().to_lowercase())
        .unwrap_or_default();
    let daemon = ["mailer-daemon", "postmaster@", "mail delivery s"]
        .iter()
        .any(|who| from.contains(who));
    let subject = subject.to_lowercase();
    let words = BOUNCE_SUBJECTS.iter().any(|words| subject.starts_with(words));
    if failed.is_empty() && !(words && (daemon || null_sender)) {
        return None;
    }
    let status = enhanced_status(body).unwrap_or_default();
    let delayed = ["delayed", "warning", "retard", "verzögert"]
        .iter()
        .any(|w| subject.contains(w));
    let action = if delayed { "delayed" } else { "failed" };
    let one = |address: Option<String>| ReportRecipient {
        final_recipient: address,
        action: action.to_owned(),
        status: status.clone(),
        ..ReportRecipient::default()
    };
    let recipients = if failed.is_empty() {
        vec![one(None)]
    } else {
        failed.into_iter().map(|a| one(Some(a))).collect()
    };
    let quoted = || {
        let at = body.to_ascii_lowercase().find("message-id:")?;
        let rest = body.get(at..)?.lines().next()?;
        Some(rest.split_once('<')?.1.split_once('>')?.0.to_owned())
    };
    let original_message_id = original.or_else(quoted);
    Some(Found {
        report: Report {
            kind: ReportKind::Dsn,
            recipients,
            original_message_id,
            original_sender: None,
            feedback: String::new(),
            standard: false,
        },
        text,
    })
}

const BOUNCE_SUBJECTS: [&str; 16] = [
    "undelivered mail",
    "undeliverable",
    "undeliverable:",
    "delivery status notification",
    "mail delivery failed",
    "mail delivery failure",
    "failure notice",
    "returned mail",
    "delivery failure",
    "delivery has failed",
    "message delivery",
    "non remis",
    "échec de la remise",
    "unzustellbar",
    "warning: could not send",
    "mail delivery system",
];

fn delivery_status(bytes: &[u8], limits: &MailLimits) -> Vec<ReportRecipient> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() && found.len() < 100 {
        let (fields, after) = split(rest, limits);
        if fields.get("Final-Recipient").is_some() || fields.get("Action").is_some() || fields.get("Status").is_some() {
            found.push(recipient(&fields));
        }
        rest = after;
    }
    found
}

/// Who complains, as far as his provider says: a report may name several, or nobody to keep him unknown.
fn complainants(fields: &Fields<'_>) -> Vec<ReportRecipient> {
    let one = |address: Option<String>| ReportRecipient {
        final_recipient: address,
        ..ReportRecipient::default()
    };
    let named: Vec<ReportRecipient> = fields
        .all("Original-Rcpt-To")
        .map(|f| clean_address(&f.plain()))
        .filter(|a| !a.is_empty())
        .take(100)
        .map(|a| one(Some(a)))
        .collect();
    if named.is_empty() { vec![one(None)] } else { named }
}

/// The address in a field.
fn address(fields: &Fields<'_>, name: &str) -> Option<String> {
    fields
        .get(name)
        .map(|f| clean_address(&f.plain()))
        .filter(|a| !a.is_empty())
}

/// The first word of a field, in small letters.
fn word(fields: &Fields<'_>, name: &str) -> String {
    let value = fields.get(name).map(|f| f.plain()).unwrap_or_default();
    value
        .trim_start()
        .split([' ', '(', ';'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
}

fn recipient(fields: &Fields<'_>) -> ReportRecipient {
    ReportRecipient {
        final_recipient: address(fields, "Final-Recipient"),
        original_recipient: address(fields, "Original-Recipient"),
        action: word(fields, "Action"),
        status: word(fields, "Status"),
        diagnostic: fields
            .get("Diagnostic-Code")
            .map(|f| f.text().chars().take(500).collect())
            .unwrap_or_default(),
    }
}

/// `rfc822; Ada@example.org` without its type and brackets.
fn clean_address(value: &str) -> String {
    let value = value.rsplit_once(';').map_or(value, |(_, address)| address);
    value.trim().trim_matches(['<', '>']).trim().chars().take(254).collect()
}

/// The first enhanced status code such as `5.1.1` in a text.
fn enhanced_status(text: &str) -> Option<String> {
    let text: String = text.chars().take(20_000).collect();
    let looks = |word: &&str| {
        let parts: Vec<&str> = word.split('.').collect();
        parts.len() == 3
            && matches!(parts[0], "4" | "5")
            && parts[1..]
                .iter()
                .all(|p| !p.is_empty() && p.len() <= 3 && p.bytes().all(|b| b.is_ascii_digit()))
    };
    text.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .map(|w| w.trim_matches('.'))
        .find(looks)
        .map(str::to_owned)
}

fn push_text(text: &mut String, bytes: &[u8]) {
    let room = MAX_TEXT.saturating_sub(text.len());
    text.push_str(&String::from_utf8_lossy(
        bytes.get(..bytes.len().min(room)).unwrap_or_default(),
    ));
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_codes_are_found_in_prose() {
        assert_eq!(
            enhanced_status("smtp; 550 5.1.1 <x@y>: unknown").as_deref(),
            Some("5.1.1")
        );
        assert_eq!(enhanced_status("host 192.168.0.1 said 550 no").as_deref(), None);
        assert_eq!(clean_address("rfc822; <Ada@example.org>"), "Ada@example.org");
    }

    #[test]
    fn those_who_complain_are_named_each_or_not_at_all() {
        let limits = MailLimits::default();
        let named = |text: &str| {
            let (fields, _) = split(text.as_bytes(), &limits);
            let all = complainants(&fields);
            all.into_iter().map(|one| one.final_recipient).collect::<Vec<_>>()
        };
        assert_eq!(
            named("Feedback-Type: abuse\nOriginal-Rcpt-To: <a@b>\nOriginal-Rcpt-To: c@d\n"),
            [Some("a@b".to_owned()), Some("c@d".to_owned())]
        );
        assert_eq!(named("Feedback-Type: abuse\nOriginal-Rcpt-To:\n"), [None]);
        let (fields, _) = split(b"Feedback-Type:  Abuse (spam)\n", &limits);
        assert_eq!(word(&fields, "Feedback-Type"), "abuse");
    }

    #[test]
    fn status_groups_become_recipients() {
        let groups = b"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b\nAction: failed (x)\nStatus: 5.1.1 (no)\n\nFinal-Recipient: rfc822;c@d\nAction: Delayed\n";
        let found = delivery_status(groups, &MailLimits::default());
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].status.as_str(), found[1].action.as_str()),
            ("5.1.1", "delayed")
        );
    }
}
