//! Attachment names are text by strangers: they end up in headers, on disks and in front of eyes.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

/// Longest name in bytes.
const MAX: usize = 200;

/// Makes a name safe: NFC, no path, no control or direction characters, no dots at the ends, at most 200 bytes.
/// `fallback` is used when nothing is left.
#[must_use]
pub fn safe_name(name: &str, fallback: &str) -> String {
    let last = name
        .rsplit(['/', '\\'])
        .find(|piece| !piece.trim().is_empty())
        .unwrap_or_default();
    let kept = last
        .nfc()
        .filter(|c| !is_hidden(*c))
        .map(|c| if "<>:\"|?*".contains(c) { '_' } else { c });
    let text: String = kept
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let text = shorten(text.trim_matches(['.', ' ']), MAX);
    if text.is_empty() { fallback.to_owned() } else { text }
}

/// Control, direction and other invisible characters.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{ad}' | '\u{61c}')
}

/// Cuts the stem, keeps the extension.
fn shorten(name: &str, max: usize) -> String {
    if name.len() <= max {
        return name.to_owned();
    }
    let extension = name
        .rfind('.')
        .map(|at| &name[at..])
        .filter(|e| e.len() <= 20)
        .unwrap_or_default();
    let mut end = max - extension.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", name[..end].trim_end_matches(['.', ' ']))
}

/// Makes names unique within one mail by a number before the extension; names that differ only by case are the same.
#[must_use]
pub fn unique_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut candidate = name.to_owned();
    let (stem, extension) = match name.rfind('.').filter(|at| *at > 0) {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    let mut number = 2;
    while !taken.insert(candidate.to_lowercase()) {
        let suffix = format!(" ({number}){extension}");
        let mut end = stem.len().min(MAX.saturating_sub(suffix.len()));
        while !stem.is_char_boundary(end) {
            end -= 1;
        }
        candidate = format!("{}{suffix}", &stem[..end]);
        number += 1;
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_made_safe() {
        for (name, safe) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\x\\a.doc", "a.doc"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a\r\nb\0.txt", "ab.txt"),
            ("name.pdf. . .", "name.pdf"),
            ("re\u{301}sume.pdf", "r\u{e9}sume.pdf"),
            ("فاتورة.pdf", "فاتورة.pdf"),
            ("a<b>:c.txt", "a_b__c.txt"),
            ("...", "file"),
            ("", "file"),
            ("/", "file"),
        ] {
            assert_eq!(safe_name(name, "file"), safe, "{name:?}");
        }
        let long = safe_name(&format!("{}.pdf", "é".repeat(300)), "file");
        assert!(long.len() <= MAX && long.ends_with(".pdf"));
    }

    #[test]
    fn names_become_unique() {
        let mut taken = BTreeSet::new();
        let names: Vec<String> = ["a.png", "A.png", "a.png", "b", "b"]
            .iter()
            .map(|n| unique_name(n, &mut taken))
            .collect();
        assert_eq!(names, ["a.png", "A (2).png", "a (3).png", "b", "b (2)"]);
    }

    proptest! {
        #[test]
        fn any_name_is_safe(name in "\\PC{0,300}|[./\\\\\u{0}-\u{1f}]{0,50}") {
            let safe = safe_name(&name, "file");
            prop_assert!(!safe.is_empty() && safe.len() <= MAX);
            prop_assert!(!safe.contains(['/', '\\', '\0', '\n']) && !safe.starts_with('.') && !safe.ends_with('.'));
        }
    }
}
