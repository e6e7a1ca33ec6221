//! The HTML alternative of a mail, made of its text: paragraphs, line ends and links. Whatever stands in the text, values of strangers
//! included, stands there as text.

use linkify::{LinkFinder, LinkKind};

use crate::locale::Locale;

fn escaped(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' => html.push_str("<br>\n"),
            c if c.is_control() && c != '\t' => {}
            c => html.push(c),
        }
    }
}

/// The text as a page in the direction of its language; paragraphs go by what they begin with.
#[must_use]
pub fn html(text: &str, locale: Locale) -> String {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let direction = if locale == Locale::Ar { "rtl" } else { "ltr" };
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\" dir=\"{direction}\">\n<head><meta charset=\"utf-8\"><title></title></head>\n<body>\n",
        locale.as_str()
    );
    let text = text.replace("\r\n", "\n");
    for paragraph in text
        .split("\n\n")
        .map(|each| each.trim_matches('\n'))
        .filter(|each| !each.trim().is_empty())
    {
        html.push_str("<p dir=\"auto\">");
        for span in finder.spans(paragraph) {
            let web = span.as_str().starts_with("https://") || span.as_str().starts_with("http://");
            if span.kind().is_some() && web {
                html.push_str("<a href=\"");
                escaped(span.as_str(), &mut html);
                html.push_str("\">");
                escaped(span.as_str(), &mut html);
                html.push_str("</a>");
            } else {
                escaped(span.as_str(), &mut html);
            }
        }
        html.push_str("</p>\n");
    }
    html.push_str("</body>\n</html>\n");
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lines_and_links_become_html_and_nothing_else_does() {
        let page = html(
            "Bonjour <b>A</b> & \"B\",\n\nVoir :\nhttps://x.test/a?b=1&c=2#t=<script>\n\n\n\njavascript:alert(1) ftp://x.test",
            Locale::Fr,
        );
        assert!(page.contains("<html lang=\"fr\" dir=\"ltr\">"), "{page}");
        assert!(
            page.contains("<p dir=\"auto\">Bonjour &lt;b&gt;A&lt;/b&gt; &amp; &quot;B&quot;,</p>"),
            "{page}"
        );
        assert!(page.contains("Voir :<br>\n<a href=\"https://x.test/a?b=1&amp;c=2#t=\">https://x.test/a?b=1&amp;c=2#t=</a>&lt;script&gt;"), "{page}");
        assert_eq!(page.matches("<a ").count(), 1, "{page}");
        assert_eq!(page.matches("<p ").count(), 3, "{page}");
        assert!(html("مرحبا", Locale::Ar).contains("dir=\"rtl\""));
    }

    proptest::proptest! {
        #[test]
        fn no_sign_of_a_text_becomes_a_tag(text in "[<>\"'&a-z:/#. \n\r]{0,80}") {
            let page = html(&text, Locale::En);
            let body = page.split("<body>").nth(1).unwrap();
            let ours = ["<p dir=\"auto\">", "</p>", "<br>", "</a>", "</body>", "</html>"];
            let mut rest = body.to_owned();
            for tag in ours { rest = rest.replace(tag, ""); }
            for part in rest.split('<').skip(1) {
                proptest::prop_assert!(part.starts_with("a href=\"http"), "{part}");
            }
        }
    }
}
