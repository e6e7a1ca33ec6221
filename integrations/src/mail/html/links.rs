//! Links: which targets are allowed, and whether the text shows another host than the target.

/// The target of a link when its scheme is allowed.
pub(super) fn safe_href(href: &str) -> Option<String> {
    // Browsers ignore control characters and blanks inside a scheme: "java\nscript:".
    let href: String = href
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'))
        .collect();
    let href = href.trim();
    if href.len() > 4_000 {
        return None;
    }
    let lower: String = href.chars().take(10).collect::<String>().to_ascii_lowercase();
    ["http://", "https://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
        .then(|| href.to_owned())
}

/// Host of a web address, lower case.
pub(super) fn host(url: &str) -> Option<String> {
    let url = url.trim();
    let rest = url.get(..8).filter(|s| s.eq_ignore_ascii_case("https://")).map(|_| 8);
    let rest = rest.or_else(|| url.get(..7).filter(|s| s.eq_ignore_ascii_case("http://")).map(|_| 7))?;
    let authority = url.get(rest..)?.split(['/', '?', '#', '\\']).next()?;
    // What stands before "@" is a user name, a favourite disguise.
    let host = authority
        .rsplit('@')
        .next()?
        .split(':')
        .next()?
        .trim_end_matches('.')
        .to_lowercase();
    (!host.is_empty()).then_some(host)
}

/// The host that the text of a link shows, when the text looks like an address.
pub(super) fn shown_host(text: &str) -> Option<String> {
    let word = text.trim().trim_matches(['<', '>', '(', ')', '"', '\'']);
    if word.contains(char::is_whitespace) {
        return None;
    }
    if let Some(host) = host(word) {
        return Some(host);
    }
    let name = word.split(['/', '?', '#', ':']).next()?.to_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    let top = labels.last()?;
    let looks = labels.len() >= 2
        && (name.starts_with("www.") || COMMON_TOPS.contains(top))
        && labels
            .iter()
            .all(|l| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-'));
    looks.then_some(name)
}

/// Top-level domains by which a bare word is taken for a host; file names and version numbers end otherwise.
const COMMON_TOPS: [&str; 24] = [
    "com", "org", "net", "dz", "fr", "de", "uk", "eu", "io", "co", "edu", "gov", "info", "biz", "app", "dev", "cloud",
    "ma", "tn", "ch", "be", "ca", "es", "it",
];

/// Same host, or one below the other: `www.example.org` shown for `example.org` is no trick.
pub(super) fn same_site(shown: &str, actual: &str) -> bool {
    let (shown, actual) = (shown.trim_start_matches("www."), actual.trim_start_matches("www."));
    shown == actual || actual.ends_with(&format!(".{shown}")) || shown.ends_with(&format!(".{actual}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes() {
        for good in ["https://x.y", "HTTP://x", "mailto:a@b", "tel:+1"] {
            assert!(safe_href(good).is_some(), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            " data:text/html,x",
            "file:///etc",
            "//x.y",
            "/relative",
            "",
            "vbscript:x",
        ] {
            assert_eq!(safe_href(bad), None, "{bad}");
        }
    }

    #[test]
    fn hosts_that_do_not_match() {
        assert_eq!(
            host("https://bank.example@evil.test:80/x").as_deref(),
            Some("evil.test")
        );
        assert_eq!(shown_host("www.bank.example").as_deref(), Some("www.bank.example"));
        assert_eq!(shown_host("bank.com/login").as_deref(), Some("bank.com"));
        assert_eq!(shown_host("version 1.2.com"), None);
        assert_eq!(shown_host("report.pdf"), None);
        assert!(
            same_site("www.a.org", "a.org")
                && same_site("a.org", "mail.a.org")
                && !same_site("a.org", "a.org.evil.test")
        );
    }
}
