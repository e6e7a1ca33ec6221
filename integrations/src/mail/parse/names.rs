//! File names a stranger chose: made harmless before anybody sees or stores them.

use std::collections::HashSet;

const LONGEST: usize = 200;

/// Names handed out so far in one mail.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// A safe name, different from all earlier ones without regard to case.
    pub(super) fn unique(&mut self, wished: &str) -> String {
        let safe = safe_name(wished);
        let mut name = safe.clone();
        let mut number = 2_usize;
        while !self.0.insert(name.to_lowercase()) {
            let (stem, extension) = halves(&safe);
            let suffix = format!("-{number}{extension}");
            name = format!("{}{suffix}", cut(stem, LONGEST.saturating_sub(suffix.len())));
            number += 1;
        }
        name
    }
}

/// Removes path parts, control and direction characters, characters that file systems refuse, and leading or
/// trailing dots and spaces; at most 200 bytes, with the extension kept.
#[must_use]
pub fn safe_name(wished: &str) -> String {
    let last = wished
        .rsplit(['/', '\\'])
        .find(|part| !part.trim_matches(['.', ' ']).is_empty())
        .unwrap_or_default();
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{61c}')
    };
    let clean: String = last
        .chars()
        .filter(|c| !hidden(*c))
        .map(|c| if "<>:\"|?*".contains(c) { '_' } else { c })
        .collect();
    let clean = clean.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if clean.is_empty() {
        return "attachment".to_owned();
    }
    if clean.len() <= LONGEST {
        return clean.to_owned();
    }
    let (stem, extension) = halves(clean);
    let extension = if extension.len() > 20 { "" } else { extension };
    format!("{}{extension}", cut(stem, LONGEST - extension.len()))
}

/// Every extension of a name, lower case: `a.pdf.exe` has `pdf` and `exe`.
pub(super) fn extensions(name: &str) -> impl Iterator<Item = String> + '_ {
    name.split('.').skip(1).map(|layer| layer.trim().to_ascii_lowercase())
}

fn halves(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 => name.split_at(dot),
        _ => (name, ""),
    }
}

fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_paths_controls_and_tricks() {
        for (wished, safe) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\a\\b.doc", "b.doc"),
            ("inv\u{202e}fdp.exe", "invfdp.exe"),
            ("a\r\nb\0.txt", "ab.txt"),
            ("x.exe. . .", "x.exe"),
            (".htaccess", "htaccess"),
            ("..", "attachment"),
            ("", "attachment"),
            ("dir/", "dir"),
            ("a:b*c?.txt", "a_b_c_.txt"),
            ("فاتورة.pdf", "فاتورة.pdf"),
        ] {
            assert_eq!(safe_name(wished), safe, "{wished:?}");
        }
    }

    #[test]
    fn names_are_short_and_unique() {
        let mut names = Names::default();
        let long = format!("{}.pdf", "é".repeat(300));
        let first = names.unique(&long);
        let second = names.unique(&long.to_uppercase());
        assert!(first.len() <= LONGEST && second.len() <= LONGEST && first.to_lowercase() != second.to_lowercase());
        assert!(first.ends_with(".pdf"));
        assert_eq!(names.unique("a.txt"), "a.txt");
        assert_eq!(names.unique("A.txt"), "A-2.txt");
        assert_eq!(names.unique("a.txt"), "a-3.txt");
        assert_eq!(extensions("a.pdf.EXE").collect::<Vec<_>>(), ["pdf", "exe"]);
    }
}
