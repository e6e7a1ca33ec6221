//! Messages that people write as Markdown: CommonMark and strikethrough. A line end is a line end, HTML is text, a picture is a link to
//! it, and an address that is written out leads where it says. Definitions of links are text, and so is a line that is underlined with
//! dashes: what somebody writes as a letter, or copies from a log, loses nothing.

use std::{iter::repeat_n, ops::Range};

use domain::{message::pieces, ticket::writing::Written};
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeWithOffset};

use super::absolute;
use crate::mail::html::{SanitiseOptions, escape, sanitise};

/// Quotes and lists that begin on one line; with more of them nothing is formatted.
const NESTING_MAX: usize = 50;
/// Quotes and lists within each other that are told apart in the text.
const MARKS_MAX: usize = 20;
/// Longest address that a link leads to, in bytes.
const URL_MAX: usize = 2_048;

/// Renders a message in time linear in its length. `base` is the address of the web application, without a slash at its end: links within
/// the product begin with one. What has nothing formatted in it, and what is made to hurt, stays the plain text that it is.
#[must_use]
pub fn message(markdown: &str, base: &str) -> Written {
    let plain = || Written {
        html: None,
        text: markdown.to_owned(),
    };
    let source = markdown.replace("\r\n", "\n").replace('\r', "\n");
    if too_deep(&source) {
        return plain();
    }
    let Some(source) = without_definitions(source) else {
        return plain();
    };
    let mut writer = Writer::new(&source, base);
    for (event, range) in TextMergeWithOffset::new(parser(&source).into_offset_iter()) {
        writer.take(event, range);
    }
    let text = writer.text.trim_end();
    // Nothing that was written gets lost, and what is quoted in vain does not grow beyond all bounds.
    if text.trim().is_empty() || text.len() > markdown.len() * 2 + 1_000 {
        return plain();
    }
    if !writer.formatted {
        // Where only blanks differ they are those that were typed.
        let same = text.split_whitespace().eq(markdown.split_whitespace());
        return if same {
            plain()
        } else {
            Written {
                html: None,
                text: text.to_owned(),
            }
        };
    }
    // More tags or links than any mail may have: the text is there all the same.
    match sanitise(&writer.html, &SanitiseOptions::default()).html {
        Some(html) => Written {
            html: Some(html),
            text: text.to_owned(),
        },
        None => plain(),
    }
}

fn parser(source: &str) -> Parser<'_> {
    Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH)
}

/// A line begins more quotes and lists than anybody reads. What follows would go through all of them again, line by line.
fn too_deep(source: &str) -> bool {
    source.lines().any(|line| {
        let bytes = line.as_bytes();
        let mut marks = 0;
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b' ' | b'\t' | b'0'..=b'9' => {}
                b'>' => marks += 1,
                b'-' | b'+' | b'*' | b'.' | b')' => {
                    marks += usize::from(matches!(bytes.get(at + 1), Some(b' ' | b'\t') | None));
                }
                _ => break,
            }
        }
        marks > NESTING_MAX
    })
}

/// The text with its definitions of links as text: they would vanish, and a line of a log, `[error]: refused`, is one as well. `None` when
/// there are some that are not to be found.
fn without_definitions(source: String) -> Option<String> {
    if !defines(&source) {
        return Some(source);
    }
    let verbatim: Vec<Range<usize>> = parser(&source)
        .into_offset_iter()
        .filter_map(|(event, range)| matches!(event, Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock)).then_some(range))
        .collect();
    let mut verbatim = verbatim.into_iter().peekable();
    let mut made = String::with_capacity(source.len() + 64);
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        while verbatim.next_if(|range| range.end <= at).is_some() {}
        let inside = verbatim.peek().is_some_and(|range| range.start < at + line.len());
        match definition(line).filter(|_| !inside) {
            Some(begin) => {
                let (before, after) = line.split_at(begin);
                made.push_str(before);
                made.push('\\');
                made.push_str(after);
            }
            None => made.push_str(line),
        }
        at += line.len();
    }
    (!defines(&made)).then_some(made)
}

fn defines(source: &str) -> bool {
    let parsed = parser(source);
    let mut definitions = parsed.reference_definitions().iter();
    definitions.next().is_some()
}

/// Where on a line that looks like a definition it begins.
fn definition(line: &str) -> Option<usize> {
    let mark = |c: char| " \t>-+*.)".contains(c) || c.is_ascii_digit();
    let begin = line.len() - line.trim_start_matches(mark).len();
    let label = line.get(begin..)?.strip_prefix('[')?;
    let end = label.find(['[', ']'])?;
    label.get(end..)?.starts_with("]:").then_some(begin)
}

/// Somewhere that a link may lead.
fn leads(url: &str) -> bool {
    let begins = |scheme: &str| {
        url.get(..scheme.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    };
    url.len() <= URL_MAX
        && !url.contains(|c: char| c.is_control() || c.is_whitespace())
        && ["https://", "http://", "mailto:", "tel:"].into_iter().any(begins)
}

/// A quote, or an item of a list, that the text is in.
enum Mark {
    Quote,
    Item { label: String, used: bool },
}

struct Link {
    url: String,
    /// Where its words begin in the text.
    from: usize,
}

/// Writes HTML and text at once.
struct Writer<'a> {
    source: &'a str,
    base: &'a str,
    html: String,
    text: String,
    /// The present line of the text has nothing on it yet.
    fresh: bool,
    /// Something looks other than the rest.
    formatted: bool,
    /// Blocks that are open: the outermost goes by its own direction.
    depth: usize,
    marks: Vec<Mark>,
    /// The next number of each list that is open.
    lists: Vec<Option<u64>>,
    /// Links and pictures that are open; nothing for those that lead nowhere.
    links: Vec<Option<Link>>,
    linked: bool,
    code: bool,
    /// The present block of HTML has had a line.
    lines: bool,
    /// What stands below a line that was underlined.
    underline: Option<String>,
}

impl<'a> Writer<'a> {
    fn new(source: &'a str, base: &'a str) -> Self {
        Self {
            source,
            base,
            html: String::with_capacity(source.len() * 3 / 2),
            text: String::with_capacity(source.len()),
            fresh: true,
            formatted: false,
            depth: 0,
            marks: Vec::new(),
            lists: Vec::new(),
            links: Vec::new(),
            linked: false,
            code: false,
            lines: false,
            underline: None,
        }
    }

    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.code => self.verbatim(&text),
            Event::Html(text) => {
                if self.lines {
                    self.newline();
                }
                self.lines = true;
                self.several(&text);
            }
            Event::InlineHtml(text) => self.several(&text),
            Event::Code(text) => {
                self.formatted = true;
                self.put(&text);
                self.html.push_str("<code>");
                self.html.push_str(&escape(&text));
                self.html.push_str("</code>");
            }
            Event::SoftBreak | Event::HardBreak => self.newline(),
            Event::Rule => {
                self.formatted = true;
                self.block();
                self.put("---");
                self.html.push_str("<hr>\n");
            }
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.words(&text)
            }
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => {
                self.block();
                self.open("p");
                self.lines = false;
            }
            Tag::Heading { .. } => {
                self.block();
                self.open("p");
                let source = self.source.get(range).unwrap_or_default().trim();
                let below = |(_, last): (&str, &str)| last.trim_start_matches(['>', ' ', '\t']).to_owned();
                self.underline = source.rsplit_once('\n').map(below);
                if self.underline.is_none() {
                    self.formatted = true;
                    self.html.push_str("<strong>");
                }
            }
            Tag::BlockQuote(_) => {
                self.formatted = true;
                self.block();
                self.open("blockquote");
                self.marks.push(Mark::Quote);
            }
            Tag::CodeBlock(_) => {
                self.formatted = true;
                self.block();
                self.code = true;
                self.html.push_str("<pre dir=\"ltr\"><code>");
            }
            Tag::List(first) => {
                self.formatted = true;
                self.block();
                match first {
                    None => self.open("ul"),
                    Some(1) => self.open("ol"),
                    Some(first) => {
                        self.open("ol");
                        self.html.pop();
                        self.html.push_str(&format!(" start=\"{first}\">"));
                    }
                }
                self.lists.push(first);
            }
            Tag::Item => {
                self.line();
                let label = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let label = format!("{number}. ");
                        *number = number.saturating_add(1);
                        label
                    }
                    _ => "- ".to_owned(),
                };
                self.marks.push(Mark::Item { label, used: false });
                self.html.push_str("<li>");
            }
            Tag::Emphasis => self.inline("<em>"),
            Tag::Strong => self.inline("<strong>"),
            // Words that hold no longer would read as if they did: of all signs these alone are part of the text.
            Tag::Strikethrough => {
                self.inline("<del>");
                self.put("~~");
            }
            Tag::Link {
                link_type, dest_url, ..
            }
            | Tag::Image {
                link_type, dest_url, ..
            } => self.link(link_type, dest_url),
            // Extensions that are not in use.
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.close("p"),
            TagEnd::Heading(_) => {
                match self.underline.take() {
                    Some(underline) => {
                        self.newline();
                        self.words(&underline);
                    }
                    None => self.html.push_str("</strong>"),
                }
                self.close("p");
            }
            TagEnd::BlockQuote(_) => {
                self.marks.pop();
                self.close("blockquote");
            }
            TagEnd::CodeBlock => {
                self.code = false;
                self.html.push_str("</code></pre>\n");
            }
            TagEnd::List(numbered) => {
                self.lists.pop();
                self.close(if numbered { "ol" } else { "ul" });
            }
            TagEnd::Item => {
                // One that says nothing is an item all the same.
                self.put("");
                self.marks.pop();
                self.html.push_str("</li>\n");
            }
            TagEnd::Emphasis => self.html.push_str("</em>"),
            TagEnd::Strong => self.html.push_str("</strong>"),
            TagEnd::Strikethrough => {
                self.html.push_str("</del>");
                self.put("~~");
            }
            TagEnd::Link | TagEnd::Image => self.unlink(),
            _ => {}
        }
    }

    fn open(&mut self, element: &str) {
        let dir = if self.depth == 0 { " dir=\"auto\"" } else { "" };
        self.html.push_str(&format!("<{element}{dir}>"));
        self.depth += 1;
    }

    fn close(&mut self, element: &str) {
        self.html.push_str(&format!("</{element}>\n"));
        self.depth = self.depth.saturating_sub(1);
    }

    fn inline(&mut self, tag: &str) {
        self.formatted = true;
        self.html.push_str(tag);
    }

    /// Nothing leads anywhere within what leads somewhere already.
    fn link(&mut self, kind: LinkType, url: CowStr<'_>) {
        let url = match kind {
            LinkType::Email => format!("mailto:{url}"),
            _ => absolute(url, self.base).into_string(),
        };
        // Its words begin after what the line begins with.
        self.put("");
        if self.linked || !leads(&url) {
            self.links.push(None);
            return;
        }
        self.formatted = true;
        self.linked = true;
        self.html.push_str(&format!("<a href=\"{}\">", escape(&url)));
        let from = self.text.len();
        self.links.push(Some(Link { url, from }));
    }

    fn unlink(&mut self) {
        let Some(link) = self.links.pop().flatten() else {
            return;
        };
        self.linked = false;
        let shown = link.url.strip_prefix("mailto:").unwrap_or(&link.url);
        let words = self.text.get(link.from..).unwrap_or_default().trim();
        let (none, told) = (words.is_empty(), words == shown || words == link.url);
        if none {
            self.html.push_str(&escape(shown));
            self.put(shown);
        } else if !told {
            self.put(&format!(" ({shown})"));
        }
        self.html.push_str("</a>");
    }

    fn words(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.put(text);
        if self.linked {
            self.html.push_str(&escape(text));
            return;
        }
        for (piece, page) in pieces(text) {
            let piece = escape(piece);
            if page {
                self.html.push_str(&format!("<a href=\"{piece}\">{piece}</a>"));
            } else {
                self.html.push_str(&piece);
            }
        }
    }

    fn several(&mut self, text: &str) {
        for (at, line) in text.trim_end_matches('\n').split('\n').enumerate() {
            if at > 0 {
                self.newline();
            }
            self.words(line);
        }
    }

    fn verbatim(&mut self, text: &str) {
        self.html.push_str(&escape(text));
        for (at, line) in text.trim_end_matches('\n').split('\n').enumerate() {
            if at > 0 {
                self.put("\n");
                self.fresh = true;
            }
            self.put(line);
        }
    }

    fn newline(&mut self) {
        self.html.push_str("<br>\n");
        self.put("\n");
        self.fresh = true;
    }

    /// A block begins: on a line of its own, below an empty one unless it is in a list.
    fn block(&mut self) {
        if self.fresh {
            return;
        }
        self.line();
        if !matches!(self.marks.last(), Some(Mark::Item { .. })) {
            let quotes = self.marks.iter().take(MARKS_MAX);
            let quotes = quotes.filter(|mark| matches!(mark, Mark::Quote)).count();
            self.text.push_str("> ".repeat(quotes).trim_end());
            self.text.push('\n');
        }
    }

    fn line(&mut self) {
        if !self.fresh {
            self.text.push('\n');
            self.fresh = true;
        }
    }

    /// Writes to the text, at the beginning of a line after what says where it belongs.
    fn put(&mut self, text: &str) {
        if self.fresh {
            self.fresh = false;
            for mark in self.marks.iter_mut().take(MARKS_MAX) {
                match mark {
                    Mark::Quote => self.text.push_str("> "),
                    Mark::Item { label, used } if *used => self.text.extend(repeat_n(' ', label.len())),
                    Mark::Item { label, used } => {
                        self.text.push_str(label);
                        *used = true;
                    }
                }
            }
        }
        self.text.push_str(text);
    }
}

#[cfg(test)]
mod tests;
