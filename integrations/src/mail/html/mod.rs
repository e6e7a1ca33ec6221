//! HTML of strangers: sanitised when written, from the raw mail, with a version so that a new policy can be applied
//! later. Never feed the output back in: sanitising is not idempotent on odd input.

mod css;
mod links;
mod prescan;
mod remote;
mod shield;
mod text;
mod token;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use domain::mail::limits::MailLimits;
pub use domain::mail::link::Mismatch as LinkMismatch;
use serde::{Deserialize, Serialize};

pub use remote::remote_pictures;
pub use text::{HtmlText, to_text};

/// Version of the policy; raise it when the rules change.
pub const POLICY_VERSION: u32 = 2;

/// What the sanitiser needs beside the HTML.
#[derive(Debug, Clone, Default)]
pub struct SanitiseOptions {
    /// Bounds.
    pub limits: MailLimits,
    /// Address under which each inline attachment is served, by Content-ID. Addresses start with `/`.
    pub cid_urls: HashMap<String, String>,
}

/// Why a mail is shown as text only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// More HTML than the limit.
    TooLarge,
    /// More tags than the limit.
    TooManyTags,
    /// More links than the limit.
    TooManyLinks,
    /// The sanitiser failed on this mail; a defect to be reported.
    Failed,
}

/// Sanitised HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sanitised {
    /// The HTML; `None` = show the text and offer the raw mail.
    pub html: Option<String>,
    /// Policy that made it.
    pub policy_version: u32,
    /// Remote images, rewritten to `data-remote-src`.
    pub remote_images: usize,
    /// Remote images that nobody would see; their addresses are gone.
    pub pixels: usize,
    /// Links to be warned about; they carry `data-link-mismatch`.
    pub link_mismatches: Vec<LinkMismatch>,
    /// Why there is no HTML.
    pub fallback: Option<Fallback>,
}

/// Sanitises HTML. Linear in its size up to the limits; call it on the blocking pool.
#[must_use]
pub fn sanitise(raw_html: &str, options: &SanitiseOptions) -> Sanitised {
    let without = |fallback| Sanitised {
        html: None,
        policy_version: POLICY_VERSION,
        remote_images: 0,
        pixels: 0,
        link_mismatches: Vec::new(),
        fallback: Some(fallback),
    };
    let scanned = match prescan::run(raw_html, &options.limits, &options.cid_urls) {
        Ok(scanned) => scanned,
        Err(fallback) => return without(fallback),
    };
    let urls: HashSet<String> = options.cid_urls.values().map(|url| shield::on(url)).collect();
    // The tree builder is not ours: a panic in it costs this mail its formatting, nothing more.
    let cleaned = std::panic::catch_unwind(|| clean(&scanned.html, urls));
    match cleaned {
        Ok(html) => Sanitised {
            html: Some(html),
            remote_images: scanned.remote_images,
            pixels: scanned.pixels,
            link_mismatches: scanned.mismatches,
            fallback: None,
            ..without(Fallback::Failed)
        },
        Err(_) => without(Fallback::Failed),
    }
}

fn clean(html: &str, cid_urls: HashSet<String>) -> String {
    let tags: HashSet<&str> = prescan::TAGS.iter().chain(&prescan::MORE_TAGS).copied().collect();
    // What stands in the mail under these names is dropped by the pass before: here they are our own.
    let data = ["data-remote-src", "data-remote-pixel", "data-cid", "data-link-mismatch"];
    let attributes: HashSet<&str> = prescan::ATTRIBUTES.iter().chain(&data).copied().collect();
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(tags)
        .generic_attributes(attributes)
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("img", HashSet::from(["src"])),
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "data"]))
        .url_relative(ammonia::UrlRelative::PassThrough)
        .link_rel(Some("noopener nofollow noreferrer"))
        .set_tag_attribute_value("a", "target", "_blank")
        .strip_comments(true)
        .clean_content_tags(HashSet::from(["script", "style"]))
        .attribute_filter(move |element, attribute, value| match (element, attribute) {
            ("a", "href") => links::safe_href(value).map(Cow::Owned),
            // Only addresses of our own or small inline images; a remote one would tell the sender that it was read.
            ("img", "src") if cid_urls.contains(value) || value.starts_with("data:image/") => {
                Some(Cow::Borrowed(value))
            }
            (_, "src" | "href") => None,
            (_, "style") => Some(css::safe_style(value)).filter(|s| !s.is_empty()).map(Cow::Owned),
            _ => Some(Cow::Borrowed(value)),
        });
    shield::off(&builder.clean(html).to_string())
}

/// Escapes text for HTML, inside elements and double quotes.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
#[path = "../html_tests.rs"]
mod tests;
