//! Splits a message into its MIME parts in linear passes, with bounds on depth and number. The splitter is our own
//! because the limits must hold before anything is decoded, and because a multipart that ends without its closing
//! delimiter must not lose parts.

use std::ops::Range;

use domain::mail::limits::MailLimits;
use mail_parser::{ContentType, HeaderName, HeaderValue, MessageParser, MimeHeaders};

/// One leaf of the MIME tree; positions are offsets into the raw message.
#[derive(Debug, Clone, Default)]
pub(super) struct Leaf {
    /// Header section.
    pub header: Range<usize>,
    /// Body, still transfer-encoded.
    pub body: Range<usize>,
    /// Lower-case media type such as `text/plain`.
    pub media: String,
    /// Declared charset.
    pub charset: Option<String>,
    /// File name of Content-Disposition or Content-Type.
    pub name: Option<String>,
    /// Content-Transfer-Encoding, lower case.
    pub encoding: String,
    /// Content-ID without angle brackets.
    pub content_id: Option<String>,
    /// Content-Disposition says `attachment`.
    pub is_attachment: bool,
    /// Some ancestor is a multipart/alternative.
    pub in_alternative: bool,
    /// Directly below a multipart/related and not its first part.
    pub related: bool,
    /// Below the depth limit: kept whole and undecoded.
    pub too_deep: bool,
}

/// The tree's leaves and what was noticed.
#[derive(Debug, Default)]
pub(super) struct Structure {
    /// Header section of the message itself.
    pub header: Range<usize>,
    /// Media type of the root.
    pub root_media: String,
    /// `report-type` of a multipart/report.
    pub report_type: Option<String>,
    /// Leaves in order.
    pub leaves: Vec<Leaf>,
    /// Limits reached and damage found.
    pub warnings: Vec<String>,
}

#[derive(Clone, Copy, Default)]
struct Context {
    depth: usize,
    in_alternative: bool,
    related: bool,
    digest: bool,
}

/// Splits `raw`.
pub(super) fn split(raw: &[u8], limits: &MailLimits) -> Structure {
    let mut structure = Structure::default();
    let (header, _) = sections(raw, 0..raw.len());
    structure.header = header;
    walk(raw, 0..raw.len(), Context::default(), limits, &mut structure);
    structure
}

fn walk(raw: &[u8], range: Range<usize>, context: Context, limits: &MailLimits, out: &mut Structure) {
    if out.leaves.len() >= limits.parts {
        let text = format!(
            "more than {} parts; the others are only in the raw message",
            limits.parts
        );
        if !out.warnings.contains(&text) {
            out.warnings.push(text);
        }
        return;
    }
    let (header, body) = sections(raw, range.clone());
    let mut leaf = describe(raw.get(header.clone()).unwrap_or_default(), limits, context);
    leaf.leaf.header = header;
    leaf.leaf.body = body.clone();
    if context.depth == 0 {
        out.root_media.clone_from(&leaf.leaf.media);
        out.report_type = leaf.report_type;
    }
    if leaf.leaf.media.starts_with("multipart/") {
        if context.depth >= limits.depth {
            out.warnings.push(format!("nested deeper than {} levels", limits.depth));
            leaf.leaf.too_deep = true;
            out.leaves.push(leaf.leaf);
            return;
        }
        let children = leaf
            .boundary
            .map(|b| delimited(raw, body, b.as_bytes(), limits.parts))
            .unwrap_or_default();
        if children.is_empty() {
            out.warnings.push("multipart without a part; shown as text".to_owned());
            leaf.leaf.media = "text/plain".to_owned();
            out.leaves.push(leaf.leaf);
            return;
        }
        let kind = leaf.leaf.media.as_str();
        for (position, child) in children.into_iter().enumerate() {
            let inner = Context {
                depth: context.depth + 1,
                in_alternative: context.in_alternative || kind == "multipart/alternative",
                related: kind == "multipart/related" && position > 0,
                digest: kind == "multipart/digest",
            };
            walk(raw, child, inner, limits, out);
        }
        return;
    }
    out.leaves.push(leaf.leaf);
}

struct Described {
    leaf: Leaf,
    boundary: Option<String>,
    report_type: Option<String>,
}

fn describe(header: &[u8], limits: &MailLimits, context: Context) -> Described {
    let header = header.get(..limits.header.min(header.len())).unwrap_or_default();
    let default = if context.digest { "message/rfc822" } else { "text/plain" };
    let mut leaf = Leaf {
        in_alternative: context.in_alternative,
        related: context.related,
        ..Leaf::default()
    };
    let parsed = MessageParser::new().with_mime_headers().parse_headers(header);
    let Some(part) = parsed.as_ref().and_then(|m| m.parts.first()) else {
        leaf.media = default.to_owned();
        return Described {
            leaf,
            boundary: None,
            report_type: None,
        };
    };
    let (mut boundary, mut report_type) = (None, None);
    leaf.media = default.to_owned();
    if let Some(kind) = part.content_type() {
        if let Some(subtype) = kind.subtype() {
            leaf.media = format!("{}/{subtype}", kind.ctype()).to_ascii_lowercase();
        }
        leaf.charset = kind.attribute("charset").map(str::to_owned);
        boundary = kind.attribute("boundary").filter(|b| !b.is_empty()).map(str::to_owned);
        report_type = kind.attribute("report-type").map(str::to_ascii_lowercase);
    }
    let disposition = part.content_disposition();
    leaf.is_attachment = disposition.is_some_and(ContentType::is_attachment);
    leaf.name = part.attachment_name().map(str::to_owned);
    leaf.content_id = part.content_id().map(|id| id.trim_matches(['<', '>']).to_owned());
    leaf.encoding = part
        .headers
        .iter()
        .find(|h| h.name == HeaderName::ContentTransferEncoding)
        .and_then(|h| match &h.value {
            HeaderValue::Text(text) => Some(text.trim().to_ascii_lowercase()),
            _ => None,
        })
        .unwrap_or_default();
    Described {
        leaf,
        boundary,
        report_type,
    }
}

/// Divides a part at its first empty line.
fn sections(raw: &[u8], range: Range<usize>) -> (Range<usize>, Range<usize>) {
    let mut line = range.start;
    while line < range.end {
        let end = line_end(raw, line, range.end);
        if matches!(raw.get(line..end), Some(b"\n" | b"\r\n" | b"\r")) {
            return (range.start..line, end..range.end);
        }
        line = end;
    }
    (range.clone(), range.end..range.end)
}

/// Ranges between the delimiter lines of `boundary`; the last part may lack its closing delimiter.
fn delimited(raw: &[u8], body: Range<usize>, boundary: &[u8], most: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut open: Option<usize> = None;
    let mut line = body.start;
    while line < body.end && parts.len() <= most {
        let end = line_end(raw, line, body.end);
        let text = raw.get(line..end).unwrap_or_default();
        if let Some(rest) = text.strip_prefix(b"--").and_then(|t| t.strip_prefix(boundary)) {
            let rest = rest.trim_ascii();
            if rest.is_empty() || rest == b"--" {
                if let Some(start) = open {
                    parts.push(start..before_break(raw, start, line));
                }
                open = rest.is_empty().then_some(end);
                if open.is_none() {
                    return parts;
                }
            }
        }
        line = end;
    }
    if let Some(start) = open.filter(|start| *start < body.end) {
        parts.push(start..body.end);
    }
    parts
}

/// The line break before a delimiter belongs to the delimiter.
fn before_break(raw: &[u8], start: usize, line: usize) -> usize {
    let mut end = line;
    if end > start && raw.get(end - 1) == Some(&b'\n') {
        end -= 1;
    }
    if end > start && raw.get(end - 1) == Some(&b'\r') {
        end -= 1;
    }
    end
}

fn line_end(raw: &[u8], start: usize, limit: usize) -> usize {
    let rest = raw.get(start..limit).unwrap_or_default();
    rest.iter().position(|b| *b == b'\n').map_or(limit, |at| start + at + 1)
}
