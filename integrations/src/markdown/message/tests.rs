use std::time::Duration;

use cpu_time::ThreadTime;

use super::*;

fn written(markdown: &str) -> Written {
    message(markdown, "https://cm.test")
}

fn html(markdown: &str) -> String {
    written(markdown).html.unwrap_or_default()
}

#[test]
fn what_people_write_is_rendered_and_says_the_same_as_text() {
    for (markdown, html, text) in [
        (
            "Hello **you**,\nall _is_ well",
            "<p dir=\"auto\">Hello <strong>you</strong>,<br>\nall <em>is</em> well</p>\n",
            "Hello you,\nall is well",
        ),
        (
            "Do:\n\n- one\n- two `x`\n\n3. three\n4. four",
            "<p dir=\"auto\">Do:</p>\n<ul dir=\"auto\"><li>one</li>\n<li>two <code>x</code></li>\n</ul>\n\
             <ol dir=\"auto\" start=\"3\"><li>three</li>\n<li>four</li>\n</ol>\n",
            "Do:\n\n- one\n- two x\n\n3. three\n4. four",
        ),
        (
            "> was\n> _said_\n\nso ~~what~~",
            "<blockquote dir=\"auto\"><p>was<br>\n<em>said</em></p>\n</blockquote>\n<p dir=\"auto\">so <del>what</del></p>\n",
            "> was\n> said\n\nso ~~what~~",
        ),
        (
            "# Title\n```sh\nrm -rf <dir>\n\nls\n```",
            "<p dir=\"auto\"><strong>Title</strong></p>\n<pre dir=\"ltr\"><code>rm -rf &lt;dir&gt;\n\nls\n</code></pre>\n",
            "Title\n\nrm -rf <dir>\n\nls",
        ),
        (
            "- a\n  - b\n\n    c\n- d",
            "<ul dir=\"auto\"><li>a<ul><li><p>b</p>\n<p>c</p>\n</li>\n</ul>\n</li>\n<li>d</li>\n</ul>\n",
            "- a\n  - b\n    c\n- d",
        ),
        (
            "- ~~one~~\n- **~two~**",
            "<ul dir=\"auto\"><li><del>one</del></li>\n<li><strong><del>two</del></strong></li>\n</ul>\n",
            "- ~~one~~\n- ~~two~~",
        ),
        ("*مرحبًا* بك", "<p dir=\"auto\"><em>مرحبًا</em> بك</p>\n", "مرحبًا بك"),
    ] {
        let made = written(markdown);
        assert_eq!(made.text, text, "{markdown}");
        let made = made.html.unwrap_or_default();
        // How the sanitiser orders line ends around lists is its own affair.
        let tight = |html: &str| html.replace(">\n", ">");
        assert_eq!(tight(&made), tight(html), "{markdown}");
    }
}

#[test]
fn what_is_not_formatted_stays_the_text_that_was_typed() {
    for text in [
        "Thanks!",
        "Dear Ana,\n\n\nit works.\n\n-- \nNadia",
        "Regards\n--\nAna",
        "Trace:\n    at one\n    at two",
        "see https://a.example/b_c_d and my_host_name",
        "[error]: refused\n[error]: again",
        "<b>no</b> tags\n\n<div>\n**x**\n</div>",
        "1 < 2 && 3 > 2",
    ] {
        let made = written(text);
        assert_eq!((made.html, made.text.as_str()), (None, text));
    }
    let escaped = written("2 \\* 3 \\_ 4 &lt;");
    assert_eq!((escaped.html, escaped.text.as_str()), (None, "2 * 3 _ 4 <"));
}

#[test]
fn no_word_gets_lost() {
    for markdown in [
        "**x**\n\n[error]: refused",
        "**x**\n\n> [error]: refused\n> [error]: refused",
        "**x** [error]: refused",
        "**x**\n[\\]error]: refused",
        "**x**\n\n[err\nor]: refused",
        "**x**\n\n<!-- refused -->",
        "**x**\n\n<div>refused\n\n</div>",
    ] {
        let made = written(markdown);
        assert!(made.text.contains("refused"), "{markdown}: {made:?}");
        assert!(
            made.html.is_none_or(|html| html.contains("refused")),
            "{markdown}: {}",
            made.text
        );
    }
    let log = written("```\n[error]: refused\n```\n\n[error]: refused");
    assert_eq!(log.text, "[error]: refused\n\n[error]: refused");
    let signed = written("It is **done**\n\nRegards\n---\nAna");
    assert_eq!(signed.text, "It is done\n\nRegards\n---\n\nAna");
    assert!(
        signed.html.is_some_and(|html| html.contains("Regards<br>\n---</p>")),
        "{}",
        signed.text
    );
}

#[test]
fn html_in_it_is_text() {
    let out = html(
        "**x** <script>alert(1)</script> <img src=x onerror=alert(1)>\n\n<style>*{display:none}</style>\n\n<iframe src=//evil>",
    );
    for bad in ["<script", "<img", "<style", "<iframe"] {
        assert!(!out.contains(bad), "{out}");
    }
    assert!(
        out.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && out.contains("&lt;iframe"),
        "{out}"
    );
}

#[test]
fn links_lead_to_pages_and_addresses_only_and_pictures_are_links() {
    for bad in [
        "**x** [y](javascript:alert(1))",
        "**x** [y](JaVaScRiPt&#58;alert(1))",
        "**x** [y](java&#10;script:alert(1))",
        "**x** [y](data:text/html,<script>)",
        "**x** <javascript:alert(1)>",
        "**x** [y](//evil.example)",
        "**x** [y](/\\evil.example)",
        "**x** ![y](data:image/svg+xml;base64,AAAA)",
        "**x** ![y](cid:0)",
    ] {
        let out = html(bad);
        assert!(
            out.contains("<strong>") && !out.contains("href") && !out.contains("<img"),
            "{bad}: {out}"
        );
    }
    for (good, href, text) in [
        ("[y](https://a.example)", "https://a.example", "y (https://a.example)"),
        ("<https://a.example>", "https://a.example", "https://a.example"),
        ("<a@b.example>", "mailto:a@b.example", "a@b.example"),
        (
            "**x** https://a.example/b_c_d.",
            "https://a.example/b_c_d",
            "x https://a.example/b_c_d.",
        ),
        ("[y](/help)", "https://cm.test/help", "y (https://cm.test/help)"),
        (
            "![seen](https://a.example/x.png)",
            "https://a.example/x.png",
            "seen (https://a.example/x.png)",
        ),
        (
            "![](https://a.example/x.png)",
            "https://a.example/x.png",
            "https://a.example/x.png",
        ),
        (
            "[![i](https://b.example/x.png)](https://a.example)",
            "https://a.example",
            "i (https://a.example)",
        ),
    ] {
        let made = written(good);
        assert_eq!(made.text, text, "{good}");
        let out = made.html.unwrap_or_default();
        assert!(out.contains(&format!("href=\"{href}\"")), "{good}: {out}");
        assert!(
            out.matches("<a ").count() == 1 && out.contains("noopener") && !out.contains("<img"),
            "{good}: {out}"
        );
    }
    let lie = html("[https://bank.example](https://evil.example)");
    assert!(lie.contains("data-link-mismatch=\"evil.example\""), "{lie}");
    let title = html("[x](https://a.example \"a\\\" onmouseover=\\\"alert(1)\")");
    assert!(!title.contains("onmouseover"), "{title}");
    let quoted = html("[x](https://a.example/\"onmouseover=\"alert(1))");
    assert!(!quoted.contains("\"onmouseover"), "{quoted}");
}

#[test]
fn what_is_made_to_hurt_is_quick_and_stays_text() {
    let depths = (0..300).map(|depth| format!("{}- a\n", "  ".repeat(depth)));
    let begun = ThreadTime::now();
    for hostile in [
        "> ".repeat(100_000),
        format!("{}a", ">".repeat(199_999)),
        format!("{}\n{}", "- ".repeat(50_000), "\n".repeat(100_000)),
        format!("{}{}", depths.collect::<String>(), "\n".repeat(100_000)),
        format!("{}{}", "> ".repeat(50), "a\n".repeat(90_000)),
        "[".repeat(200_000),
        "![".repeat(100_000),
        "*a ".repeat(66_000),
        "**a **b ".repeat(25_000),
        "`a".repeat(100_000),
        "<".repeat(200_000),
        "<!--".repeat(50_000),
        "[a]: b\n".repeat(28_000),
        "**a** [a](https://a.example) ".repeat(6_500),
    ] {
        let made = written(&hostile);
        assert!(!made.text.is_empty() && made.text.len() <= hostile.len() * 2 + 1_000);
    }
    // Each of them takes a fraction of a second of the processor; what is quadratic takes minutes.
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}
