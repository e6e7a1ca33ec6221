//! A linear HTML tokenizer: each byte is looked at a bounded number of times, whatever the input. What it gives is
//! written anew with quotes and escapes, so the real parser behind sees markup without surprises.

/// A token of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text with its entities, as written.
    Text(&'a str),
    /// `<name …>`; name in lower case.
    Open {
        name: String,
        attributes: Vec<(String, &'a str)>,
        closed: bool,
    },
    /// `</name>`.
    Close(String),
}

/// Elements whose content is no markup.
const RAW: [&str; 13] = [
    "script", "style", "title", "textarea", "noscript", "iframe", "xmp", "noembed", "noframes", "template", "object",
    "svg", "math",
];

/// Most attributes read of one tag.
const MAX_ATTRIBUTES: usize = 50;

/// Reads tokens one by one.
#[derive(Debug)]
pub(super) struct Tokenizer<'a> {
    rest: &'a str,
    /// Raw elements whose end was looked for and is not there: searching again would be quadratic.
    endless: Vec<&'static str>,
    no_comment_end: bool,
}

impl<'a> Tokenizer<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Self {
            rest: html,
            endless: Vec::new(),
            no_comment_end: false,
        }
    }

    fn cut(&mut self, at: usize) -> &'a str {
        let (head, tail) = self.rest.split_at(at.min(self.rest.len()));
        self.rest = tail;
        head
    }

    /// Skips `<!…>`, `<?…>` and comments.
    fn skip_declaration(&mut self) {
        if self.rest.starts_with("<!--") && !self.no_comment_end {
            if let Some(end) = self.rest.find("-->") {
                self.cut(end + 3);
                return;
            }
            self.no_comment_end = true;
        }
        let end = self.rest.find('>').map_or(self.rest.len(), |n| n + 1);
        self.cut(end);
    }

    /// Drops the content of a raw element together with its end tag.
    fn skip_raw(&mut self, name: &'static str) {
        if self.endless.contains(&name) {
            return;
        }
        let bytes = self.rest.as_bytes();
        let mut at = 0;
        while let Some(found) = self.rest.get(at..).and_then(|r| r.find("</")) {
            let start = at + found + 2;
            let end = start + name.len();
            let matches = bytes
                .get(start..end)
                .is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()));
            if matches && bytes.get(end).is_none_or(|b| !b.is_ascii_alphanumeric()) {
                let close = self.rest[end..].find('>').map_or(self.rest.len(), |n| end + n + 1);
                self.cut(close);
                return;
            }
            at = start;
        }
        self.endless.push(name);
        // Script without an end is script to the end; other content would be lost for a missing tag.
        if matches!(name, "script" | "style") {
            self.rest = "";
        }
    }

    fn tag(&mut self) -> Option<Token<'a>> {
        let close = self.rest.starts_with("</");
        let name_at = if close { 2 } else { 1 };
        let name_len = self.rest[name_at..]
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '-')))
            .unwrap_or(self.rest.len() - name_at);
        let name = self.rest[name_at..name_at + name_len].to_ascii_lowercase();
        self.cut(name_at + name_len);
        let (attributes, closed) = self.attributes();
        if close {
            return Some(Token::Close(name));
        }
        if let Some(raw) = RAW.iter().find(|raw| **raw == name) {
            if !closed || !matches!(*raw, "svg" | "math") {
                self.skip_raw(raw);
            }
            return None;
        }
        Some(Token::Open {
            name,
            attributes,
            closed,
        })
    }

    /// Reads up to and including `>`.
    fn attributes(&mut self) -> (Vec<(String, &'a str)>, bool) {
        let mut found: Vec<(String, &'a str)> = Vec::new();
        let mut closed = false;
        loop {
            let blank = self
                .rest
                .find(|c: char| !c.is_ascii_whitespace())
                .unwrap_or(self.rest.len());
            self.cut(blank);
            match self.rest.as_bytes().first() {
                None => return (found, closed),
                Some(b'>') => {
                    self.cut(1);
                    return (found, closed);
                }
                Some(b'/') => {
                    closed = true;
                    self.cut(1);
                    continue;
                }
                Some(_) => closed = false,
            }
            // A leading "=" is part of the name, as browsers have it; without this the loop would not advance.
            let first = self.rest.chars().next().map_or(1, char::len_utf8);
            let end = self.rest[first..].find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'));
            let name = self
                .cut(end.map_or(self.rest.len(), |n| n + first))
                .to_ascii_lowercase();
            let value = self.value();
            if found.len() < MAX_ATTRIBUTES && !found.iter().any(|(n, _)| *n == name) {
                found.push((name, value));
            }
        }
    }

    fn value(&mut self) -> &'a str {
        let trimmed = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let Some(after) = trimmed.strip_prefix('=') else {
            return "";
        };
        self.rest = after.trim_start_matches(|c: char| c.is_ascii_whitespace());
        match self.rest.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                self.cut(1);
                let value = self.cut(self.rest.find(quote).unwrap_or(self.rest.len()));
                self.cut(1);
                value
            }
            _ => self.cut(
                self.rest
                    .find(|c: char| c.is_ascii_whitespace() || c == '>')
                    .unwrap_or(self.rest.len()),
            ),
        }
    }
}

impl<'a> Iterator for Tokenizer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let bytes = self.rest.as_bytes();
            match (bytes.first()?, bytes.get(1)) {
                (b'<', Some(b'!' | b'?')) => self.skip_declaration(),
                (b'<', Some(b'/')) if bytes.get(2).is_some_and(u8::is_ascii_alphabetic) => {
                    if let Some(token) = self.tag() {
                        return Some(token);
                    }
                }
                // "</" and no letter is a comment to a browser.
                (b'<', Some(b'/')) => self.skip_declaration(),
                (b'<', Some(b)) if b.is_ascii_alphabetic() => {
                    if let Some(token) = self.tag() {
                        return Some(token);
                    }
                }
                _ => {
                    // The first byte may be a "<" that begins no tag.
                    let skip = self.rest.chars().next().map_or(1, char::len_utf8);
                    let next = self.rest[skip..].find('<').map_or(self.rest.len(), |n| n + skip);
                    return Some(Token::Text(self.cut(next)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(html: &str) -> Vec<String> {
        let show = |token: Token<'_>| match token {
            Token::Text(text) => text.to_owned(),
            Token::Open { name, attributes, .. } => format!("<{name} {attributes:?}>"),
            Token::Close(name) => format!("</{name}>"),
        };
        Tokenizer::new(html).map(show).collect()
    }

    #[test]
    fn tokens_of_odd_markup() {
        assert_eq!(
            names("a<B x=1 Y='2' z>b</b >"),
            ["a", "<b [(\"x\", \"1\"), (\"y\", \"2\"), (\"z\", \"\")]>", "b", "</b>"]
        );
        assert_eq!(names("1 < 2 <3 é<"), ["1 ", "< 2 ", "<3 é", "<"]);
        assert_eq!(names("x<!-- <b> -->y<!doctype html>z<?php ?>"), ["x", "y", "z"]);
        assert_eq!(names("a<script>if (1<2) '</b>'</SCRIPT >b<style>x"), ["a", "b"]);
        assert_eq!(names("<svg><script>x</script></svg>c<svg/>d"), ["c", "d"]);
        assert_eq!(names("<p =x = y/>"), ["<p [(\"=x\", \"y/\")]>"]);
        assert_eq!(names("<a href=\"x"), ["<a [(\"href\", \"x\")]>"]);
        assert_eq!(names("</ comment>x"), ["x"]);
    }
}
