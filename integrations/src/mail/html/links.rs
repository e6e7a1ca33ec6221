//! Links: which targets are allowed. Whether the text shows another place than the target is told by `domain::mail::link`.

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
}
