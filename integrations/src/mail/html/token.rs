//! A forgiving HTML tokenizer in one pass. It does not build a tree and therefore cannot be made slow or deep.

use mail_parser::decoders::html::html_to_text;

/// Elements whose content is not markup; it runs to the matching end tag.
const RAW_TEXT: [&str; 8] = [
    "script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes",
];
/// Most attributes read of one tag; checking for doubles is quadratic further down.
const MOST_ATTRIBUTES: usize = 50;

/// A piece of HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// Character data with its entities undecoded.
    Text(&'a str),
    /// A start tag.
    Open {
        /// Lower-case name.
        name: String,
        /// Attributes with decoded values, lower-case names.
        attributes: Vec<(String, String)>,
    },
    /// An end tag with its lower-case name.
    Close(String),
}

/// Iterator over the tokens; comments, doctypes, processing instructions and raw-text content are left out.
#[derive(Debug)]
pub(crate) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub(crate) const fn new(html: &'a str) -> Self {
        Self { rest: html }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (head, tail) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = tail;
        head
    }

    fn skip_past(&mut self, end: &str) {
        let length = self.rest.find(end).map_or(self.rest.len(), |at| at + end.len());
        self.take(length);
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            if !starts_tag(self.rest) {
                // A lone `<` is text: it joins what follows.
                let from = usize::from(self.rest.starts_with('<'));
                let length = self
                    .rest
                    .get(from..)
                    .and_then(|r| r.find('<'))
                    .map_or(self.rest.len(), |at| at + from);
                return Some(Token::Text(self.take(length.max(1))));
            }
            if self.rest.starts_with("<!--") {
                self.take(4);
                self.skip_past("-->");
            } else if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
                self.skip_past(">");
            } else if let Some(after) = self.rest.strip_prefix("</") {
                let length = after.find('>').map_or(self.rest.len(), |at| at + 3);
                let tag = self.take(length);
                return Some(Token::Close(
                    tag_name(tag.get(2..).unwrap_or_default()).to_ascii_lowercase(),
                ));
            } else {
                let token = self.open_tag();
                if let Token::Open { name, .. } = &token
                    && RAW_TEXT.contains(&name.as_str())
                {
                    self.skip_raw_text(&name.clone());
                }
                return Some(token);
            }
        }
    }
}

impl<'a> Tokens<'a> {
    fn skip_raw_text(&mut self, name: &str) {
        let bytes = self.rest.as_bytes();
        let mut from = 0;
        while let Some(at) = self.rest.get(from..).and_then(|r| r.find("</")).map(|at| at + from) {
            let found = bytes.get(at + 2..at + 2 + name.len());
            if found.is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes())) {
                self.take(at);
                return;
            }
            from = at + 2;
        }
        self.rest = "";
    }

    fn open_tag(&mut self) -> Token<'a> {
        let rest = self.rest;
        let inner = rest.get(1..).unwrap_or_default();
        let name = tag_name(inner).to_ascii_lowercase();
        let mut at = 1 + name.len();
        let mut attributes = Vec::new();
        let bytes = rest.as_bytes();
        loop {
            while bytes.get(at).is_some_and(|b| b.is_ascii_whitespace() || *b == b'/') {
                at += 1;
            }
            match bytes.get(at) {
                None => break,
                Some(b'>') => {
                    at += 1;
                    break;
                }
                Some(_) => {}
            }
            let start = at;
            at += 1;
            while bytes
                .get(at)
                .is_some_and(|b| !b.is_ascii_whitespace() && !matches!(b, b'=' | b'>' | b'/'))
            {
                at += 1;
            }
            let key = rest.get(start..at).unwrap_or_default().to_ascii_lowercase();
            while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
                at += 1;
            }
            let mut value = "";
            if bytes.get(at) == Some(&b'=') {
                at += 1;
                while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
                    at += 1;
                }
                (value, at) = attribute_value(rest, at);
            }
            if attributes.len() < MOST_ATTRIBUTES {
                attributes.push((key, decode(value)));
            }
        }
        self.take(at);
        Token::Open { name, attributes }
    }
}

fn attribute_value(rest: &str, at: usize) -> (&str, usize) {
    let tail = rest.get(at..).unwrap_or_default();
    for quote in ['"', '\''] {
        if let Some(inner) = tail.strip_prefix(quote) {
            let length = inner.find(quote).unwrap_or(inner.len());
            return (
                inner.get(..length).unwrap_or_default(),
                (at + length + 2).min(rest.len()),
            );
        }
    }
    let length = tail
        .find(|c: char| c.is_ascii_whitespace() || c == '>')
        .unwrap_or(tail.len());
    (tail.get(..length).unwrap_or_default(), at + length)
}

fn starts_tag(rest: &str) -> bool {
    let mut bytes = rest.bytes();
    bytes.next() == Some(b'<')
        && match bytes.next() {
            Some(b'!' | b'?') => true,
            Some(b'/') => bytes.next().is_some_and(|b| b.is_ascii_alphabetic()),
            Some(b) => b.is_ascii_alphabetic(),
            None => false,
        }
}

fn tag_name(text: &str) -> &str {
    let end = text
        .find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'))
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Decodes character references.
pub(crate) fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let end = rest
            .bytes()
            .take(34)
            .skip(1)
            .position(|b| !(b.is_ascii_alphanumeric() || b == b'#'))
            .map_or(rest.len().min(34), |p| p + 1);
        let reference = rest.get(..end).unwrap_or("&");
        let closed = rest.as_bytes().get(end) == Some(&b';');
        match reference {
            "&nbsp" | "&NonBreakingSpace" => out.push('\u{a0}'),
            "&amp" => out.push('&'),
            "&lt" => out.push('<'),
            "&gt" => out.push('>'),
            "&quot" => out.push('"'),
            _ if closed => out.push_str(&named_or_numeric(reference)),
            _ => out.push_str(reference),
        }
        let used = reference.len() + usize::from(closed);
        rest = rest.get(used.max(1)..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn named_or_numeric(reference: &str) -> String {
    let number = reference
        .strip_prefix("&#")
        .and_then(|n| match n.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => n.parse().ok(),
        });
    if reference.starts_with("&#") {
        return number
            .and_then(char::from_u32)
            .filter(|c| *c != '\0')
            .unwrap_or('\u{fffd}')
            .to_string();
    }
    html_to_text(&format!("{reference};"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_text_and_attributes() {
        let html = "<P Class=a title='x &amp; y' CHECKED>1 < 2<br/><!-- <b> --><script>if (a<b) '</p>'</script></p><";
        let names: Vec<String> = Tokens::new(html)
            .map(|t| match t {
                Token::Text(t) => format!("'{t}'"),
                Token::Open { name, attributes } => format!("<{name} {attributes:?}"),
                Token::Close(name) => format!("/{name}"),
            })
            .collect();
        assert_eq!(
            names,
            [
                r#"<p [("class", "a"), ("title", "x & y"), ("checked", "")]"#,
                "'1 '",
                "'< 2'",
                "<br []",
                "<script []",
                "/script",
                "/p",
                "'<'"
            ]
        );
    }

    #[test]
    fn references_are_decoded() {
        assert_eq!(
            decode("a&nbsp;&eacute;&#233;&#xE9;&amp;lt;&unknownthing;&"),
            "a\u{a0}ééé&lt;&unknownthing;&"
        );
        assert_eq!(decode("&#0;&#x110000;&#;"), "\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(decode("?a=1&copy=2&lt"), "?a=1&copy=2<");
    }
}
