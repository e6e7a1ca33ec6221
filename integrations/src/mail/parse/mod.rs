//! Any bytes to a [`ParsedMail`]: never a panic, never an error, bounded in time and memory.
//!
//! The MIME structure is walked by ourselves and header values are decoded by mail-parser: version 0.11 loses parts of
//! unterminated nested multiparts, and we want the exact bytes of every part in any case. What could not be read is
//! said in [`ParsedMail::warnings`]; the raw mail is always stored beside.

mod auth;
mod body;
mod charset;
mod facts;
mod filename;
mod header;
mod report;
mod sniff;
mod structure;
#[cfg(test)]
mod tests;
mod transfer;

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use domain::mail::duplicate::{ContentParts, content_fp};
use domain::mail::facts::{EnvelopeFacts, MailFacts};
use domain::mail::limits::MailLimits;
use domain::mail::quote::{QuoteInput, quoted_from};
use domain::mail::token::TokenKeys;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use body::{AttachmentKind, ParsedAttachment};
pub use filename::{safe_name, unique_name};
pub use sniff::{BlockReason, blocked, sniff};

/// How a mail is to be read.
#[derive(Debug, Clone, Default)]
pub struct ParseOptions {
    /// Bounds.
    pub limits: MailLimits,
    /// Names under which our own receiving servers write Authentication-Results.
    pub authserv_ids: Vec<String>,
    /// Envelope known from elsewhere (a webhook's metadata); wins over trace headers.
    pub envelope: Option<EnvelopeFacts>,
    /// Take From as the envelope sender when no trace header names one. For sources that keep no trace headers (a
    /// webhook, IMAP APPEND); otherwise such mail gets no automatic answer.
    pub assume_envelope_sender: bool,
}

/// Something that was not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParseWarning {
    /// The message is larger than the limit: only its header was read.
    TooLarge,
    /// More header fields or bytes than the limit.
    HeaderTruncated,
    /// More parts than the limit.
    TooManyParts,
    /// Parts nested deeper than the limit.
    TooDeep,
    /// A text longer than the limit.
    BodyTruncated,
    /// base64 or quoted-printable with errors.
    BrokenEncoding,
    /// Text that is not in its declared charset.
    CharsetMismatch,
    /// No From, or more than one.
    FromCount,
    /// The reader failed on this mail; only its size and digest are known. A defect to be reported.
    ReaderFailed,
}

/// A mail as read.
#[derive(Debug, Clone, Default)]
pub struct ParsedMail {
    /// What the rules look at.
    pub facts: MailFacts,
    /// Date field; for display only, senders write what they like.
    pub date: Option<DateTime<Utc>>,
    /// Text with `\n` line ends, quoted history included.
    pub text: String,
    /// Whether `text` was made from HTML.
    pub text_is_from_html: bool,
    /// HTML as sent, decoded, not sanitised.
    pub html: Option<String>,
    /// Offset in `text` where a mail program's quote element begins; only when `text` was made from HTML.
    pub dom_marker: Option<usize>,
    /// Files.
    pub attachments: Vec<ParsedAttachment>,
    /// What was not as it should be, in fixed order.
    pub warnings: Vec<ParseWarning>,
    /// SHA-256 of the raw bytes, lower-case hex.
    pub sha256: String,
    /// Size of the raw bytes.
    pub size: usize,
    /// Fingerprint for the duplicate rule.
    pub content_fp: String,
    /// Text of the mail that a report returns.
    report_text: String,
}

impl ParsedMail {
    /// Everything in which our tokens may hide: text, HTML and returned mail.
    #[must_use]
    pub fn full_text(&self) -> String {
        [
            self.text.as_str(),
            self.html.as_deref().unwrap_or_default(),
            &self.report_text,
        ]
        .join("\n")
    }

    /// Byte offset in `text` where quoted history begins.
    #[must_use]
    pub fn quoted_from(&self, keys: &TokenKeys) -> Option<usize> {
        let own_marker = keys.find_body_markers(&self.text).first().map(|(at, _)| *at);
        quoted_from(&QuoteInput {
            text: &self.text,
            subject: &self.facts.subject,
            own_marker,
            dom_marker: self.dom_marker,
        })
    }
}

/// Reads a mail. Costs CPU in proportion to its size: call it on the blocking pool.
#[must_use]
pub fn parse(raw: &[u8], options: &ParseOptions) -> ParsedMail {
    // The parts we call are not ours; a panic in one must cost one mail its decoding, not the worker its life.
    let read = std::panic::catch_unwind(|| read(raw, options));
    let mut mail = read.unwrap_or_else(|_| ParsedMail {
        warnings: vec![ParseWarning::ReaderFailed],
        ..ParsedMail::default()
    });
    mail.size = raw.len();
    mail.sha256 = HEXLOWER.encode(&Sha256::digest(raw));
    if mail.content_fp.is_empty() {
        mail.content_fp.clone_from(&mail.sha256);
    }
    mail
}

fn read(raw: &[u8], options: &ParseOptions) -> ParsedMail {
    let limits = &options.limits;
    let raw = without_mbox_line(raw);
    let too_large = raw.len() > limits.message;
    let mut bounds = structure::Bounds::default();
    // Of a message that is too large the header is read as if it had no body.
    let readable = if too_large {
        &raw[..raw.len().min(limits.header)]
    } else {
        raw
    };
    let mut root = structure::Part::read(readable, limits, 0, false, &mut bounds);
    if too_large {
        root.body = &[];
        root.children.clear();
    }
    let body = body::Body::collect(&root, limits);
    let (text, text_is_from_html, dom_marker) = body.plain();
    let mut facts = facts::read(&root, options);
    let null_sender = facts.envelope.return_path.as_deref() == Some("");
    let found = report::find(&root, &text, &facts.subject, null_sender, limits);
    let (report, report_text) = found.map_or((None, String::new()), |f| (Some(f.report), f.text));
    facts.report = report;

    let mut warnings = body.warnings.clone();
    let flags = [
        (too_large, ParseWarning::TooLarge),
        (root.fields.truncated, ParseWarning::HeaderTruncated),
        (bounds.too_many, ParseWarning::TooManyParts),
        (bounds.too_deep, ParseWarning::TooDeep),
        (facts.sender().is_none(), ParseWarning::FromCount),
    ];
    warnings.extend(flags.into_iter().filter(|(seen, _)| *seen).map(|(_, warning)| warning));
    let date_field = root.fields.get("date");
    let from: Vec<&str> = facts.from.iter().map(|a| a.address.as_str()).collect();
    let content_fp = content_fp(&ContentParts {
        from: &from.join(","),
        date: &date_field.map(|f| f.plain()).unwrap_or_default(),
        message_id: facts.message_id.as_deref().unwrap_or_default(),
        subject: &facts.subject,
        body_digest: if too_large {
            Sha256::digest(raw).into()
        } else {
            body.digest()
        },
    });
    ParsedMail {
        date: date_field.and_then(|f| f.date()),
        html: body.html(),
        text,
        text_is_from_html,
        dom_marker,
        attachments: body.attachments,
        warnings: warnings.into_iter().collect(),
        content_fp,
        report_text,
        facts,
        ..ParsedMail::default()
    }
}

/// Mailbox files put a line `From …` in front of each message; some programs forward it.
fn without_mbox_line(raw: &[u8]) -> &[u8] {
    let end = raw.iter().take(1_000).position(|b| *b == b'\n');
    match end {
        Some(end) if raw.starts_with(b"From ") || raw.starts_with(b">From ") => &raw[end + 1..],
        _ => raw,
    }
}
