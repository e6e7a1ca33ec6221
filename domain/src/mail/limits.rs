//! The bounds that keep one mail from harming the others. Values are configuration; these are the defaults.

use serde::{Deserialize, Serialize};

/// Limits for one incoming or outgoing mail. Sizes are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailLimits {
    /// Largest raw message that is downloaded and parsed; a larger one becomes a ticket stub.
    pub message: usize,
    /// Largest single attachment, decoded.
    pub attachment: usize,
    /// Most MIME parts that are looked at.
    pub parts: usize,
    /// Deepest nesting of multiparts and attached messages.
    pub depth: usize,
    /// Largest header section; what follows is not decoded.
    pub header: usize,
    /// Most header fields kept of one message.
    pub header_fields: usize,
    /// Longest decoded text kept for a body.
    pub body_text: usize,
    /// Longest HTML that is sanitised; a longer one is shown as text.
    pub html: usize,
    /// Most tags of HTML that is sanitised.
    pub html_tags: usize,
    /// Most links of HTML that is sanitised.
    pub html_links: usize,
    /// Deepest nesting of HTML; deeper elements are flattened.
    pub html_depth: usize,
    /// Largest `data:` image kept in HTML.
    pub data_uri: usize,
    /// Most addresses read from one header field.
    pub addresses: usize,
    /// Most references read from References.
    pub references: usize,
    /// Largest outgoing message, after the 1.37 growth of base64.
    pub outgoing: usize,
}

impl Default for MailLimits {
    fn default() -> Self {
        Self {
            message: 40 << 20,
            attachment: 25 << 20,
            parts: 100,
            depth: 20,
            header: 1 << 20,
            header_fields: 2_000,
            body_text: 2 << 20,
            html: 2 << 20,
            html_tags: 20_000,
            html_links: 5_000,
            html_depth: 200,
            data_uri: 1 << 20,
            addresses: 1_000,
            references: 200,
            outgoing: 25 << 20,
        }
    }
}

impl MailLimits {
    /// The header section of a message with the blank line that ends it, as much of it as the limit allows.
    #[must_use]
    pub fn header_of<'a>(&self, raw: &'a [u8]) -> &'a [u8] {
        let within = &raw[..raw.len().min(self.header)];
        // A blank line ends it; line ends may lack their CR.
        let end = within
            .iter()
            .enumerate()
            .find_map(|(at, byte)| match (byte, &within[at + 1..]) {
                (b'\n', [b'\n', ..]) => Some(at + 2),
                (b'\n', [b'\r', b'\n', ..]) => Some(at + 3),
                _ => None,
            });
        &within[..end.unwrap_or(within.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_ends_at_the_first_blank_line_or_at_the_limit() {
        let limits = MailLimits {
            header: 20,
            ..MailLimits::default()
        };
        for (raw, header) in [
            ("A: b\r\n\r\nbody\n\n", "A: b\r\n\r\n"),
            ("A: b\n\nbody\r\n\r\n", "A: b\n\n"),
            ("A: b\r\n\nbody", "A: b\r\n\n"),
            ("A: b\r\n", "A: b\r\n"),
            ("", ""),
            ("A: 45678901234567890\n\nbody", "A: 45678901234567890"),
        ] {
            assert_eq!(limits.header_of(raw.as_bytes()), header.as_bytes(), "{raw:?}");
        }
    }
}
