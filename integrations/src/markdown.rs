//! Markdown of our own editors: CommonMark with tables and strikethrough, rendered and then sanitised like the mail of strangers.
//! HTML inside it is text.

use std::collections::HashMap;

mod message;

pub use message::message;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html};

use crate::mail::html::{SanitiseOptions, escape, sanitise};

/// Renders Markdown. Its highest headings stand right below the title of the page that shows it, and none skips a level. `base` is the
/// address of the web application, without a slash at its end: links within the product begin with one. `images` are the addresses of the
/// pictures that belong to the text; no other is shown, for it would tell its owner who reads.
#[must_use]
pub fn render(markdown: &str, base: &str, images: &[String]) -> String {
    let known = |url: &str| images.iter().position(|image| image == url);
    let mut shown = Vec::new();
    let parse = || Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let levels = parse().filter_map(|event| match event {
        Event::Start(Tag::Heading { level, .. }) => Some(level as usize),
        _ => None,
    });
    let highest = levels.min().unwrap_or(1);
    // The title is the first level.
    let mut last = 1;
    let events = parse().filter_map(|event| {
        Some(match event {
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            Event::Start(Tag::Heading { level, .. }) => {
                last = (level as usize + 2 - highest).min(last + 1);
                Event::Start(Tag::Heading {
                    level: heading(last),
                    id: None,
                    classes: Vec::new(),
                    attrs: Vec::new(),
                })
            }
            Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(heading(last))),
            // Alignment would be an inline style, which the page's policy refuses.
            Event::Start(Tag::Table(columns)) => {
                Event::Start(Tag::Table(vec![pulldown_cmark::Alignment::None; columns.len()]))
            }
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) => Event::Start(Tag::Link {
                link_type,
                dest_url: absolute(dest_url, base),
                title,
                id,
            }),
            Event::Start(Tag::Image {
                link_type,
                dest_url,
                title,
                id,
            }) => {
                let at = known(&dest_url);
                shown.push(at.is_some());
                // What is no picture of this text is its description.
                let at = at?;
                Event::Start(Tag::Image {
                    link_type,
                    dest_url: format!("cid:{at}").into(),
                    title,
                    id,
                })
            }
            Event::End(TagEnd::Image) if shown.pop() != Some(true) => return None,
            other => other,
        })
    });
    let mut html = String::with_capacity(markdown.len() * 3 / 2);
    push_html(&mut html, events);
    let numbered = images.iter().enumerate();
    let options = SanitiseOptions {
        cid_urls: numbered
            .map(|(at, url)| (at.to_string(), url.clone()))
            .collect::<HashMap<_, _>>(),
        ..SanitiseOptions::default()
    };
    // More tags or links than any mail may have: the text is there all the same.
    sanitise(&html, &options)
        .html
        .unwrap_or_else(|| format!("<pre>{}</pre>", escape(markdown)))
}

fn heading(level: usize) -> HeadingLevel {
    HeadingLevel::try_from(level).unwrap_or(HeadingLevel::H6)
}

fn absolute<'a>(url: CowStr<'a>, base: &str) -> CowStr<'a> {
    if url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\") {
        format!("{base}{url}").into()
    } else {
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(markdown: &str) -> String {
        let images = ["/api/v1/help/images/one".to_owned()];
        let base = "https://cm.test";
        render(markdown, base, &images)
    }

    #[test]
    fn what_editors_write_is_rendered() {
        assert_eq!(
            html("# A\n\ntext **bold**"),
            "<h2>A</h2>\n<p>text <strong>bold</strong></p>\n"
        );
        assert_eq!(html("## A\n\n#### B\n\n## C"), "<h2>A</h2>\n<h3>B</h3>\n<h2>C</h2>\n");
        let table = html("| a | b |\n|:-:|--:|\n| 1 | ~~2~~ |");
        assert!(
            table.contains("<th>a</th>") && table.contains("<del>2</del>"),
            "{table}"
        );
        assert!(!table.contains("style"), "{table}");
        let link = html("[how](/help/articles/open-a-ticket)");
        assert!(
            link.contains("href=\"https://cm.test/help/articles/open-a-ticket\""),
            "{link}"
        );
        let code = html("```sh\nrm -rf <dir>\n```");
        assert!(code.contains("<pre><code>rm -rf &lt;dir&gt;\n</code></pre>"), "{code}");
    }

    #[test]
    fn html_in_it_is_text() {
        let out = html("<script>alert(1)</script>\n\nhello <img src=x onerror=alert(1)> <b onclick=x>b</b>");
        assert!(
            !out.contains("<script") && !out.contains("<img") && !out.contains("<b"),
            "{out}"
        );
        assert!(out.contains("&lt;script&gt;"), "{out}");
        let style = html("<style>*{display:none}</style>\n\n<iframe src=//evil>\n\n<a href='javascript:x'>x</a>");
        assert!(
            !style.contains("<style") && !style.contains("<iframe") && !style.contains("<a"),
            "{style}"
        );
    }

    #[test]
    fn links_lead_to_pages_and_addresses_only() {
        for bad in [
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt&#58;alert(1))",
            "[x](data:text/html,<script>)",
            "<javascript:alert(1)>",
            "[x](vbscript:x)",
            "[x](//evil.example)",
            "[x](/\\evil.example)",
        ] {
            let out = html(bad);
            assert!(!out.contains("href"), "{bad}: {out}");
        }
        for good in [
            "[x](https://a.example)",
            "[x](mailto:a@b.example)",
            "<https://a.example>",
        ] {
            let out = html(good);
            assert!(out.contains("href=") && out.contains("noopener"), "{good}: {out}");
        }
        let title = html("[x](https://a.example \"a\\\" onmouseover=\\\"alert(1)\")");
        assert!(!title.contains("onmouseover=\"alert"), "{title}");
    }

    #[test]
    fn no_picture_of_others_is_loaded() {
        let own = html("![how it looks](/api/v1/help/images/one)");
        assert!(
            own.contains("src=\"/api/v1/help/images/one\"") && own.contains("alt=\"how it looks\""),
            "{own}"
        );
        for other in [
            "![seen](https://evil.example/x.png)",
            "![seen](/api/v1/help/images/two)",
            "![seen](cid:0)",
            "![seen](data:image/svg+xml;base64,AAAA)",
            "![a ![seen](https://evil.example/x.png) b](https://evil.example/y.png)",
        ] {
            let out = html(other);
            assert!(!out.contains("<img") && out.contains("seen"), "{other}: {out}");
        }
    }

    #[test]
    fn what_is_made_to_hurt_is_quick_and_stays_text() {
        for hostile in [
            "[".repeat(50_000),
            "> ".repeat(25_000),
            "*a ".repeat(16_000),
            "<".repeat(50_000),
            "![".repeat(25_000),
        ] {
            let out = html(&hostile);
            assert!(!out.is_empty() && !out.contains("<script"));
        }
        let many = html(&"[a](https://a.example) ".repeat(2_500));
        assert!(many.contains("a.example"));
    }
}
