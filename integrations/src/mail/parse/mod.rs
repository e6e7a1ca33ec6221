//! Takes a raw message apart. Every byte sequence gives a result; what could not be read is said in `warnings`.

mod bodies;
mod charset;
mod fields;
mod mime;
mod names;
mod report;
mod sniff;
#[cfg(test)]
mod tests;
mod transfer;

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use domain::mail::duplicate::{ContentParts, content_fp};
use domain::mail::facts::{EnvelopeFacts, MailFacts};
use domain::mail::limits::MailLimits;
use domain::mail::quote::{self, QuoteInput};
use domain::mail::token::TokenKeys;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::html;
pub use names::safe_name;
pub use sniff::{blocked_reason, sniff};

/// A message in its parts.
#[derive(Debug, Clone, Default)]
pub struct ParsedMail {
    /// Header facts, for the rules of [`domain::mail`].
    pub facts: MailFacts,
    /// Date field: the sender's claim, for display only.
    pub date: Option<DateTime<Utc>>,
    /// The readable text: the plain parts, or the HTML parts as text.
    pub text: String,
    /// `text` holds text made from HTML.
    pub text_is_from_html: bool,
    /// Byte offset in `text` where a mail program's quote element begins.
    pub dom_marker: Option<usize>,
    /// The HTML parts as sent, not sanitised.
    pub html: Option<String>,
    /// Files, inline images included.
    pub attachments: Vec<ParsedAttachment>,
    /// Header section of the mail that a report is about.
    pub original_headers: Option<String>,
    /// SHA-256 of the raw bytes, lower-case hex.
    pub sha256: String,
    /// Size of the raw bytes.
    pub size: usize,
    /// Fingerprint of the content, equal for two deliveries of one mail; see [`domain::mail::duplicate`].
    pub content_fp: String,
    /// Limits reached, damage, and untrue declarations.
    pub warnings: Vec<String>,
}

impl ParsedMail {
    /// All text in which marks of ours may stand: the readable text and, when that came from plain parts, the HTML.
    #[must_use]
    pub fn full_text(&self) -> String {
        match &self.html {
            Some(html) if !self.text_is_from_html => {
                format!(
                    "{}\n{}",
                    self.text,
                    html::to_text(html, MailLimits::default().body_text).text
                )
            }
            _ => self.text.clone(),
        }
    }

    /// Byte offset in `text` where quoted history begins.
    #[must_use]
    pub fn quoted_from(&self, keys: &TokenKeys) -> Option<usize> {
        let own_marker = keys.find_body_markers(&self.text).first().map(|(at, _)| *at);
        quote::quoted_from(&QuoteInput {
            text: &self.text,
            subject: &self.facts.subject,
            own_marker,
            dom_marker: self.dom_marker,
        })
    }
}

/// What a file is beside its media type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A plain file.
    #[default]
    File,
    /// A mail attached as a whole.
    AttachedMessage,
    /// A detached signature (PGP or S/MIME), kept bit for bit.
    Signed,
    /// Encrypted content, kept bit for bit.
    Encrypted,
    /// An Outlook `winmail.dat`.
    Tnef,
}

/// A file in a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParsedAttachment {
    /// Safe name, unique in its mail.
    pub name: String,
    /// Media type that the sender declared.
    pub declared_type: String,
    /// Media type that the bytes show; the declared one when they show none.
    pub sniffed_type: String,
    /// Decoded content; empty when blocked.
    pub bytes: Vec<u8>,
    /// Size of the decoded content in bytes, blocked or not.
    pub size: usize,
    /// SHA-256 of the decoded content as lower-case hex, blocked or not.
    pub sha256: String,
    /// Content-ID without angle brackets, referred to by `cid:` links.
    pub content_id: Option<String>,
    /// Part of the HTML rather than a file of its own.
    pub inline: bool,
    /// What it is beside its media type.
    pub kind: AttachmentKind,
    /// Why the content was not kept.
    pub blocked: Option<String>,
}

/// How to parse.
#[derive(Debug, Clone, Default)]
pub struct ParseOptions {
    /// Bounds.
    pub limits: MailLimits,
    /// Names of our own receiving servers in Authentication-Results; without one nobody is authenticated.
    pub authserv_ids: Vec<String>,
    /// Envelope handed over by the delivering side; replaces what trace headers claim.
    pub envelope: Option<EnvelopeFacts>,
}

/// Parses a raw message.
///
/// Never panics and takes time linear in the message times its nesting depth, which is limited. Meant for a blocking
/// thread: a message of 40 MB takes a noticeable moment.
#[must_use]
pub fn parse(raw: &[u8], options: &ParseOptions) -> ParsedMail {
    // The decoders below are not ours. A mail that makes one of them panic must still become a ticket.
    let mut mail = catch_unwind(AssertUnwindSafe(|| dissect(raw, options))).unwrap_or_else(|_| ParsedMail {
        text: String::from_utf8_lossy(raw.get(..raw.len().min(options.limits.body_text)).unwrap_or_default())
            .into_owned(),
        warnings: vec!["the message could not be taken apart; shown as it came".to_owned()],
        ..ParsedMail::default()
    });
    mail.sha256 = HEXLOWER.encode(&Sha256::digest(raw));
    mail.size = raw.len();
    if mail.content_fp.is_empty() {
        mail.content_fp.clone_from(&mail.sha256);
    }
    mail
}

fn dissect(raw: &[u8], options: &ParseOptions) -> ParsedMail {
    let limits = &options.limits;
    let mut warnings = Vec::new();
    if raw.len() > limits.message {
        warnings.push(format!(
            "message of {} bytes is larger than {}; only its start is read",
            raw.len(),
            limits.message
        ));
    }
    let raw = raw.get(..raw.len().min(limits.message)).unwrap_or_default();
    let mut structure = mime::split(raw, limits);
    warnings.append(&mut structure.warnings);
    let header = raw.get(structure.header.clone()).unwrap_or_default();
    let (mut facts, date) = fields::read(header, limits, &options.authserv_ids, &mut warnings);
    if let Some(envelope) = &options.envelope {
        facts.envelope.clone_from(envelope);
    }
    facts.content_type.clone_from(&structure.root_media);
    let content = bodies::collect(raw, &structure, limits, &mut warnings);
    let (report, original_headers) = report::find(&structure, &content.report_parts, &facts, &content.text);
    facts.report = report;
    let from: Vec<&str> = facts.from.iter().map(|a| a.address.as_str()).collect();
    let content_fp = content_fp(&ContentParts {
        from: &from.join(","),
        date: facts.headers.get("Date").unwrap_or_default(),
        message_id: facts.message_id.as_deref().unwrap_or_default(),
        subject: &facts.subject,
        body_digest: content.digest,
    });
    ParsedMail {
        facts,
        date,
        text: content.text,
        text_is_from_html: content.text_is_from_html,
        dom_marker: content.dom_marker,
        html: content.html,
        attachments: content.attachments,
        original_headers,
        content_fp,
        warnings,
        ..ParsedMail::default()
    }
}
