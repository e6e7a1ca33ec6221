//! The tree of MIME parts, walked by ourselves: the raw bytes of each part stay exact (signatures depend on them), an
//! unterminated multipart loses nothing (mail-parser 0.11 does), and number and depth are bounded.

use domain::mail::limits::MailLimits;

use super::header::{ContentValue, Fields, split};

/// A part of a message.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    pub(crate) fields: Fields<'a>,
    pub(crate) content: ContentValue,
    /// Bytes after the part's header, still encoded; for a multipart the whole of its children.
    pub(crate) body: &'a [u8],
    /// Children of a multipart.
    pub(crate) children: Vec<Part<'a>>,
    /// A multipart below the deepest level that is opened; kept as a file.
    pub(crate) too_deep: bool,
}

/// What was left out.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    pub(crate) parts: usize,
    pub(crate) too_many: bool,
    pub(crate) too_deep: bool,
}

impl<'a> Part<'a> {
    /// Reads a message or part and everything inside it.
    pub(crate) fn read(
        bytes: &'a [u8],
        limits: &MailLimits,
        depth: usize,
        in_digest: bool,
        bounds: &mut Bounds,
    ) -> Self {
        bounds.parts += 1;
        let (fields, body) = split(bytes, limits);
        let mut content = fields.get("content-type").map(|f| f.content()).unwrap_or_default();
        if content.main.is_empty() {
            content.main = if in_digest { "message" } else { "text" }.to_owned();
            content.sub = if in_digest { "rfc822" } else { "plain" }.to_owned();
        }
        let mut part = Part {
            fields,
            content,
            body,
            children: Vec::new(),
            too_deep: false,
        };
        if part.content.main != "multipart" {
            return part;
        }
        if depth >= limits.depth {
            bounds.too_deep = true;
            part.too_deep = true;
            return part;
        }
        let Some(boundary) = part.content.param("boundary").map(|b| b.trim_end().to_owned()) else {
            return part;
        };
        let in_digest = part.content.sub == "digest";
        for child in children(body, boundary.as_bytes()) {
            if bounds.parts >= limits.parts {
                bounds.too_many = true;
                break;
            }
            part.children
                .push(Part::read(child, limits, depth + 1, in_digest, bounds));
        }
        part
    }

    /// Whether the part is a multipart whose children were found.
    pub(crate) fn is_container(&self) -> bool {
        !self.children.is_empty()
    }

    /// Decoded content of a leaf; the flag says that its transfer encoding was broken.
    pub(crate) fn decoded(&self) -> (Vec<u8>, bool) {
        let encoding = self
            .fields
            .get("content-transfer-encoding")
            .map(|f| f.plain())
            .unwrap_or_default();
        // Composite types may not be encoded beyond 8bit, but servers send encoded attached messages all the same.
        let encoding = encoding.split([';', ' ', '(']).next().unwrap_or_default();
        super::transfer::decode(self.body, encoding)
    }

    /// Every leaf in order.
    pub(crate) fn leaves(&self) -> Vec<&Part<'a>> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(part) = open.pop() {
            if part.is_container() {
                open.extend(part.children.iter().rev());
            } else {
                found.push(part);
            }
        }
        found
    }
}

/// The slices between the boundary lines; what follows the last one counts when the end is missing.
fn children<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    let mut start: Option<usize> = None;
    let mut at = 0;
    while at < body.len() {
        let end = body[at..]
            .iter()
            .position(|b| *b == b'\n')
            .map_or(body.len(), |n| at + n + 1);
        if let Some(closing) = delimiter(&body[at..end], boundary) {
            if let Some(start) = start {
                found.push(without_line_end(&body[start..at]));
            }
            if closing {
                return found;
            }
            start = Some(end);
        }
        at = end;
    }
    if let Some(start) = start.filter(|s| *s < body.len()) {
        found.push(&body[start..]);
    }
    found
}

/// `Some(true)` for the closing line, `Some(false)` for one between parts.
fn delimiter(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    let closing = rest.starts_with(b"--");
    let rest = if closing { &rest[2..] } else { rest };
    // A longer boundary that begins like this one is another's.
    rest.iter()
        .all(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
        .then_some(closing)
}

/// The line end before a boundary belongs to the boundary.
fn without_line_end(part: &[u8]) -> &[u8] {
    part.strip_suffix(b"\r\n")
        .or_else(|| part.strip_suffix(b"\n"))
        .unwrap_or(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(text: &str) -> Vec<String> {
        let mut bounds = Bounds::default();
        let root = Part::read(text.as_bytes(), &MailLimits::default(), 0, false, &mut bounds);
        root.leaves()
            .iter()
            .map(|p| format!("{}:{}", p.content.full(), String::from_utf8_lossy(p.body)))
            .collect()
    }

    #[test]
    fn unterminated_nested_multiparts_lose_nothing() {
        let text = "Content-Type: multipart/mixed; boundary=a\n\npre\n--a\nContent-Type: multipart/alternative; boundary=ab\n\n\
                    --ab\n\nplain\n--ab\nContent-Type: text/html\n\n<p>\n--a\nContent-Type: application/pdf\n\n%PDF";
        assert_eq!(
            leaves(text),
            ["text/plain:plain", "text/html:<p>", "application/pdf:%PDF"]
        );
    }

    #[test]
    fn a_multipart_without_parts_is_a_leaf() {
        assert_eq!(leaves("Content-Type: multipart/mixed\n\nhello").len(), 1);
        assert_eq!(leaves("Content-Type: multipart/mixed; boundary=x\n\nhello").len(), 1);
        assert_eq!(leaves(""), ["text/plain:"]);
    }

    #[test]
    fn number_and_depth_are_bounded() {
        let many = format!(
            "Content-Type: multipart/mixed; boundary=x\n\n{}",
            "--x\n\na\n".repeat(1_000)
        );
        assert_eq!(leaves(&many).len(), 99);
        let deep: String = (0..500)
            .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
            .collect();
        let mut bounds = Bounds::default();
        Part::read(deep.as_bytes(), &MailLimits::default(), 0, false, &mut bounds);
        assert!(bounds.too_deep && bounds.parts <= 21);
    }
}
