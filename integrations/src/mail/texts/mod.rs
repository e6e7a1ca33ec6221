//! Words that the product puts around mails and into tickets, in the languages of the customers.

use domain::locale::Locale;

/// What stands in the ticket instead of the text of a mail above the size limit. Sizes in MB.
#[must_use]
pub fn too_large_stub(locale: Locale, size_mb: u64, limit_mb: u64) -> String {
    match locale {
        Locale::Fr => format!(
            "[Message trop volumineux : {size_mb} Mo, la limite est de {limit_mb} Mo. Seuls ses en-têtes ont été conservés.]"
        ),
        Locale::En => {
            format!("[Message too large: {size_mb} MB, the limit is {limit_mb} MB. Only its headers were kept.]")
        }
        Locale::Ar => {
            format!("[الرسالة كبيرة جدا: {size_mb} ميغابايت، والحد هو {limit_mb} ميغابايت. لم يُحتفظ إلا بترويساتها.]")
        }
    }
}

/// A text with the marker by which its answer is recognised, and the word what that is.
#[must_use]
pub fn with_marker(locale: Locale, body: &str, marker: &str) -> String {
    if marker.is_empty() {
        return format!("{body}\n");
    }
    format!("{body}\n\n{}\n", reference(locale, marker))
}

/// A marker under the line that says what it is; nothing without one.
#[must_use]
pub fn reference(locale: Locale, marker: &str) -> String {
    if marker.is_empty() {
        return String::new();
    }
    let label = match locale {
        Locale::Fr => "Référence (merci de la laisser dans votre réponse) :",
        Locale::En => "Reference (please leave it in your reply):",
        Locale::Ar => "المرجع (يُرجى تركه في ردك):",
    };
    format!("{label}\n{marker}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_stands_last_under_a_line_that_says_what_it_is() {
        for locale in [Locale::Fr, Locale::En, Locale::Ar] {
            let text = with_marker(locale, "x", "[cm:x]");
            assert!(text.starts_with("x\n\n") && text.ends_with("[cm:x]\n"));
            let label = text.lines().rev().nth(1);
            assert!(
                label.is_some_and(|line| line.ends_with(':') && line.len() > 10),
                "{label:?}"
            );
            assert_eq!(with_marker(locale, "x", ""), "x\n");
            assert_eq!(text, format!("x\n\n{}\n", reference(locale, "[cm:x]")));
            assert_eq!(reference(locale, ""), "");
            let stub = too_large_stub(locale, 52, 40);
            assert!(stub.contains("52") && stub.contains("40"));
        }
    }
}
