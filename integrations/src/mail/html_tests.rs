use std::time::Duration;

use cpu_time::ThreadTime;

use super::*;
use proptest::prelude::*;

fn safe(html: &str) -> String {
    sanitise(html, &SanitiseOptions::default()).html.unwrap()
}

#[test]
fn ordinary_mail_keeps_its_looks() {
    assert_eq!(
        safe("<p style=\"color:red;position:fixed\" class=x id=y>Hi <b>you</b></p>"),
        "<p style=\"color:red;\">Hi <b>you</b></p>"
    );
    assert_eq!(
        safe("<a href='https://example.org/?a=1&amp;b=2'>x</a>"),
        "<a href=\"https://example.org/?a=1&amp;b=2\" target=\"_blank\" rel=\"noopener nofollow noreferrer\">x</a>"
    );
    assert_eq!(safe("<div dir=rtl>مرحبا</div>"), "<div dir=\"rtl\">مرحبا</div>");
    assert!(safe("<table><tr><td bgcolor=red>a</table>").contains("<td bgcolor=\"red\">a</td>"));
}

#[test]
fn nothing_runs() {
    for hostile in [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.test></SCRIPT>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<math><mtext></p><style><img src=x onerror=alert(1)></style></math>",
        "<a href=\"java&#10;script:alert(1)\">x</a>",
        "<a href=\"&#106;avascript:alert(1)\">x</a>",
        "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
        "<form action=//evil.test><input name=password></form>",
        "<meta http-equiv=refresh content=\"0;url=//evil.test\">",
        "<base href=//evil.test><link rel=stylesheet href=//evil.test>",
        "<object data=//evil.test></object><embed src=//evil.test>",
        "<div style=\"background:url(//evil.test)\">x</div>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
        "<p title='\"><img src=x onerror=alert(1)>'>x",
        "<<script>alert(1)//<</script>",
        "<img src=\"data:text/html,<script>alert(1)</script>\">",
        "<img src=\"data:image/svg+xml;base64,PHN2Zz4=\">",
        "<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\"></textarea>",
        "<template><img src=x onerror=alert(1)></template>",
        "<!--><img src=x onerror=alert(1)>-->",
        "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    ] {
        let html = safe(hostile).to_lowercase();
        // Quoted and escaped text may show the words; what counts is that no tag or attribute carries them.
        for bad in [
            "<script",
            " onerror",
            " onload=",
            "javascript:",
            "<iframe",
            "<form",
            "<meta",
            "<base",
            "<link",
            "<object",
            "<embed",
            "<svg",
            "url(",
            "<style",
            "src=\"x",
        ] {
            let in_tag = html.match_indices('<').any(|(at, _)| {
                let tag = &html[at..];
                tag[..tag.find('>').unwrap_or(tag.len())].contains(bad) && !tag.starts_with("<p title")
            });
            assert!(!in_tag, "{hostile} -> {html}");
        }
    }
}

#[test]
fn images_are_mapped_or_blocked() {
    let mut options = SanitiseOptions::default();
    options.cid_urls.insert("logo@x".into(), "/api/v1/attachments/1".into());
    let html = "<img src=\"cid:logo@x\"><img src=cid:gone><img src=http://evil.test/p.gif width=100><img src=\"/api/v1/other\"><img src=\"data:image/png;base64,iVBO\">";
    let result = sanitise(html, &options);
    let out = result.html.unwrap();
    assert!(
        out.contains("src=\"/api/v1/attachments/1\"") && out.contains("data-cid=\"gone\""),
        "{out}"
    );
    assert!(
        out.contains("data-remote-src=\"http://evil.test/p.gif\"") && !out.contains(" src=\"http"),
        "{out}"
    );
    assert!(
        !out.contains("other") && out.contains("src=\"data:image/png;base64,iVBO\""),
        "{out}"
    );
    assert_eq!(result.remote_images, 1);
}

#[test]
fn pictures_that_only_tell_who_reads_lose_their_address() {
    let html = "<img src=http://evil.test/a.gif width=1 height=1><img src=\"https://evil.test/b.gif\" style=\"display:none\">\
        <img src=http://evil.test/c.gif width=&#49; height='1px'><img src=cid:x width=1><p data-remote-pixel=9 data-link-mismatch=x>t</p>";
    let result = sanitise(html, &SanitiseOptions::default());
    let out = result.html.unwrap();
    assert_eq!((result.remote_images, result.pixels), (0, 3), "{out}");
    assert!(!out.contains("evil.test"), "{out}");
    assert_eq!(out.matches("data-remote-pixel=\"1\"").count(), 3, "{out}");
    assert!(out.contains("data-cid=\"x\"") && out.contains("<p>t</p>"), "{out}");
}

#[test]
fn links_that_lie_are_flagged() {
    let result = sanitise(
        "<a href=\"https://evil.test/x\">https://<b>bank</b>.example/login</a> <a href=https://a.org>here</a>",
        &SanitiseOptions::default(),
    );
    assert_eq!(
        result.link_mismatches,
        [LinkMismatch {
            shown: "bank.example".into(),
            actual: "evil.test".into()
        }]
    );
    assert!(result.html.unwrap().contains("data-link-mismatch=\"evil.test\""));
}

/// Of a thread's own time, which a busy machine stretches all the same. What grows with the square of its size takes minutes.
const BUDGET: Duration = Duration::from_secs(if cfg!(debug_assertions) { 8 } else { 2 });

fn within(what: &str, html: &str) -> Sanitised {
    let start = ThreadTime::now();
    let result = sanitise(html, &SanitiseOptions::default());
    let text = to_text(html);
    assert!(start.elapsed() < BUDGET, "{what}: {:?}", start.elapsed());
    assert!(text.text.len() <= 3 << 20);
    result
}

#[test]
fn hostile_sizes_stay_within_the_budget() {
    let deep = |tag: &str, n: usize| format!("<{tag}>").repeat(n);
    assert_eq!(
        within("nested divs", &deep("div", 100_000)).fallback,
        Some(Fallback::TooManyTags)
    );
    within("19,000 nested b", &deep("b", 19_000));
    within("19,000 nested font", &deep("font color=red", 19_000));
    within("19,000 nested tables", &deep("table><tr><td", 6_000));
    within("misnested formatting", &"<b><p></b><i></p></i>".repeat(3_300));
    assert_eq!(
        within("nbsp", &"&nbsp;".repeat(900_000)).fallback,
        Some(Fallback::TooLarge)
    );
    assert!(within("2 MB of nbsp", &"&nbsp;".repeat(340_000)).html.unwrap().len() < 100);
    within("2 MB of unknown entities", &"&zzzz;".repeat(340_000));
    within("2 MB of eacute", &"&eacute;".repeat(250_000));
    within("2 MB of ampersands", &"&".repeat(2_000_000));
    within("open angle brackets", &"<".repeat(2_000_000));
    within("unclosed comments", &"<!--".repeat(500_000));
    within("unclosed textareas", &"<textarea>".repeat(200_000));
    within("end tags", &"</div>".repeat(300_000));
    within("attributes", &format!("<p {}>", "a=1 ".repeat(490_000)));
    within("unclosed attribute", &format!("<p title=\"{}", "x ".repeat(900_000)));
    assert_eq!(
        within("links", &"<a href=http://a.b>x</a>".repeat(6_000)).fallback,
        Some(Fallback::TooManyLinks)
    );
}

proptest! {
    #[test]
    fn any_text_is_sanitised(html in "(<|>|/|\"|'|=|!--|-->|script|style|a href|img src|div|p|b|&|;|#x|javascript:|\\PC){0,120}") {
        let out = sanitise(&html, &SanitiseOptions::default()).html.unwrap_or_default().to_lowercase();
        prop_assert!(!out.contains("<script"));
        let text = to_text(&html);
        prop_assert!(text.dom_marker.is_none_or(|at| text.text.is_char_boundary(at)));
    }
}
