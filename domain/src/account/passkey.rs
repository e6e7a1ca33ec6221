//! Passkeys: how many one has, what they are called, where they work.

use chrono::TimeDelta;

/// How long a browser may take to sign.
pub const CEREMONY_LIFE: TimeDelta = TimeDelta::minutes(5);
/// Passkeys of one person.
pub const MAX: usize = 20;
/// Longest name, in characters.
pub const MAX_NAME: usize = 60;

/// A passkey's name without spaces around it; `None` when it is empty, too long, or holds characters that nobody sees.
#[must_use]
pub fn name(text: &str) -> Option<&str> {
    let name = text.trim();
    let length = name.chars().count();
    (1..=MAX_NAME).contains(&length).then_some(name).filter(|name| {
        !name.chars().any(|c| {
            c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
    })
}

/// Whether passkeys can work on a site: browsers bind them to a name, and only where nobody reads along or it is one's own machine.
#[must_use]
pub fn site(scheme: &str, domain: Option<&str>) -> bool {
    domain.is_some_and(|domain| scheme == "https" || domain == "localhost" || domain.ends_with(".localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_visible() {
        assert_eq!(name("  Work laptop "), Some("Work laptop"));
        assert_eq!(name("هاتفي"), Some("هاتفي"));
        let longest = "é".repeat(MAX_NAME);
        assert_eq!(name(&longest), Some(longest.as_str()));
        for bad in ["", "   ", &"x".repeat(MAX_NAME + 1), "a\nb", "a\u{202e}b", "\u{200b}"] {
            assert_eq!(name(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_site_has_a_name_and_a_safe_line() {
        assert!(
            site("https", Some("cm.example")) && site("http", Some("localhost")) && site("http", Some("a.localhost"))
        );
        assert!(!site("http", Some("cm.example")) && !site("https", None) && !site("http", Some("notlocalhost")));
    }
}
