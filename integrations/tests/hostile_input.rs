//! Input made to waste time ends in time, and input made to break the reader gives a result.

use std::time::Duration;

use cpu_time::ThreadTime;

use integrations::mail::html::{SanitiseOptions, sanitise, to_text};
use integrations::mail::parse::{ParseOptions, parse};

/// Generous, since tests run unoptimised and beside others; what is caught here takes minutes.
const BUDGET: Duration = Duration::from_secs(8);

fn in_time<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let started = ThreadTime::now();
    let result = work();
    let took = started.elapsed();
    eprintln!("{took:>10.1?} {name}");
    assert!(took < BUDGET, "{name} took {took:?}");
    result
}

#[test]
fn hostile_html_ends_in_time() {
    let inputs = [
        ("nested divs", "<div>".repeat(100_000)),
        ("5 MB of blanks", "&nbsp;".repeat(833_333)),
        ("blanks between letters", "a&nbsp;".repeat(290_000)),
        ("short lines", "a\n".repeat(900_000)),
        ("short lines in pre", format!("<pre>{}", "a\n".repeat(900_000))),
        ("references", "&lt;".repeat(400_000)),
        ("ampersands", "&".repeat(2_000_000)),
        ("bold without end", "<b>".repeat(100_000)),
        ("fonts with text", "<font color=red>x".repeat(50_000)),
        ("misnested formatting", "<i><b><a href=http://x.y>z</i>".repeat(4_000)),
        ("paragraphs with links", "<p><a>".repeat(9_000)),
        ("nested tables", "<table><tr><td>".repeat(6_000)),
        ("tables in tables", "<table>".repeat(50_000)),
        ("attributes", format!("<a {}>", "b=c ".repeat(500_000))),
        (
            "different attributes",
            format!("<a {}>", (0..200_000).map(|n| format!("b{n}=c ")).collect::<String>()),
        ),
        ("less-than signs", "<".repeat(2_000_000)),
        ("unclosed quotes", "<a b='".repeat(300_000)),
        ("unclosed comments", "<!--".repeat(500_000)),
        ("unclosed styles", "<style></".repeat(200_000)),
        ("end tags", "</div>".repeat(300_000)),
        ("end paragraphs", "</p>".repeat(19_000)),
        ("foreign content", "<svg><math>".repeat(100_000)),
        ("selects", "<select><option>".repeat(100_000)),
        (
            "style properties",
            format!("<p style='{}'>", "color:red;".repeat(150_000)),
        ),
        ("links", "<a href='http://a.b'>c.d</a>".repeat(4_900)),
    ];
    for (name, html) in inputs {
        in_time(name, || sanitise(&html, &SanitiseOptions::default()));
        in_time(&format!("{name}, as text"), || to_text(&html));
    }
}

#[test]
fn hostile_messages_end_in_time() {
    let nested = |depth: usize| {
        (0..depth)
            .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
            .collect::<String>()
    };
    let inputs = [
        ("nested multiparts", nested(20_000)),
        (
            "deep multiparts with a long body",
            nested(19) + &"x\r\n".repeat(3_000_000),
        ),
        (
            "nested messages",
            "Content-Type: message/rfc822\r\n\r\n".repeat(300_000),
        ),
        (
            "many parts",
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n".to_owned() + &"--b\r\n\r\nx\r\n".repeat(500_000),
        ),
        ("many header fields", "X-A: b\r\n".repeat(500_000)),
        (
            "a long folded field",
            "Subject: a\r\n".to_owned() + &" b\r\n".repeat(1_000_000),
        ),
        (
            "encoded words",
            format!("Subject: {}\r\n\r\n", "=?utf-8?q?a?= ".repeat(70_000)),
        ),
        (
            "broken encoded words",
            format!("Subject: {}\r\n\r\n", "=?utf-8?b?".repeat(90_000)),
        ),
        ("addresses", format!("To: {}\r\n\r\n", "a <a@b.c>, ".repeat(90_000))),
        ("nested comments", format!("From: {}a@b.c\r\n\r\n", "(".repeat(900_000))),
        (
            "quotes in addresses",
            format!("From: {}a@b.c\r\n\r\n", "\"".repeat(900_001)),
        ),
        ("groups", format!("To: {}\r\n\r\n", "a:b;".repeat(200_000))),
        (
            "references",
            format!("References: {}\r\n\r\n", "<a@b> ".repeat(150_000)),
        ),
        (
            "parameters",
            format!("Content-Type: text/plain; {}\r\n\r\n", "name*0=a; ".repeat(90_000)),
        ),
        (
            "dashes",
            "Content-Type: multipart/mixed; boundary=-\r\n\r\n".to_owned() + &"-".repeat(5_000_000),
        ),
        (
            "quoted-printable",
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n".to_owned() + &"=\r\n".repeat(2_000_000),
        ),
        (
            "authentication results",
            format!("Authentication-Results: {}\r\n\r\n", "x; dmarc=pass(".repeat(60_000)),
        ),
        ("null bytes", "\0".repeat(5_000_000)),
        ("line feeds", "\n".repeat(5_000_000)),
        ("carriage returns", "\r".repeat(5_000_000)),
    ];
    for (name, raw) in inputs {
        let options = ParseOptions {
            authserv_ids: vec!["mx.test".into()],
            ..ParseOptions::default()
        };
        let mail = in_time(name, || parse(raw.as_bytes(), &options));
        assert_eq!(mail.size, raw.len());
        assert!(
            !mail
                .warnings
                .contains(&integrations::mail::parse::ParseWarning::ReaderFailed),
            "{name}"
        );
        in_time(&format!("{name}, full text"), || mail.full_text());
    }
}

#[test]
fn nothing_active_survives() {
    let words = [
        "<script",
        " onerror=",
        " onload=",
        "javascript:",
        "<iframe",
        "<form",
        "<svg",
        "<math",
        "<style",
        "url(",
        "position:",
        " class=",
        " id=",
        "<meta",
        "<base",
        "<link",
        "<object",
        "<embed",
        "<template",
        "<input",
        "<body",
        "<html",
        "vbscript:",
        " src=\"http",
    ];
    for hostile in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='&#106;ava&Tab;script:alert(1)'>x</a>",
        "<a href='java\nscript:alert(1)'>x</a>",
        "<a href=' \u{1}javascript:alert(1)'>x</a>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<form action='https://x'><input name=a></form>",
        "<meta http-equiv=refresh content='0;url=x'><base href='https://x'><link rel=stylesheet href=x>",
        "<div style='background:url(https://x)' class=a id=b>x</div>",
        "<div style='background:u\\72l(https://x)'>x</div>",
        "<p style='position:fixed;top:0'>x</p><style>*{}</style>",
        "<template><img src=x onerror=alert(1)></template>",
        "<object data=x></object><embed src=x>",
        "<img src='https://t.test/p.gif'><img srcset='https://t.test/p.gif'><img src='//t.test/p.gif'>",
        "<table background='https://t.test/p.gif'><td background='https://t.test/p.gif'>",
        "<body onload=alert(1)>",
        "<noembed><img src=x onerror=alert(1)></noembed><xmp><script>alert(1)</script></xmp>",
        "<textarea><img src=x onerror=alert(1)></textarea><title><script>alert(1)</script></title>",
        "<!--><script>alert(1)</script>--><![CDATA[<script>alert(1)</script>]]>",
        "<scr\0ipt>alert(1)</scr\0ipt><<script>alert(1)</script>",
        "<a data-link-mismatch='\"><script>'>x</a>",
        "<img data-remote-src='javascript:alert(1)'>",
        "<p title='\"><script>alert(1)</script>'>x</p>",
    ] {
        let made = sanitise(hostile, &SanitiseOptions::default());
        let html = made.html.unwrap_or_default().to_lowercase();
        // What stands between quotes or behind `&lt;` is inert; only markup counts.
        let markup = html.replace("&lt;script", "").replace("&gt;", "");
        for word in words {
            assert!(!markup.contains(word), "{hostile:?} gave {html:?}");
        }
    }
}
