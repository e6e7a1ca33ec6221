//! Reads the evidence out of a mail: which tickets does it claim to answer, and how strongly?

use uuid::Uuid;

use super::super::address::OwnAddresses;
use super::super::facts::MailFacts;
use super::super::token::TokenKeys;
use super::{Place, Step};

/// A signed token found in the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenEvidence {
    /// Where it was found.
    pub step: Step,
    /// Ticket number it was issued for.
    pub ticket: i64,
    /// Fingerprint of the address it was issued to.
    pub recipient: u64,
    /// The message it was part of; only Message-IDs know.
    pub message: Option<Uuid>,
    /// Where exactly.
    pub place: Place,
}

/// Everything in a mail that points to a ticket. The caller looks up what it names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Signed tokens, strongest place first.
    pub tokens: Vec<TokenEvidence>,
    /// Message-IDs that are not ours, nearest first: look these up among stored ids.
    pub foreign_ids: Vec<String>,
    /// Ticket numbers of valid subject tokens.
    pub subject_tokens: Vec<i64>,
    /// Outgoing mail named by a signed bounce address.
    pub outgoing: Option<Uuid>,
}

impl Evidence {
    /// Every ticket number named by a token or the subject, without repetition.
    #[must_use]
    pub fn ticket_numbers(&self) -> Vec<i64> {
        let mut all: Vec<i64> = self
            .tokens
            .iter()
            .map(|t| t.ticket)
            .chain(self.subject_tokens.iter().copied())
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Collects the evidence. `full_text` is the whole body including quoted text and, for reports, the raw text.
#[must_use]
pub fn collect(facts: &MailFacts, full_text: &str, keys: &TokenKeys, own: &OwnAddresses) -> Evidence {
    let mut evidence = Evidence::default();
    let header_addresses = facts.to.iter().chain(&facts.cc).map(|a| a.address.as_str());
    let addresses: Vec<&str> = facts
        .envelope
        .recipients
        .iter()
        .map(String::as_str)
        .chain(header_addresses)
        .collect();
    for address in &addresses {
        let ours = address
            .rsplit_once('@')
            .is_some_and(|(_, domain)| own.has_domain(domain.trim_end_matches('>').trim()));
        if !ours {
            continue;
        }
        if let Some(claim) = keys.read_reply_address(address) {
            evidence.push(
                Step::PlusAddress,
                claim.ticket,
                claim.recipient,
                None,
                Place::RecipientAddress,
            );
        }
        if evidence.outgoing.is_none() {
            evidence.outgoing = keys.read_bounce_address(address);
        }
    }
    // A feedback loop has an address of its own: what was signed is in the mail that it returns.
    let returned = facts
        .report
        .as_ref()
        .and_then(|report| report.original_sender.as_deref());
    if let (None, Some(address)) = (evidence.outgoing, returned)
        && address
            .rsplit_once('@')
            .is_some_and(|(_, domain)| own.has_domain(domain))
    {
        evidence.outgoing = keys.read_bounce_address(address);
    }
    collect_ids(facts, keys, &mut evidence);
    for (_, claim) in keys.find_body_markers(full_text) {
        evidence.push(Step::BodyMarker, claim.ticket, claim.recipient, None, Place::QuotedBody);
    }
    if facts.report.is_some() {
        for claim in keys.find_message_ids(full_text) {
            evidence.push(
                Step::Report,
                claim.ticket,
                claim.recipient,
                Some(claim.message),
                Place::ReportText,
            );
        }
    }
    evidence.subject_tokens = keys.find_subject_tokens(&facts.subject);
    evidence
}

fn collect_ids(facts: &MailFacts, keys: &TokenKeys, evidence: &mut Evidence) {
    let reported = facts.report.as_ref().and_then(|r| r.original_message_id.as_deref());
    let replied = facts.in_reply_to.iter().map(|id| (id.as_str(), Place::InReplyTo));
    let referenced = facts.references.iter().rev().map(|id| (id.as_str(), Place::References));
    let all = reported
        .map(|id| (id, Place::ReportedMail))
        .into_iter()
        .chain(replied)
        .chain(referenced);
    for (id, place) in all {
        match keys.read_message_id(id) {
            Some(claim) => evidence.push(
                Step::MessageId,
                claim.ticket,
                claim.recipient,
                Some(claim.message),
                place,
            ),
            None if !evidence.foreign_ids.iter().any(|seen| seen == id) => evidence.foreign_ids.push(id.to_owned()),
            None => {}
        }
    }
}

impl Evidence {
    fn push(&mut self, step: Step, ticket: i64, recipient: u64, message: Option<Uuid>, place: Place) {
        let known = |t: &TokenEvidence| t.step == step && t.ticket == ticket && t.recipient == recipient;
        if self.tokens.len() < 50 && !self.tokens.iter().any(known) {
            self.tokens.push(TokenEvidence {
                step,
                ticket,
                recipient,
                message,
                place,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::address::MailAddress;
    use super::super::super::report::{Report, ReportKind};
    use super::super::super::token::{MessageClaim, ReplyClaim, TokenKey};
    use super::*;

    #[test]
    fn evidence_is_collected_in_order_and_only_for_our_domain() {
        let keys = TokenKeys::new(TokenKey::new(1, [1; 32]).unwrap(), vec![]);
        let own = OwnAddresses::new(["support@ours.test"]);
        let reply = ReplyClaim {
            ticket: 7,
            recipient: 1,
        };
        let id = |ticket| {
            keys.message_id(
                &MessageClaim {
                    ticket,
                    message: Uuid::nil(),
                    recipient: 1,
                },
                Uuid::nil(),
                "h",
            )
        };
        let facts = MailFacts {
            to: vec![
                MailAddress::new("", keys.reply_address(&reply, "ours.test")),
                MailAddress::new(
                    "",
                    keys.reply_address(
                        &ReplyClaim {
                            ticket: 666,
                            recipient: 1,
                        },
                        "other.test",
                    ),
                ),
            ],
            in_reply_to: vec!["foreign@x".into()],
            references: vec!["old@x".into(), id(8), id(9), "foreign@x".into()],
            subject: format!("Re: {}", keys.subject_token(10)),
            ..MailFacts::default()
        };
        let found = collect(
            &facts,
            &keys.body_marker(&ReplyClaim {
                ticket: 11,
                recipient: 1,
            }),
            &keys,
            &own,
        );
        let order: Vec<(Step, i64)> = found.tokens.iter().map(|t| (t.step, t.ticket)).collect();
        assert_eq!(
            order,
            [
                (Step::PlusAddress, 7),
                (Step::MessageId, 9),
                (Step::MessageId, 8),
                (Step::BodyMarker, 11)
            ]
        );
        assert_eq!(found.foreign_ids, ["foreign@x", "old@x"]);
        assert_eq!(found.subject_tokens, [10]);
        assert_eq!(found.ticket_numbers(), [7, 8, 9, 10, 11]);
    }

    #[test]
    fn a_report_names_our_mail_by_its_envelope_sender_when_we_signed_it() {
        let keys = TokenKeys::new(TokenKey::new(1, [1; 32]).unwrap(), vec![]);
        let own = OwnAddresses::new(["support@ours.test"]);
        let mail = Uuid::from_u128(9);
        let named = |sender: String| {
            let report = Report {
                kind: ReportKind::Arf,
                recipients: Vec::new(),
                original_message_id: None,
                original_sender: Some(sender),
                feedback: "abuse".into(),
                standard: true,
            };
            let facts = MailFacts {
                report: Some(report),
                ..MailFacts::default()
            };
            collect(&facts, "", &keys, &own).outgoing
        };
        assert_eq!(named(keys.bounce_address(mail, "ours.test")), Some(mail));
        assert_eq!(named(keys.bounce_address(mail, "other.test")), None);
        let stranger = TokenKeys::new(TokenKey::new(1, [2; 32]).unwrap(), vec![]);
        assert_eq!(named(stranger.bounce_address(mail, "ours.test")), None);
    }
}
