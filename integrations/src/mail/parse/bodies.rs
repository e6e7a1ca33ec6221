//! Sorts the leaves of a message into text, HTML and files.

use data_encoding::HEXLOWER;
use domain::mail::limits::MailLimits;
use sha2::{Digest, Sha256};

use super::charset::{self, clean_text};
use super::mime::{Leaf, Structure};
use super::names::Names;
use super::report::{ReportPart, is_report_part};
use super::sniff::{blocked_reason, sniff};
use super::{AttachmentKind, ParsedAttachment, transfer};
use crate::mail::html;

/// Most bytes of a report part that are read.
const REPORT_BYTES: usize = 64 << 10;

/// What the leaves hold.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub text: String,
    pub text_is_from_html: bool,
    pub dom_marker: Option<usize>,
    pub html: Option<String>,
    pub attachments: Vec<ParsedAttachment>,
    pub report_parts: Vec<ReportPart>,
    pub digest: [u8; 32],
}

/// A body in its order: both views of the mail are put together from these.
struct Body {
    text: String,
    is_html: bool,
    in_alternative: bool,
}

/// Decodes and sorts all leaves.
pub(super) fn collect(raw: &[u8], structure: &Structure, limits: &MailLimits, warnings: &mut Vec<String>) -> Content {
    let mut content = Content::default();
    let mut bodies = Vec::new();
    let mut names = Names::default();
    let mut digest = Sha256::new();
    for (number, leaf) in structure.leaves.iter().enumerate() {
        let encoded = raw.get(leaf.body.clone()).unwrap_or_default();
        let (bytes, broken) = transfer::decode(encoded, &leaf.encoding);
        if broken {
            warnings.push(format!("part {}: {} encoding is damaged", number + 1, leaf.encoding));
        }
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(&bytes);
        if is_report_part(&leaf.media) {
            let head = bytes.get(..bytes.len().min(REPORT_BYTES)).unwrap_or_default();
            content.report_parts.push(ReportPart {
                media: leaf.media.clone(),
                text: charset::decode(head, leaf.charset.as_deref()).text,
            });
        }
        if is_body(leaf) {
            let is_html = leaf.media == "text/html";
            let named = leaf
                .charset
                .clone()
                .or_else(|| if is_html { charset::html_charset(&bytes) } else { None });
            let decoded = charset::decode(&bytes, named.as_deref());
            if decoded.lied {
                let named = named.unwrap_or_default();
                warnings.push(format!(
                    "part {}: not written in the charset it declares ({named})",
                    number + 1
                ));
            }
            let mut text = decoded.text;
            // HTML is cut by the sanitiser, which can do so without breaking it; text is cut here.
            if !is_html && text.len() > limits.body_text {
                warnings.push(format!(
                    "part {}: text longer than {} bytes was cut",
                    number + 1,
                    limits.body_text
                ));
                truncate(&mut text, limits.body_text);
            }
            bodies.push(Body {
                text,
                is_html,
                in_alternative: leaf.in_alternative,
            });
        } else {
            content
                .attachments
                .push(attachment(leaf, bytes, raw, limits, &mut names));
        }
    }
    content.digest = digest.finalize().into();
    text_view(&bodies, limits, &mut content);
    content.html = html_view(&bodies);
    content
}

fn is_body(leaf: &Leaf) -> bool {
    matches!(
        leaf.media.as_str(),
        "text/plain" | "text/html" | "text/enriched" | "text"
    ) && !leaf.is_attachment
        && leaf.name.is_none()
        && !leaf.too_deep
        && !(leaf.related && leaf.content_id.is_some())
}

/// Plain parts, and HTML parts that have no plain sibling.
fn text_view(bodies: &[Body], limits: &MailLimits, into: &mut Content) {
    let has_plain = bodies
        .iter()
        .any(|b| !b.is_html && b.in_alternative && !b.text.trim().is_empty());
    for body in bodies {
        if body.is_html && body.in_alternative && has_plain {
            continue;
        }
        let piece = if body.is_html {
            let made = html::to_text(&body.text, limits.body_text);
            let start = into.text.len() + usize::from(!into.text.is_empty());
            into.dom_marker = into.dom_marker.or(made.dom_marker.map(|at| at + start));
            into.text_is_from_html = true;
            made.text
        } else {
            clean_text(&body.text, limits.body_text)
        };
        if !into.text.is_empty() && !piece.is_empty() {
            into.text.push('\n');
        }
        into.text.push_str(&piece);
    }
    truncate(&mut into.text, limits.body_text);
}

/// HTML parts, and plain parts that are not another form of one.
fn html_view(bodies: &[Body]) -> Option<String> {
    if !bodies.iter().any(|b| b.is_html) {
        return None;
    }
    let mut html = String::new();
    for body in bodies {
        if body.is_html {
            html.push_str(&body.text);
        } else if !body.in_alternative && !body.text.trim().is_empty() {
            let escaped = body
                .text
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            html.push_str(&format!("<pre>{escaped}</pre>"));
        }
    }
    Some(html)
}

fn attachment(leaf: &Leaf, bytes: Vec<u8>, raw: &[u8], limits: &MailLimits, names: &mut Names) -> ParsedAttachment {
    let sniffed = sniff(&bytes);
    let is_message = matches!(leaf.media.as_str(), "message/rfc822" | "message/global");
    let declared = leaf.media.clone();
    let content_type = match sniffed {
        // Text and unknown bytes say little; the declaration of a harmless kind says more.
        "application/octet-stream" | "text/plain" if !declared.starts_with("multipart/") => declared.clone(),
        "application/ms-tnef" | "application/x-ole-storage" if declared.starts_with("application/") => declared.clone(),
        _ if is_message => "message/rfc822".to_owned(),
        other => other.to_owned(),
    };
    let wished = leaf
        .name
        .clone()
        .unwrap_or_else(|| fallback_name(&content_type).to_owned());
    let blocked = if leaf.too_deep {
        Some("nested too deep".to_owned())
    } else if bytes.len() > limits.attachment {
        Some(format!("larger than {} bytes", limits.attachment))
    } else {
        blocked_reason(sniffed, [wished.as_str(), super::names::safe_name(&wished).as_str()])
    };
    let header = raw.get(leaf.header.clone()).unwrap_or_default();
    ParsedAttachment {
        name: names.unique(&wished),
        declared_type: declared,
        sniffed_type: content_type,
        size: bytes.len(),
        sha256: HEXLOWER.encode(&Sha256::digest(&bytes)),
        kind: kind(&leaf.media, sniffed),
        content_id: leaf.content_id.clone(),
        inline: !leaf.is_attachment && leaf.content_id.is_some() && !header.is_empty(),
        bytes: if blocked.is_some() { Vec::new() } else { bytes },
        blocked,
    }
}

fn kind(media: &str, sniffed: &str) -> AttachmentKind {
    match media {
        "message/rfc822" | "message/global" => AttachmentKind::AttachedMessage,
        "application/pgp-signature" | "application/pkcs7-signature" | "application/x-pkcs7-signature" => {
            AttachmentKind::Signed
        }
        "application/pgp-encrypted" | "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
            AttachmentKind::Encrypted
        }
        "application/ms-tnef" | "application/vnd.ms-tnef" => AttachmentKind::Tnef,
        _ if sniffed == "application/ms-tnef" => AttachmentKind::Tnef,
        _ => AttachmentKind::File,
    }
}

fn fallback_name(content_type: &str) -> &'static str {
    match content_type {
        "message/rfc822" => "message.eml",
        "message/delivery-status" | "message/disposition-notification" | "message/feedback-report" => "report.txt",
        "text/rfc822-headers" => "headers.txt",
        "text/calendar" => "invitation.ics",
        "text/html" => "page.html",
        "image/png" => "image.png",
        "image/jpeg" => "image.jpg",
        "image/gif" => "image.gif",
        "application/pdf" => "document.pdf",
        "application/pgp-signature" => "signature.asc",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "smime.p7s",
        text if text.starts_with("text/") => "text.txt",
        _ => "attachment",
    }
}

fn truncate(text: &mut String, most: usize) {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
}
