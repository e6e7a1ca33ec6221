//! HTML to readable text, and the place where a mail program's quote begins.

use super::token::{Token, Tokenizer};

/// Text made from HTML.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HtmlText {
    /// The text, `\n` line ends.
    pub text: String,
    /// Byte offset at which a quote element of a known mail program begins.
    pub dom_marker: Option<usize>,
}

/// Elements that begin a line.
pub(super) const BLOCKS: [&str; 27] = [
    "p",
    "div",
    "br",
    "tr",
    "table",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "hr",
    "section",
    "article",
    "header",
    "footer",
    "dl",
    "dt",
    "dd",
    "center",
    "address",
    "form",
];

/// Longest text made.
const MAX: usize = 2 << 20;

/// Turns HTML into text in linear time.
#[must_use]
pub fn to_text(html: &str) -> HtmlText {
    let mut out = Writer::default();
    for token in Tokenizer::new(html) {
        if out.text.len() >= MAX {
            break;
        }
        match token {
            Token::Text(text) => out.words(&html_escape::decode_html_entities(text)),
            Token::Open {
                name,
                attributes,
                closed,
            } => {
                let value = |wanted: &str| attributes.iter().find(|(n, _)| n == wanted).map_or("", |(_, v)| *v);
                if out.marker.is_none()
                    && let Some(container) = quote_element(&name, value("class"), value("id"), value("type"))
                {
                    out.line();
                    let nested = container && !closed && !matches!(name.as_str(), "br" | "hr" | "img");
                    out.marker = Some(Marker {
                        at: out.text.len(),
                        inside: nested.then(|| (name.clone(), 0)),
                        end: None,
                    });
                }
                out.nest(&name, 1);
                match name.as_str() {
                    "br" => out.newline(),
                    "pre" => {
                        out.line();
                        out.pre += 1;
                    }
                    "td" | "th" => out.space(),
                    "li" => {
                        out.line();
                        out.text.push_str("- ");
                    }
                    "p" | "h1" | "h2" | "h3" | "h4" => out.paragraph(),
                    "img" => out.words(&html_escape::decode_html_entities(value("alt"))),
                    name if BLOCKS.contains(&name) => out.line(),
                    _ => {}
                }
            }
            Token::Close(name) => {
                if name == "pre" {
                    out.pre = out.pre.saturating_sub(1);
                }
                if BLOCKS.contains(&name.as_str()) {
                    out.line();
                }
                out.nest(&name, -1);
            }
        }
    }
    out.finish()
}

/// Whether an element begins a quote; the value is true when the quote is inside the element, false when it follows.
fn quote_element(name: &str, class: &str, id: &str, kind: &str) -> Option<bool> {
    let has = |wanted: &str| class.split_ascii_whitespace().any(|c| c.eq_ignore_ascii_case(wanted));
    if [
        "gmail_quote",
        "yahoo_quoted",
        "protonmail_quote",
        "gmail_quote_container",
    ]
    .iter()
    .any(|c| has(c))
    {
        return Some(true);
    }
    if has("moz-cite-prefix")
        || [
            "divrplyfwdmsg",
            "appendonsend",
            "mail-editor-reference-message-container",
        ]
        .contains(&id.to_ascii_lowercase().as_str())
    {
        return Some(false);
    }
    (name == "blockquote" && kind.eq_ignore_ascii_case("cite")).then_some(true)
}

#[derive(Debug)]
struct Marker {
    at: usize,
    /// Element that holds the quote, and how many of its name are open inside it.
    inside: Option<(String, i32)>,
    end: Option<usize>,
}

#[derive(Debug, Default)]
struct Writer {
    text: String,
    pre: usize,
    marker: Option<Marker>,
}

impl Writer {
    fn nest(&mut self, name: &str, step: i32) {
        let end = self.text.len();
        if let Some(marker) = &mut self.marker
            && marker.end.is_none()
            && let Some((element, open)) = &mut marker.inside
            && element == name
        {
            *open += step;
            if *open <= 0 {
                marker.end = Some(end);
            }
        }
    }

    fn words(&mut self, text: &str) {
        if self.pre > 0 {
            self.text
                .extend(text.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()));
            return;
        }
        for c in text.chars() {
            if c.is_whitespace() || c == '\u{a0}' {
                self.space();
            } else if !c.is_control() && !matches!(c, '\u{200b}' | '\u{feff}' | '\u{ad}') {
                self.text.push(c);
            }
        }
    }

    fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
    }

    fn newline(&mut self) {
        while self.text.ends_with(' ') && self.marker.as_ref().is_none_or(|m| m.at < self.text.len()) {
            self.text.pop();
        }
        // More than two empty lines say nothing more.
        if !self.text.ends_with("\n\n\n") {
            self.text.push('\n');
        }
    }

    fn line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.newline();
        }
    }

    fn paragraph(&mut self) {
        self.line();
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.newline();
        }
    }

    /// A quote in the middle of the text is not the history at its end.
    fn finish(mut self) -> HtmlText {
        let own_after = |m: &Marker| {
            m.end
                .and_then(|end| self.text.get(end..))
                .is_some_and(|after| after.trim().len() > 200)
        };
        let dom_marker = self.marker.take().filter(|m| !own_after(m)).map(|m| m.at);
        let kept = self.text.trim_end().len();
        self.text
            .truncate(kept.max(dom_marker.unwrap_or(0).min(self.text.len())));
        HtmlText {
            dom_marker: dom_marker.filter(|at| *at <= self.text.len()),
            text: self.text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_readable() {
        let html = "<html><head><style>p{}</style><title>x</title></head><body><p>Hello&nbsp;<b>you</b></p><p>1 &lt; 2<br>two</p>\
                    <ul><li>a<li>b</ul><table><tr><td>x<td>y</tr></table><pre>a\n  b</pre></body>";
        assert_eq!(to_text(html).text, "Hello you\n\n1 < 2\ntwo\n- a\n- b\nx y\na\n  b");
        assert_eq!(to_text("").text, "");
    }

    #[test]
    fn quotes_of_mail_programs_are_found() {
        for (html, kept) in [
            (
                "<div>Yes</div><div class=\"gmail_quote\">On 1 May Ada wrote:<blockquote>old</blockquote></div>",
                "Yes\n",
            ),
            ("Yes<div id=\"divRplyFwdMsg\">From: x</div>old", "Yes\n"),
            ("Yes<div id=appendonsend></div><hr>From: x", "Yes\n"),
            (
                "<p>Yes</p><blockquote type=\"cite\"><div>old</div></blockquote>",
                "Yes\n",
            ),
            (
                "Yes<div class=\"moz-cite-prefix\">On x wrote</div><blockquote type=cite>old</blockquote>",
                "Yes\n",
            ),
        ] {
            let made = to_text(html);
            assert_eq!(made.dom_marker.map(|at| &made.text[..at]), Some(kept), "{html}");
        }
        let long = "my own answer ".repeat(30);
        let inline = format!("<blockquote type=cite>old</blockquote><p>{long}</p>");
        assert_eq!(to_text(&inline).dom_marker, None);
    }
}
