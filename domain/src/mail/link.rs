//! Links whose text reads as one place of the web and that lead to another.

use url::{Host, Url};

/// A link whose text shows another host than its target. Both as a browser writes them in its address bar, so that look-alikes of other
/// scripts are seen (`xn--…`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Host that the reader sees.
    pub shown: String,
    /// Host that a click goes to.
    pub actual: String,
}

/// Top-level domains by which a bare word is taken for a host; file names and version numbers end otherwise.
const COMMON_TOPS: [&str; 40] = [
    "com", "org", "net", "dz", "fr", "de", "uk", "eu", "io", "co", "edu", "gov", "info", "biz", "app", "dev", "cloud",
    "ma", "tn", "ly", "eg", "sa", "ae", "us", "ch", "be", "ca", "es", "it", "nl", "pt", "ru", "cn", "jp", "br", "bank",
    "shop", "online", "site", "xyz",
];

/// Whether the text of a link reads as an address of the web on another host than `href` leads to. `www.` in front and one being below the
/// other make no other host. Of several words only those count that say `http` or `www` themselves.
#[must_use]
pub fn mismatch(text: &str, href: &str) -> Option<Mismatch> {
    let actual = web_host(&Url::parse(href.trim()).ok()?)?;
    let text = readable(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let shown = match words.as_slice() {
        [] => None,
        [word] => spelled_out(word).or_else(|| bare(trimmed(word))),
        several => {
            // An address that a mail program broke over two lines is one address.
            let whole = several.concat();
            let one = whole.matches("://").count() == 1;
            if one && spelled_out(&whole).is_some_and(|host| same_site(&host, &actual)) {
                return None;
            }
            several
                .iter()
                .filter_map(|word| spelled_out(word))
                .find(|host| !same_site(host, &actual))
        }
    }?;
    (!same_site(&shown, &actual)).then_some(Mismatch { shown, actual })
}

/// The text as it looks: what has no width or turns the direction is gone.
fn readable(text: &str) -> String {
    let unseen = |c: char| matches!(c, '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    text.chars().filter(|c| !unseen(*c)).collect()
}

/// A word without the signs that stand around it in a sentence.
fn trimmed(word: &str) -> &str {
    let around = |c: char| "<>()[]{}\"'`«»‹›“”„‘’,;!?،؛؟".contains(c);
    word.trim_matches(around)
        .trim_end_matches(['.', ':'])
        .trim_end_matches(around)
}

/// The host of a word that says itself that it is an address of the web.
fn spelled_out(word: &str) -> Option<String> {
    let word = trimmed(word);
    let begins = |with: &str| {
        word.get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    if !(begins("http://") || begins("https://") || begins("www.")) {
        return None;
    }
    // Cut off within the host, it names none.
    let after = word.split_once("://").map_or(word, |(_, rest)| rest);
    if after.ends_with('…') && !after.contains('/') {
        return None;
    }
    let url = if begins("www.") {
        Url::parse(&format!("http://{word}")).ok()?
    } else {
        Url::parse(word).ok()?
    };
    // What stands before "@" is a user name to a browser, and the place itself to a reader: a favourite disguise.
    if !url.username().is_empty()
        && let Some(disguise) = bare(url.username())
    {
        return Some(disguise);
    }
    web_host(&url)
}

/// The host of a bare word that has the form of one, with a path or without.
fn bare(word: &str) -> Option<String> {
    let name = word.split(['/', '?', '#']).next()?;
    if name.contains('@') {
        return None;
    }
    let url = Url::parse(&format!("http://{word}")).ok()?;
    let Some(Host::Domain(host)) = url.host() else {
        return None;
    };
    let labels: Vec<&str> = host.split('.').collect();
    let top = labels.last()?;
    let known = COMMON_TOPS.contains(top) || top.starts_with("xn--");
    let formed = labels
        .iter()
        .all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    (labels.len() >= 2 && known && formed).then(|| host.to_owned())
}

/// The host of an address of the web; a single word is a name in somebody's own network and shows nothing.
fn web_host(url: &Url) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    match url.host()? {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name.contains('.').then(|| name.to_owned())
        }
        Host::Ipv4(ip) => Some(ip.to_string()),
        Host::Ipv6(ip) => Some(ip.to_string()),
    }
}

/// Same host, or one below the other: `www.example.org` shown for `example.org` is no trick.
fn same_site(shown: &str, actual: &str) -> bool {
    let own = |host: &str| host.strip_prefix("www.").unwrap_or(host).to_owned();
    let (shown, actual) = (own(shown), own(actual));
    shown == actual || actual.ends_with(&format!(".{shown}")) || shown.ends_with(&format!(".{actual}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(text: &str, href: &str) -> Option<(String, String)> {
        mismatch(text, href).map(|found| (found.shown, found.actual))
    }

    #[test]
    fn a_text_that_names_another_host_is_found() {
        for (text, href, shown, actual) in [
            ("https://bank.dz/login", "https://evil.test/x", "bank.dz", "evil.test"),
            ("HTTPS://Bank.DZ", "https://evil.test/x", "bank.dz", "evil.test"),
            ("  www.bank.dz ", "http://evil.test", "www.bank.dz", "evil.test"),
            ("bank.com/login", "https://evil.test", "bank.com", "evil.test"),
            ("(bank.com),", "https://evil.test", "bank.com", "evil.test"),
            ("<https://bank.dz>", "https://evil.test", "bank.dz", "evil.test"),
            // A name before "@" is no host, whatever it looks like.
            ("bank.dz", "https://bank.dz@evil.test/", "bank.dz", "evil.test"),
            (
                "https://bank.dz@evil.test",
                "https://bank.dz@evil.test",
                "bank.dz",
                "evil.test",
            ),
            ("bank.dz", "https://bank.dz.evil.test/", "bank.dz", "bank.dz.evil.test"),
            ("bank.dz", "https://evil-bank.dz/", "bank.dz", "evil-bank.dz"),
            // As browsers read it.
            ("bank.dz", "https:\\\\evil.test\\bank.dz", "bank.dz", "evil.test"),
            ("bank.dz", "https://evil.test\\@bank.dz", "bank.dz", "evil.test"),
            ("https://bank.dz", "http://2130706433/", "bank.dz", "127.0.0.1"),
            ("https://bank.dz", "https://[::1]/", "bank.dz", "::1"),
            // Unseen signs, another script, another dot.
            ("ba\u{200b}nk.\u{202e}dz", "https://evil.test", "bank.dz", "evil.test"),
            ("bank\u{3002}dz", "https://evil.test", "bank.dz", "evil.test"),
            ("bаnk.com", "https://bank.com", "xn--bnk-6cd.com", "bank.com"),
            ("bank.com", "https://bаnk.com", "bank.com", "xn--bnk-6cd.com"),
            (
                "موقع.الجزائر",
                "https://evil.test",
                "xn--4gbrim.xn--lgbbat1ad8j",
                "evil.test",
            ),
            // In a sentence, and beside another one.
            (
                "Sign in at https://bank.dz today",
                "https://evil.test",
                "bank.dz",
                "evil.test",
            ),
            (
                "https://evil.test https://bank.dz",
                "https://evil.test",
                "bank.dz",
                "evil.test",
            ),
            // Whoever counts clicks leads elsewhere as well.
            (
                "https://shop.dz/offer",
                "https://click.mailer.example/r?u=https://shop.dz/offer",
                "shop.dz",
                "click.mailer.example",
            ),
        ] {
            assert_eq!(
                hosts(text, href),
                Some((shown.to_owned(), actual.to_owned())),
                "{text} {href}"
            );
        }
    }

    #[test]
    fn what_leads_where_it_says_or_says_nothing_is_not() {
        for (text, href) in [
            ("Sign in", "https://evil.test"),
            ("", "https://evil.test"),
            ("here", "https://a.org"),
            ("bank.dz", "https://www.bank.dz/a?b"),
            ("www.bank.dz", "https://bank.dz"),
            ("bank.dz", "https://my.bank.dz/x"),
            ("https://my.bank.dz", "https://bank.dz"),
            ("https://BANK.dz:443/", "https://bank.dz"),
            ("https://bank.dz.", "https://bank.dz."),
            ("http://bank.dz/a", "https://bank.dz/b"),
            ("https://bücher.de", "https://xn--bcher-kva.de/"),
            ("https://bank\n.dz/long", "https://bank.dz/long"),
            ("https://ban…", "https://bank.dz"),
            ("report.pdf", "https://files.test/report.pdf"),
            ("version 1.2.com", "https://evil.test"),
            ("1.2.3", "https://evil.test"),
            ("and/or.com", "https://evil.test"),
            ("support@bank.dz", "https://evil.test"),
            ("support@bank.dz", "mailto:other@evil.test"),
            ("https://bank.dz", "mailto:x@evil.test"),
            ("https://bank.dz", "tel:+213"),
            ("https://intranet", "https://evil.test"),
            ("https://", "https://evil.test"),
            ("https://bank.dz", "nonsense"),
        ] {
            assert_eq!(hosts(text, href), None, "{text} {href}");
        }
    }

    #[test]
    fn any_length_is_judged() {
        let long = "https://a.test/".repeat(2_000);
        assert!(mismatch(&long, "https://evil.example").is_some());
        assert_eq!(mismatch(&".".repeat(100_000), "https://evil.example"), None);
    }
}
