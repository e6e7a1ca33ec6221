//! HTML as text, for search, notifications, and the view of mails too strange to be shown as HTML.

use super::token::{Token, Tokens, decode};

const BLOCKS: [&str; 24] = [
    "address",
    "article",
    "blockquote",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "tr",
    "ul",
];
const SKIPPED: [&str; 6] = ["head", "svg", "math", "template", "object", "select"];

/// HTML as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HtmlText {
    /// The readable text with `\n` line ends.
    pub text: String,
    /// Byte offset in `text` where a mail program's quote element begins.
    pub dom_marker: Option<usize>,
}

/// The readable text of HTML; linear in its length, at most `most` bytes.
#[must_use]
pub fn to_text(html: &str, most: usize) -> HtmlText {
    let mut out = Writer {
        text: String::new(),
        breaks: 0,
        space: false,
        quote: 0,
    };
    let mut marker = None;
    let mut skipping: Option<(String, usize)> = None;
    let mut pre = 0_usize;
    for token in Tokens::new(html) {
        if out.text.len() >= most {
            break;
        }
        if let Some((name, depth)) = &mut skipping {
            match &token {
                Token::Open { name: inner, .. } if inner == name => *depth += 1,
                Token::Close(inner) if inner == name => *depth -= 1,
                // Many mails never close their head.
                Token::Open { name: inner, .. } if name == "head" && inner == "body" => *depth = 0,
                _ => {}
            }
            if *depth == 0 {
                skipping = None;
            }
            continue;
        }
        match token {
            Token::Text(text) => out.push(&decode(text), pre > 0),
            Token::Open { name, .. } if SKIPPED.contains(&name.as_str()) => skipping = Some((name, 1)),
            Token::Open { name, attributes } => {
                if marker.is_none() && is_quote_element(&name, &attributes) {
                    marker = Some(out.text.len());
                }
                match name.as_str() {
                    "br" => out.line(),
                    "p" | "h1" | "h2" | "h3" | "table" | "ul" | "ol" => out.breaks = out.breaks.max(2),
                    "td" | "th" => out.space = true,
                    "img" => {
                        let alt = attributes
                            .iter()
                            .find(|(key, _)| key == "alt")
                            .map_or("", |(_, value)| value);
                        out.push(alt, false);
                    }
                    block if BLOCKS.contains(&block) => out.breaks = out.breaks.max(1),
                    _ => {}
                }
                match name.as_str() {
                    "li" => out.push("- ", false),
                    "pre" => pre += 1,
                    "blockquote" => out.quote += 1,
                    _ => {}
                }
            }
            Token::Close(name) => {
                if BLOCKS.contains(&name.as_str()) {
                    out.breaks = out.breaks.max(if matches!(name.as_str(), "p" | "h1" | "h2" | "h3") {
                        2
                    } else {
                        1
                    });
                }
                match name.as_str() {
                    "pre" => pre = pre.saturating_sub(1),
                    "blockquote" => out.quote = out.quote.saturating_sub(1),
                    _ => {}
                }
            }
        }
    }
    let mut text = out.text;
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    let cut = text.len() - text.trim_start().len();
    let text = text.trim().to_owned();
    let dom_marker = marker
        .map(|at: usize| at.saturating_sub(cut))
        .filter(|at| *at < text.len());
    HtmlText { text, dom_marker }
}

/// Elements in which mail programs put the mail that is being answered.
fn is_quote_element(name: &str, attributes: &[(String, String)]) -> bool {
    attributes.iter().any(|(key, value)| match key.as_str() {
        "class" => value.split_whitespace().any(|class| {
            matches!(
                class,
                "gmail_quote" | "gmail_quote_container" | "yahoo_quoted" | "moz-cite-prefix" | "protonmail_quote"
            )
        }),
        "id" => matches!(
            value.as_str(),
            "divRplyFwdMsg" | "appendonsend" | "mail-editor-reference-message-container"
        ),
        "type" => name == "blockquote" && value.eq_ignore_ascii_case("cite"),
        _ => false,
    })
}

struct Writer {
    text: String,
    breaks: u8,
    space: bool,
    quote: usize,
}

impl Writer {
    fn push(&mut self, text: &str, keep_space: bool) {
        for c in text.chars() {
            if keep_space && c == '\n' {
                self.line();
            } else if c.is_whitespace() && !keep_space {
                self.space = true;
            } else if !matches!(c, '\0' | '\u{ad}' | '\u{200b}' | '\u{feff}' | '\r') {
                self.flush();
                self.text.push(c);
            }
        }
    }

    /// A line break that is really there, unlike the wish of a block element.
    fn line(&mut self) {
        self.breaks = 0;
        self.space = false;
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn flush(&mut self) {
        if self.breaks > 0 && !self.text.is_empty() {
            let have = self.text.bytes().rev().take_while(|b| *b == b'\n').take(2).count();
            for _ in have..usize::from(self.breaks) {
                self.text.push('\n');
            }
        }
        let at_start = self.text.is_empty() || self.text.ends_with('\n');
        if at_start {
            for _ in 0..self.quote.min(5) {
                self.text.push_str("> ");
            }
        } else if self.space && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
        self.breaks = 0;
        self.space = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_readable_text() {
        let html = "<html><head><title>t</title><style>p{}</style></head><body><p>Hello&nbsp;<b>Ada</b>,</p><ul><li>one\n  two<li>three</ul>\
                    a<br>b<table><tr><td>1</td><td>2</td></tr></table><blockquote>old<br>text</blockquote><script>x</script></body>";
        assert_eq!(
            to_text(html, 1000).text,
            "Hello Ada,\n\n- one two\n- three\na\nb\n\n1 2\n> old\n> text"
        );
        assert_eq!(to_text("<pre>a\n  b</pre>", 100).text, "a\n  b");
        assert_eq!(to_text("ééé", 3).text, "é");
        assert_eq!(to_text("<head><body>x", 10).text, "x");
    }

    #[test]
    fn quote_elements_are_found() {
        let found = to_text(
            "<br><p>Yes</p><div class='x gmail_quote'>On Monday Ada wrote:<blockquote>Ok?</blockquote></div>",
            100,
        );
        assert_eq!(found.text, "Yes\n\nOn Monday Ada wrote:\n> Ok?");
        assert_eq!(found.dom_marker, Some(3));
        assert_eq!(to_text("<p>Yes</p><div id=divRplyFwdMsg></div>", 100).dom_marker, None);
    }

    #[test]
    fn hostile_html_is_linear() {
        let started = std::time::Instant::now();
        let _ = to_text(&"<div>".repeat(1_000_000), 1 << 20);
        let _ = to_text(&"&nbsp;".repeat(1_000_000), 1 << 20);
        let _ = to_text(&"<".repeat(5_000_000), 1 << 20);
        let _ = to_text(&"<a b='".repeat(500_000), 1 << 20);
        let _ = to_text(&"<style></".repeat(500_000), 1 << 20);
        assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    }
}
