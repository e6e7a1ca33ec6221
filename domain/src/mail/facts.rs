//! What is known about a mail once its bytes are read: the input of every rule in this module.

use serde::{Deserialize, Serialize};

use super::address::MailAddress;
use super::note::Code;
use super::report::Report;

/// One header field with its decoded value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderLine {
    /// Field name as sent.
    pub name: String,
    /// Decoded, unfolded value without line breaks.
    pub value: String,
}

/// The header fields of a message in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Headers(pub Vec<HeaderLine>);

impl Headers {
    /// The first value of a field; names are compared without case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|line| line.name.eq_ignore_ascii_case(name))
            .map(|line| line.value.as_str())
    }

    /// Every value of a field, topmost first.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.0
            .iter()
            .filter(move |line| line.name.eq_ignore_ascii_case(name))
            .map(|line| line.value.as_str())
    }

    /// Fields whose name starts with `prefix`, compared without case.
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a HeaderLine> + 'a {
        self.0.iter().filter(move |line| {
            line.name
                .get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        })
    }
}

/// Result of one authentication method.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthResult {
    /// Checked and aligned.
    Pass,
    /// Checked and failed.
    Fail,
    /// No policy, not checked, or a temporary error.
    #[default]
    None,
}

/// What our own receiving server says about the sender's authenticity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthFacts {
    /// SPF of the envelope sender.
    pub spf: AuthResult,
    /// DKIM signature.
    pub dkim: AuthResult,
    /// DMARC of the From domain; the verdict the rules use.
    pub dmarc: AuthResult,
    /// The authserv-id whose topmost header was believed; `None` when there was none of ours.
    pub authserv_id: Option<String>,
}

/// Envelope facts as the delivering server recorded them in trace headers, or as handed in by the webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeFacts {
    /// MAIL FROM: `Some("")` is the null sender `<>`, `None` when nobody recorded it.
    pub return_path: Option<String>,
    /// RCPT TO addresses: Delivered-To, X-Original-To, Envelope-To.
    pub recipients: Vec<String>,
}

/// Everything the rules need to know about a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailFacts {
    /// All header fields, decoded.
    pub headers: Headers,
    /// Every mailbox of every From field.
    pub from: Vec<MailAddress>,
    /// How many From fields there are; other than one means unauthenticated.
    pub from_fields: usize,
    /// Reply-To mailboxes: a return address only, never an identity.
    pub reply_to: Vec<MailAddress>,
    /// To mailboxes.
    pub to: Vec<MailAddress>,
    /// Cc mailboxes.
    pub cc: Vec<MailAddress>,
    /// Envelope facts.
    pub envelope: EnvelopeFacts,
    /// Decoded subject, possibly empty.
    pub subject: String,
    /// Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// Ids of In-Reply-To without angle brackets.
    pub in_reply_to: Vec<String>,
    /// Ids of References, left to right.
    pub references: Vec<String>,
    /// Authentication facts.
    pub auth: AuthFacts,
    /// Full media type of the root, lower case, such as `multipart/report`.
    pub content_type: String,
    /// Delivery, disposition or abuse report carried by the mail.
    pub report: Option<Report>,
}

/// How far the From address may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SenderTrust {
    /// DMARC passed.
    Verified,
    /// Nothing speaks for or against it.
    Unknown,
    /// DMARC failed, or the From field is not exactly one valid mailbox.
    Failed,
}

impl MailFacts {
    /// The one From mailbox; `None` when there is not exactly one field with exactly one mailbox.
    #[must_use]
    pub fn sender(&self) -> Option<&MailAddress> {
        match self.from.as_slice() {
            [only] if self.from_fields == 1 => Some(only),
            _ => None,
        }
    }

    /// How far the sender may be believed, with the reason.
    #[must_use]
    pub fn trust(&self) -> (SenderTrust, Code) {
        let Some(sender) = self.sender() else {
            return (SenderTrust::Failed, Code::FromNotOne);
        };
        if super::address::check_addr_spec(&sender.address).is_err() {
            return (SenderTrust::Failed, Code::FromInvalid);
        }
        match self.auth.dmarc {
            AuthResult::Pass => (SenderTrust::Verified, Code::DmarcPassed),
            AuthResult::Fail => (SenderTrust::Failed, Code::DmarcFailed),
            AuthResult::None => (SenderTrust::Unknown, Code::NoDmarcVerdict),
        }
    }

    /// Whether Reply-To points to another domain than From; shown to staff as a warning.
    #[must_use]
    pub fn reply_to_differs(&self) -> bool {
        let domain = |address: &MailAddress| address.domain().to_ascii_lowercase();
        self.sender()
            .is_some_and(|from| self.reply_to.iter().any(|to| domain(to) != domain(from)))
    }
}
