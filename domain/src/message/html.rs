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

/// A text in pieces: words, and addresses of web pages, of which the second is `true`.
pub fn pieces(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let found: Vec<(&str, bool)> = finder
        .spans(text)
        .map(|span| {
            let web = span.as_str().starts_with("https://") || span.as_str().starts_with("http://");
            (span.as_str(), span.kind().is_some() && web)
        })
        .collect();
    found.into_iter()
}

fn begun(locale: Locale) -> String {
    let direction = if locale == Locale::Ar { "rtl" } else { "ltr" };
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\" dir=\"{direction}\">\n<head><meta charset=\"utf-8\"><title></title></head>\n<body>\n",
        locale.as_str()
    )
}

/// What somebody wrote, already sanitised, as a page in the direction of its language; what it says goes by what it begins with.
/// Below it stands `note`, which is text.
#[must_use]
pub fn letter(written: &str, note: &str, locale: Locale) -> String {
    let mut html = begun(locale);
    html.push_str("<div dir=\"auto\" style=\"font-family:sans-serif;font-size:15px;line-height:1.5\">\n");
    html.push_str(written);
    html.push_str("</div>\n");
    if !note.trim().is_empty() {
        html.push_str("<p dir=\"auto\" style=\"font-family:sans-serif;font-size:12px;color:#5b6a72\">");
        escaped(note.trim(), &mut html);
        html.push_str("</p>\n");
    }
    html.push_str("</body>\n</html>\n");
    html
}

/// The text as a page in the direction of its language; paragraphs go by what they begin with.
#[must_use]
pub fn html(text: &str, locale: Locale) -> String {
    let mut html = begun(locale);
    let text = text.replace("\r\n", "\n");
    for paragraph in text
        .split("\n\n")
        .map(|each| each.trim_matches('\n'))
        .filter(|each| !each.trim().is_empty())
    {
        html.push_str("<p dir=\"auto\">");
        for (piece, page) in pieces(paragraph) {
            if page {
                html.push_str("<a href=\"");
                escaped(piece, &mut html);
                html.push_str("\">");
                escaped(piece, &mut html);
                html.push_str("</a>");
            } else {
                escaped(piece, &mut html);
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

    #[test]
    fn a_letter_is_what_was_written_with_a_note_below_that_is_text() {
        let page = letter(
            "<p dir=\"auto\">مرحبًا <strong>بك</strong></p>\n",
            "Réf. <x>\n[cm:1]\n",
            Locale::Ar,
        );
        assert!(page.contains("<html lang=\"ar\" dir=\"rtl\">"), "{page}");
        assert!(page.contains("<strong>بك</strong></p>\n</div>"), "{page}");
        assert!(page.contains("Réf. &lt;x&gt;<br>\n[cm:1]</p>"), "{page}");
        assert_eq!(letter("<p>x</p>", " \n", Locale::En).matches("<p").count(), 1);
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
