//! The linear pass in front of the sanitiser. Hostile markup is quadratic in every tree builder (100,000 nested
//! elements took ammonia a minute), so depth, tags, links and runs of spaces are bounded here, and what is dangerous
//! anyway is dropped. The sanitiser behind it decides; this pass only makes its work small.

use std::collections::HashMap;

use domain::mail::{limits::MailLimits, link::mismatch, picture};

use super::css::safe_style;
use super::links;
use super::text::BLOCKS;
use super::token::{Token, Tokenizer};
use super::{Fallback, LinkMismatch, shield};

/// Elements that survive.
pub(super) const TAGS: [&str; 62] = [
    "a",
    "abbr",
    "address",
    "article",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
];
/// More that survive; kept apart only because the first list is sorted by use in old mail.
pub(super) const MORE_TAGS: [&str; 4] = ["ul", "var", "wbr", "tt"];
/// Elements without an end tag.
const VOID: [&str; 5] = ["br", "hr", "img", "col", "wbr"];
/// Attributes that survive on any element; `style` is filtered.
pub(super) const ATTRIBUTES: [&str; 20] = [
    "align",
    "valign",
    "width",
    "height",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "colspan",
    "rowspan",
    "color",
    "face",
    "size",
    "dir",
    "lang",
    "title",
    "alt",
    "start",
    "type",
    "style",
];

/// What the pass made.
#[derive(Debug, Default)]
pub(super) struct Prescanned {
    pub(super) html: String,
    pub(super) remote_images: usize,
    pub(super) pixels: usize,
    pub(super) mismatches: Vec<LinkMismatch>,
}

/// A link whose text is still being read.
struct OpenLink {
    href: String,
    shown: String,
    /// Where in the output the flag goes.
    at: usize,
}

struct Pass<'a> {
    limits: &'a MailLimits,
    cids: &'a HashMap<String, String>,
    out: String,
    open: Vec<String>,
    counts: HashMap<String, usize>,
    tags: usize,
    links: usize,
    link: Option<OpenLink>,
    inserts: Vec<(usize, String)>,
    made: Prescanned,
}

/// Runs the pass; `Err` when a limit is exceeded that cannot be met by leaving something out.
pub(super) fn run(html: &str, limits: &MailLimits, cids: &HashMap<String, String>) -> Result<Prescanned, Fallback> {
    if html.len() > limits.html {
        return Err(Fallback::TooLarge);
    }
    let mut pass = Pass {
        limits,
        cids,
        out: String::with_capacity(html.len()),
        open: Vec::new(),
        counts: HashMap::new(),
        tags: 0,
        links: 0,
        link: None,
        inserts: Vec::new(),
        made: Prescanned::default(),
    };
    for token in Tokenizer::new(html) {
        match token {
            Token::Text(text) => pass.text(text),
            Token::Open {
                name,
                attributes,
                closed,
            } => pass.open(&name, &attributes, closed)?,
            Token::Close(name) => pass.close(&name)?,
        }
    }
    Ok(pass.finish())
}

impl Pass<'_> {
    fn count_tag(&mut self) -> Result<(), Fallback> {
        self.tags += 1;
        if self.tags > self.limits.html_tags {
            Err(Fallback::TooManyTags)
        } else {
            Ok(())
        }
    }

    /// Entities are decoded once and runs of blanks cut to three, so that a megabyte of `&nbsp;` is three characters.
    fn text(&mut self, text: &str) {
        let decoded = html_escape::decode_html_entities(text);
        if let Some(link) = &mut self.link {
            link.shown
                .extend(decoded.chars().take(300usize.saturating_sub(link.shown.len())));
        }
        let keep_lines = self.counts.get("pre").is_some_and(|n| *n > 0);
        let mut run = 0;
        let mut kept = String::with_capacity(decoded.len());
        for c in decoded.chars() {
            let blank = c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{ad}' | '\u{34f}');
            run = if blank { run + 1 } else { 0 };
            let most = if keep_lines { 200 } else { 3 };
            if run <= most && (!c.is_control() || matches!(c, '\n' | '\t')) {
                kept.push(c);
            }
        }
        self.out.push_str(&shield::on(&kept));
    }

    fn open(&mut self, name: &str, attributes: &[(String, &str)], closed: bool) -> Result<(), Fallback> {
        if !(TAGS.contains(&name) || MORE_TAGS.contains(&name)) {
            // A block that is dropped must not glue the words around it together.
            if BLOCKS.contains(&name) || matches!(name, "body" | "html" | "head" | "meta") {
                self.out.push('\n');
            }
            return Ok(());
        }
        self.count_tag()?;
        let void = VOID.contains(&name);
        if !void && self.open.len() >= self.limits.html_depth {
            return Ok(());
        }
        if name == "a" {
            self.links += 1;
            if self.links > self.limits.html_links {
                return Err(Fallback::TooManyLinks);
            }
            // Links do not nest.
            self.close("a")?;
        }
        self.out.push('<');
        self.out.push_str(name);
        let pixel = name == "img" && is_pixel(attributes);
        for (attribute, value) in attributes {
            self.attribute(name, attribute, value, pixel);
        }
        if name == "a"
            && let Some((_, href)) = attributes.iter().find(|(n, _)| n == "href")
            && let Some(href) = links::safe_href(&html_escape::decode_html_entities(href))
        {
            self.link = Some(OpenLink {
                href,
                shown: String::new(),
                at: self.out.len(),
            });
        }
        self.out.push('>');
        if !void {
            self.open.push(name.to_owned());
            *self.counts.entry(name.to_owned()).or_default() += 1;
            if closed {
                // `<div/>` opens a div in HTML.
                return Ok(());
            }
        }
        Ok(())
    }

    fn attribute(&mut self, tag: &str, name: &str, value: &str, pixel: bool) {
        let value = html_escape::decode_html_entities(value);
        let (name, value) = match (tag, name) {
            ("img", "src") => match self.image(&value, pixel) {
                Some(pair) => pair,
                None => return,
            },
            ("a", "href") => match links::safe_href(&value) {
                Some(href) => ("href", href),
                None => return,
            },
            (_, "style") => ("style", safe_style(&value)),
            (_, name) if ATTRIBUTES.contains(&name) && value.len() <= 1_000 => (name, value.into_owned()),
            _ => return,
        };
        if !value.is_empty() {
            self.out.push_str(&format!(" {name}=\"{}\"", shield::on(&value)));
        }
    }

    /// Images inside the mail are shown, remote ones wait for a reader's word, everything else is dropped. A remote one that nobody would
    /// see loses its address: whatever the reader says, its sender learns nothing by it.
    fn image(&mut self, src: &str, pixel: bool) -> Option<(&'static str, String)> {
        let src: String = src.chars().filter(|c| !c.is_control()).collect();
        let src = src.trim();
        let lower: String = src.chars().take(30).collect::<String>().to_ascii_lowercase();
        if let Some(id) = lower.strip_prefix("cid:").and(src.get(4..)) {
            let id = id.trim_matches(['<', '>']);
            return Some(match self.cids.get(id) {
                Some(url) => ("src", url.clone()),
                None => ("data-cid", id.to_owned()),
            });
        }
        if lower.starts_with("http://") || lower.starts_with("https://") {
            if pixel {
                self.made.pixels += 1;
                return Some(("data-remote-pixel", "1".to_owned()));
            }
            self.made.remote_images += 1;
            return (src.len() <= 4_000).then(|| ("data-remote-src", src.to_owned()));
        }
        let kinds = [
            "data:image/png;base64,",
            "data:image/jpeg;base64,",
            "data:image/gif;base64,",
            "data:image/webp;base64,",
        ];
        let inline = kinds.iter().any(|kind| lower.starts_with(kind)) && src.len() <= self.limits.data_uri;
        inline.then(|| ("src", src.to_owned()))
    }

    fn close(&mut self, name: &str) -> Result<(), Fallback> {
        // The end of an element that is not open costs nothing.
        if self.counts.get(name).is_none_or(|n| *n == 0) {
            return Ok(());
        }
        self.count_tag()?;
        while let Some(last) = self.open.pop() {
            self.end(&last);
            if last == name {
                break;
            }
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        self.out.push_str(&format!("</{name}>"));
        if let Some(n) = self.counts.get_mut(name) {
            *n = n.saturating_sub(1);
        }
        if name == "a"
            && let Some(link) = self.link.take()
            && let Some(found) = mismatch(&link.shown, &link.href)
        {
            self.inserts.push((
                link.at,
                format!(" data-link-mismatch=\"{}\"", shield::on(&found.actual)),
            ));
            if self.made.mismatches.len() < 100 {
                self.made.mismatches.push(found);
            }
        }
    }

    fn finish(mut self) -> Prescanned {
        while let Some(last) = self.open.pop() {
            self.end(&last);
        }
        let mut html = String::with_capacity(self.out.len() + self.inserts.len() * 40);
        let mut done = 0;
        for (at, text) in &self.inserts {
            html.push_str(self.out.get(done..*at).unwrap_or_default());
            html.push_str(text);
            done = *at;
        }
        html.push_str(self.out.get(done..).unwrap_or_default());
        self.made.html = html;
        self.made
    }
}

/// Whether a picture is there to be fetched and not to be seen, by its attributes.
fn is_pixel(attributes: &[(String, &str)]) -> bool {
    let value = |wanted: &str| {
        let found = attributes.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| html_escape::decode_html_entities(*value))
    };
    let (width, height, style) = (value("width"), value("height"), value("style"));
    picture::is_pixel(width.as_deref(), height.as_deref(), style.as_deref())
}
