//! The language in which somebody who is not known is answered.

use whatlang::{Detector, Lang};

use crate::locale::Locale;

/// Characters looked at; a language shows in far fewer.
const ENOUGH: usize = 2_000;

/// The language of a mail: what its `Content-Language` header names (RFC 3282), if that is one language and one of ours, else what its
/// words are beyond doubt. `text` is what the sender wrote himself, without what he quotes.
#[must_use]
pub fn language(header: Option<&str>, subject: &str, text: &str) -> Option<Locale> {
    let named = header.filter(|tags| !tags.contains(',')).map(str::trim);
    named.and_then(Locale::from_tag).or_else(|| spoken(subject, text))
}

fn spoken(subject: &str, text: &str) -> Option<Locale> {
    // Addresses are of no language.
    let words: Vec<&str> = subject
        .split_whitespace()
        .chain(text.split_whitespace())
        .filter(|word| !word.contains("://") && !word.contains('@'))
        .collect();
    let words: String = words.join(" ").chars().take(ENOUGH).collect();
    let found = Detector::with_allowlist(vec![Lang::Ara, Lang::Eng, Lang::Fra]).detect(&words)?;
    match found.lang() {
        Lang::Ara => Some(Locale::Ar),
        Lang::Eng if found.is_reliable() => Some(Locale::En),
        Lang::Fra if found.is_reliable() => Some(Locale::Fr),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_goes_before_the_words() {
        let text = "Bonjour, mon serveur ne répond plus depuis ce matin, pouvez-vous m'aider ?";
        assert_eq!(language(Some("en-GB"), "", text), Some(Locale::En));
        assert_eq!(language(Some(" ar "), "", text), Some(Locale::Ar));
        assert_eq!(language(Some("en, fr"), "", text), Some(Locale::Fr));
        assert_eq!(language(Some("de-DE"), "", text), Some(Locale::Fr));
        assert_eq!(language(None, "", text), Some(Locale::Fr));
    }

    #[test]
    fn words_tell_the_language() {
        let english = "Hello, my server does not answer since this morning. Could you please have a look at it?";
        assert_eq!(language(None, "Server down", english), Some(Locale::En));
        let arabic = "السلام عليكم، الخادم لا يستجيب منذ الصباح";
        assert_eq!(language(None, "VPS-42", arabic), Some(Locale::Ar));
    }

    #[test]
    fn a_guess_is_no_language() {
        for text in [
            "",
            "ok",
            "VPS 42",
            "12345",
            "https://cm.test/the/server/is/down ana@example.dz",
        ] {
            assert_eq!(language(None, "", text), None, "{text:?}");
        }
    }
}
