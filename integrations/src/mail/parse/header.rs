//! Header sections: split into fields by ourselves (any bytes), values decoded by mail-parser's field parsers.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use domain::mail::address::MailAddress;
use domain::mail::limits::MailLimits;
use mail_parser::parsers::MessageStream;
use mail_parser::{Address, HeaderValue};

use super::charset;

/// A field as sent: its name and the raw value including folds and the final line end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    raw: &'a [u8],
}

/// The fields of a message or part.
#[derive(Debug, Default)]
pub(crate) struct Fields<'a> {
    list: Vec<Field<'a>>,
    /// More fields or bytes than the limits allow.
    pub(crate) truncated: bool,
}

/// Longest value handed to the field parsers.
const MAX_VALUE: usize = 256 * 1024;

/// Splits a message or part into its fields and its body.
pub(crate) fn split<'a>(bytes: &'a [u8], limits: &MailLimits) -> (Fields<'a>, &'a [u8]) {
    let mut fields = Fields::default();
    let mut at = 0;
    let mut open: Option<(&'a str, usize)> = None;
    let body = loop {
        let rest = &bytes[at..];
        let end = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |n| n + 1);
        let line = &rest[..end];
        let blank = line.iter().all(|b| matches!(b, b'\r' | b'\n'));
        let folded = matches!(line.first(), Some(b' ' | b'\t')) && open.is_some() && !blank;
        if !folded && let Some((name, start)) = open.take() {
            fields.add(
                Field {
                    name,
                    raw: &bytes[start..at],
                },
                limits,
            );
        }
        if blank {
            break &bytes[at + end..];
        }
        if at > limits.header {
            // What follows an endless header is not looked at: the raw mail keeps it.
            fields.truncated = true;
            break &[];
        }
        if !folded && let Some(colon) = line.iter().position(|b| *b == b':') {
            let name = std::str::from_utf8(&line[..colon]).unwrap_or_default().trim_end();
            if !name.is_empty() && name.len() <= 200 && name.bytes().all(|b| b.is_ascii_graphic()) {
                open = Some((name, at + colon + 1));
            }
        }
        at += end;
    };
    (fields, body)
}

impl<'a> Fields<'a> {
    fn add(&mut self, field: Field<'a>, limits: &MailLimits) {
        if self.list.len() < limits.header_fields {
            self.list.push(field);
        } else {
            self.truncated = true;
        }
    }

    /// Every field of a name, topmost first.
    pub(crate) fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Field<'a>> + 's {
        self.list.iter().filter(move |f| f.name.eq_ignore_ascii_case(name))
    }

    /// The topmost field of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&Field<'a>> {
        self.list.iter().find(|f| f.name.eq_ignore_ascii_case(name))
    }

    /// All fields.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Field<'a>> {
        self.list.iter()
    }
}

impl<'a> Field<'a> {
    /// The value as the field parsers want it: UTF-8 when it holds 8-bit characters, with a line end.
    fn value(&self) -> Cow<'a, [u8]> {
        let raw = self.raw.get(..self.raw.len().min(MAX_VALUE)).unwrap_or_default();
        let ends = raw.ends_with(b"\n");
        if ends && raw.is_ascii() {
            return Cow::Borrowed(raw);
        }
        let mut text = charset::decode(raw, None).text.into_bytes();
        text.retain(|b| *b != 0);
        if !text.ends_with(b"\n") {
            text.push(b'\n');
        }
        Cow::Owned(text)
    }

    /// Unstructured text with encoded words decoded.
    pub(crate) fn text(&self) -> String {
        let value = self.value();
        match MessageStream::new(&value).parse_unstructured() {
            HeaderValue::Text(text) => charset::clean_line(&text, 10_000),
            _ => String::new(),
        }
    }

    /// The value as sent, unfolded but not decoded.
    pub(crate) fn plain(&self) -> String {
        charset::clean_line(&String::from_utf8_lossy(&self.value()), 100_000)
    }

    /// The mailboxes of an address field; groups are opened.
    pub(crate) fn addresses(&self, limit: usize) -> Vec<MailAddress> {
        let value = self.value();
        let parsed = MessageStream::new(&value).parse_address();
        let list = match &parsed {
            HeaderValue::Address(Address::List(list)) => list.iter().collect::<Vec<_>>(),
            HeaderValue::Address(Address::Group(groups)) => groups.iter().flat_map(|g| &g.addresses).collect(),
            _ => Vec::new(),
        };
        let clean = |text: &Option<Cow<'_, str>>| {
            text.as_deref()
                .map(|t| charset::clean_line(t, 1_000))
                .unwrap_or_default()
        };
        let mailboxes = list
            .into_iter()
            .map(|a| MailAddress::new(clean(&a.name), clean(&a.address)));
        mailboxes
            .filter(|m| !m.address.is_empty() || !m.name.is_empty())
            .take(limit)
            .collect()
    }

    /// The ids of a Message-ID, In-Reply-To or References field without angle brackets.
    pub(crate) fn ids(&self, limit: usize) -> Vec<String> {
        let value = self.plain();
        let mut ids: Vec<String> = Vec::new();
        let mut rest = value.as_str();
        while ids.len() < limit {
            let Some((_, after)) = rest.split_once('<') else { break };
            let Some((id, tail)) = after.split_once('>') else { break };
            let id: String = id.chars().filter(|c| !c.is_whitespace()).take(998).collect();
            if !id.is_empty() {
                ids.push(id);
            }
            rest = tail;
        }
        if ids.is_empty() {
            // Some programs forget the brackets.
            ids.extend(
                value
                    .split_whitespace()
                    .filter(|w| w.contains('@') && w.len() <= 998)
                    .take(limit)
                    .map(str::to_owned),
            );
        }
        ids
    }

    /// Date of the field; `None` when it cannot be read or cannot be.
    pub(crate) fn date(&self) -> Option<DateTime<Utc>> {
        let value = self.value();
        match MessageStream::new(&value).parse_date() {
            HeaderValue::DateTime(date) if date.is_valid() && date.year < 10_000 => {
                DateTime::from_timestamp(date.to_timestamp(), 0)
            }
            _ => None,
        }
    }

    /// A Content-Type or Content-Disposition value.
    pub(crate) fn content(&self) -> ContentValue {
        let value = self.value();
        let mut content = ContentValue::default();
        if let HeaderValue::ContentType(parsed) = MessageStream::new(&value).parse_content_type() {
            content.main = charset::clean_line(parsed.ctype(), 100).to_ascii_lowercase();
            content.sub = charset::clean_line(parsed.subtype().unwrap_or_default(), 100).to_ascii_lowercase();
            let attributes = parsed.attributes().unwrap_or_default().iter().take(50);
            content.params = attributes
                .map(|a| (a.name.to_ascii_lowercase(), charset::clean_line(&a.value, 2_000)))
                .collect();
        }
        content
    }
}

/// A parsed Content-Type or Content-Disposition.
#[derive(Debug, Clone, Default)]
pub(crate) struct ContentValue {
    pub(crate) main: String,
    pub(crate) sub: String,
    params: Vec<(String, String)>,
}

impl ContentValue {
    /// `main/sub`, or `main` alone.
    pub(crate) fn full(&self) -> String {
        if self.sub.is_empty() {
            self.main.clone()
        } else {
            format!("{}/{}", self.main, self.sub)
        }
    }

    /// A parameter; RFC 2231 continuations are already joined.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
            .filter(|v| !v.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &[u8]) -> Fields<'_> {
        split(text, &MailLimits::default()).0
    }

    #[test]
    fn fields_and_body_are_split() {
        let (fields, body) = split(b"A: 1\r\n 2\nbroken line\nB:3\r\n\r\nbody\r\n", &MailLimits::default());
        assert_eq!(fields.get("a").unwrap().text(), "1 2");
        assert_eq!(fields.get("B").unwrap().text(), "3");
        assert_eq!(body, b"body\r\n");
        assert_eq!(split(b"", &MailLimits::default()).1, b"");
        assert_eq!(
            split(b"Only: header", &MailLimits::default())
                .0
                .get("only")
                .unwrap()
                .text(),
            "header"
        );
    }

    #[test]
    fn words_in_many_charsets_are_decoded() {
        for (raw, text) in [
            (&b"S: =?UTF-8?B?2YXYsdit2KjYpw==?=\r\n"[..], "مرحبا"),
            (b"S: =?iso-8859-1?Q?caf=E9?= =?iso-8859-1?Q?_noir?=\r\n", "café noir"),
            (b"S: caf\xe9\r\n", "café"),
            (b"S: =?windows-1256?B?49HNyMc=?=\r\n", "مرحبا"),
            (b"S: a\0b\r\n\tc\r\n", "ab c"),
            (b"S: =?broken?\r\n", "=?broken?"),
        ] {
            assert_eq!(fields(raw).get("s").unwrap().text(), text);
        }
    }

    #[test]
    fn groups_are_opened_and_ids_found() {
        let all = fields(
            b"To: Team: a@x.y, \"B, C\" <b@x.y>;, d@x.y\nReferences: <a@b> junk <c\r\n @d>\nIn-Reply-To: bare@id\n",
        );
        let found: Vec<String> = all
            .get("to")
            .unwrap()
            .addresses(10)
            .into_iter()
            .map(|a| a.address)
            .collect();
        assert_eq!(found, ["a@x.y", "b@x.y", "d@x.y"]);
        assert_eq!(all.get("references").unwrap().ids(9), ["a@b", "c@d"]);
        assert_eq!(all.get("in-reply-to").unwrap().ids(9), ["bare@id"]);
    }

    #[test]
    fn dates_and_contents() {
        let all = fields(b"Date: Mon, 16 Nov 2026 09:12:00 +0100\nX: 31 Feb 99999\nContent-Type: application/pdf; name*0*=UTF-8''r%C3%A9; name*1=s.pdf\n");
        assert_eq!(
            all.get("date").unwrap().date().unwrap().to_rfc3339(),
            "2026-11-16T08:12:00+00:00"
        );
        assert_eq!(all.get("x").unwrap().date(), None);
        let content = all.get("content-type").unwrap().content();
        assert_eq!(
            (content.full().as_str(), content.param("name")),
            ("application/pdf", Some("rés.pdf"))
        );
    }
}
