//! Which parts are the text that people read, and which are files.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use domain::mail::limits::MailLimits;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ParseWarning;
use super::charset;
use super::filename::{safe_name, unique_name};
use super::sniff::{BlockReason, blocked, sniff};
use super::structure::Part;
use crate::mail::html;

/// What kind of file an attachment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// An ordinary file.
    File,
    /// A whole message.
    AttachedMessage,
    /// A signature; the signed part is exact in the raw mail.
    Signature,
    /// Encrypted content, kept bit for bit.
    Encrypted,
    /// Outlook's winmail.dat.
    Tnef,
}

/// A file in a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedAttachment {
    /// Safe name, unique within the mail.
    pub name: String,
    /// Media type as declared.
    pub declared_type: String,
    /// Media type by content, the declared one when the content says nothing.
    pub sniffed_type: String,
    /// Decoded size in bytes.
    pub size: usize,
    /// SHA-256 of the decoded bytes, lower-case hex.
    pub sha256: String,
    /// Decoded bytes; empty when blocked: then only the raw mail has them.
    pub bytes: Vec<u8>,
    /// Content-ID without brackets.
    pub content_id: Option<String>,
    /// Meant to be shown within the text.
    pub inline: bool,
    /// Kind.
    pub kind: AttachmentKind,
    /// Why it may not be opened.
    pub blocked: Option<BlockReason>,
}

/// Text, HTML and files of a message.
#[derive(Debug, Default)]
pub(crate) struct Body {
    segments: Vec<(Option<String>, Option<String>)>,
    pub(crate) attachments: Vec<ParsedAttachment>,
    pub(crate) warnings: BTreeSet<ParseWarning>,
    names: BTreeSet<String>,
}

impl Body {
    /// Sorts the parts of a message.
    pub(crate) fn collect(root: &Part<'_>, limits: &MailLimits) -> Self {
        let mut body = Self::default();
        body.visit(root, limits);
        body
    }

    fn visit(&mut self, part: &Part<'_>, limits: &MailLimits) {
        if !part.is_container() {
            if is_text(part) {
                let segment = self.text(part, limits);
                self.segments.push(segment);
            } else {
                self.attach(part, limits);
            }
            return;
        }
        match part.content.sub.as_str() {
            "alternative" => self.alternative(part, limits),
            "related" => {
                // The first part is the page, whatever follows belongs to it.
                for (index, child) in part.children.iter().enumerate() {
                    if index == 0 || child.is_container() {
                        self.visit(child, limits);
                    } else {
                        self.attach(child, limits);
                    }
                }
            }
            _ => part.children.iter().for_each(|child| self.visit(child, limits)),
        }
    }

    /// The same content in several forms: one segment out of the best plain text and the best HTML.
    fn alternative(&mut self, part: &Part<'_>, limits: &MailLimits) {
        let start = self.segments.len();
        part.children.iter().for_each(|child| self.visit(child, limits));
        let mut merged = (None, None);
        for (plain, html) in self.segments.drain(start..) {
            merged.0 = merged.0.or(plain);
            merged.1 = html.or(merged.1);
        }
        if merged.0.as_deref().is_some_and(|text: &str| text.trim().is_empty()) && merged.1.is_some() {
            merged.0 = None;
        }
        self.segments.push(merged);
    }

    fn text(&mut self, part: &Part<'_>, limits: &MailLimits) -> (Option<String>, Option<String>) {
        let (bytes, broken) = part.decoded();
        if broken {
            self.warnings.insert(ParseWarning::BrokenEncoding);
        }
        let html = part.content.sub == "html";
        let declared = part.content.param("charset").map(str::to_owned);
        let declared = declared.or_else(|| html.then(|| charset::html_charset(&bytes)).flatten());
        // Twelve bytes for one character is the worst that any charset does.
        let room = bytes.len().min(limits.body_text.saturating_mul(4));
        let decoded = charset::decode(&bytes[..room], declared.as_deref());
        if decoded.lied {
            self.warnings.insert(ParseWarning::CharsetMismatch);
        }
        let text = charset::clean_text(&decoded.text, limits.body_text);
        if text.len() >= limits.body_text {
            self.warnings.insert(ParseWarning::BodyTruncated);
        }
        let flowed = part
            .content
            .param("format")
            .is_some_and(|f| f.eq_ignore_ascii_case("flowed"));
        match (html, flowed) {
            (true, _) => (None, Some(text)),
            (false, true) => (Some(unflow(&text, part.content.param("delsp") == Some("yes"))), None),
            (false, false) => (Some(text), None),
        }
    }

    fn attach(&mut self, part: &Part<'_>, limits: &MailLimits) {
        let disposition = part
            .fields
            .get("content-disposition")
            .map(|f| f.content())
            .unwrap_or_default();
        let declared_name = disposition
            .param("filename")
            .or(part.content.param("name"))
            .unwrap_or_default()
            .to_owned();
        let declared_type = part.content.full();
        let (bytes, broken) = part.decoded();
        if broken {
            self.warnings.insert(ParseWarning::BrokenEncoding);
        }
        let kind = kind(&declared_type, &declared_name, part);
        let sniffed = sniff(&bytes);
        let fallback = fallback_name(kind, &declared_type, sniffed, part, limits);
        let name = unique_name(&safe_name(&declared_name, &fallback), &mut self.names);
        let too_large = bytes.len() > limits.attachment;
        let refused = if too_large {
            Some(BlockReason::TooLarge)
        } else {
            blocked(&name, &declared_name, sniffed)
        };
        let content_id = part.fields.get("content-id").and_then(|f| f.ids(1).pop());
        self.attachments.push(ParsedAttachment {
            inline: disposition.main == "inline" || (disposition.main.is_empty() && content_id.is_some()),
            blocked: refused,
            name,
            sniffed_type: sniffed.map_or_else(|| declared_type.clone(), str::to_owned),
            declared_type,
            size: bytes.len(),
            sha256: HEXLOWER.encode(&Sha256::digest(&bytes)),
            bytes: if refused.is_some() { Vec::new() } else { bytes },
            content_id,
            kind,
        });
    }

    /// The text people read; the flag says that it was made from HTML.
    pub(crate) fn plain(&self) -> (String, bool, Option<usize>) {
        if let [(None, Some(html))] = self.segments.as_slice() {
            let made = html::to_text(html);
            return (made.text, true, made.dom_marker);
        }
        let mut made = false;
        let texts = self.segments.iter().filter_map(|(plain, html)| match (plain, html) {
            (Some(plain), _) => Some(plain.clone()),
            (None, Some(html)) => {
                made = true;
                Some(html::to_text(html).text)
            }
            (None, None) => None,
        });
        let texts: Vec<String> = texts.filter(|t| !t.trim().is_empty()).collect();
        (texts.join("\n"), made, None)
    }

    /// The raw HTML; plain segments between HTML ones are kept as preformatted text.
    pub(crate) fn html(&self) -> Option<String> {
        if !self.segments.iter().any(|(_, html)| html.is_some()) {
            return None;
        }
        let pieces = self.segments.iter().filter_map(|(plain, html)| {
            html.clone()
                .or_else(|| plain.as_deref().map(|p| format!("<pre>{}</pre>", html::escape(p))))
        });
        Some(pieces.collect::<Vec<_>>().join("\n"))
    }

    /// Digest over everything that was decoded.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for (plain, html) in &self.segments {
            for text in [plain, html].into_iter().flatten() {
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text.as_bytes());
            }
        }
        for file in &self.attachments {
            hash.update(file.sha256.as_bytes());
        }
        hash.finalize().into()
    }
}

/// Text without a name that is not declared a file is read, not downloaded.
fn is_text(part: &Part<'_>) -> bool {
    let multipart_without_parts = part.content.main == "multipart" && part.children.is_empty() && !part.too_deep;
    let readable =
        part.content.main == "text" && matches!(part.content.sub.as_str(), "" | "plain" | "html" | "enriched");
    let disposition = part
        .fields
        .get("content-disposition")
        .map(|f| f.content())
        .unwrap_or_default();
    let named = disposition.param("filename").or(part.content.param("name")).is_some();
    multipart_without_parts || (readable && disposition.main != "attachment" && !named)
}

fn kind(declared: &str, name: &str, part: &Part<'_>) -> AttachmentKind {
    match declared {
        "message/rfc822" | "message/global" => AttachmentKind::AttachedMessage,
        "application/pkcs7-signature" | "application/x-pkcs7-signature" | "application/pgp-signature" => {
            AttachmentKind::Signature
        }
        "application/pgp-encrypted" => AttachmentKind::Encrypted,
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => match part.content.param("smime-type") {
            Some("signed-data") => AttachmentKind::Signature,
            _ => AttachmentKind::Encrypted,
        },
        "application/ms-tnef" | "application/vnd.ms-tnef" => AttachmentKind::Tnef,
        _ if name.eq_ignore_ascii_case("winmail.dat") => AttachmentKind::Tnef,
        _ => AttachmentKind::File,
    }
}

fn fallback_name(
    kind: AttachmentKind,
    declared: &str,
    sniffed: Option<&str>,
    part: &Part<'_>,
    limits: &MailLimits,
) -> String {
    if kind == AttachmentKind::AttachedMessage {
        let subject = super::header::split(part.body, limits)
            .0
            .get("subject")
            .map(|f| f.text())
            .unwrap_or_default();
        return format!(
            "{}.eml",
            safe_name(&subject.chars().take(60).collect::<String>(), "message")
        );
    }
    let extension = match sniffed.unwrap_or(declared) {
        "application/pdf" => "pdf",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "application/zip" => "zip",
        "text/calendar" => "ics",
        "text/html" => "html",
        "application/pgp-signature" => "asc",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "p7s",
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => "p7m",
        kind if kind.starts_with("text/") => "txt",
        _ => "bin",
    };
    format!("attachment.{extension}")
}

/// Joins the soft line breaks of format=flowed (RFC 3676); quoted lines are left alone.
fn unflow(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let bare = line.strip_suffix('\n').unwrap_or(line);
        if bare.ends_with(' ') && bare != "-- " && !bare.starts_with('>') && line.len() != bare.len() {
            out.push_str(if delsp { &bare[..bare.len() - 1] } else { bare });
        } else {
            out.push_str(line);
        }
    }
    out
}
