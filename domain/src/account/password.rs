//! Which passwords are accepted: long, hard to guess, not on the list of common ones (NIST SP 800-63B-4 §3.1.1, ASVS 5.0 §6.2).
//! No rule asks for digits or capitals, and none lets a password expire.

use std::{collections::HashSet, sync::LazyLock};

use unicode_normalization::UnicodeNormalization;

/// Shortest password that opens an account by itself, in characters.
pub const MIN_ALONE: usize = 15;
/// Shortest password of an account with a second factor.
pub const MIN_WITH_FACTOR: usize = 8;
/// Longest password, in characters.
pub const MAX: usize = 256;
/// What the estimate must say: 3 is 10⁸ guesses and more.
const MIN_SCORE: u8 = 3;

/// The form in which passwords are compared and hashed: normalised, so that it does not matter how a keyboard composes an accent.
/// Nothing is trimmed or cut.
#[must_use]
pub fn normal_form(password: &str) -> String {
    password.nfc().collect()
}

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer characters than this.
    #[error("The password needs at least {0} characters.")]
    TooShort(usize),
    /// More characters than are taken.
    #[error("The password has more than {MAX} characters.")]
    TooLong,
    /// Among the first that anybody tries.
    #[error("This password is on the list of common passwords.")]
    Common,
    /// Made of what everybody knows about the person or the product.
    #[error("This password can be guessed from your name, your address or ours.")]
    Personal,
    /// The estimate says that it can be guessed.
    #[error("This password is easy to guess. Several unrelated words make a good one.")]
    Guessable,
    /// One of the last ones.
    #[error("This is one of your last passwords.")]
    Reused,
}

impl Weakness {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort(_) => "too_short",
            Self::TooLong => "too_long",
            Self::Common => "common_password",
            Self::Personal => "personal_password",
            Self::Guessable => "guessable_password",
            Self::Reused => "reused_password",
        }
    }
}

static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Judges a password of a person known by these words: name, address.
///
/// # Errors
/// The first weakness found.
pub fn judge(password: &str, about: &[&str], has_factor: bool) -> Result<(), Weakness> {
    let password = normal_form(password);
    let length = password.chars().count();
    let min = if has_factor { MIN_WITH_FACTOR } else { MIN_ALONE };
    if length < min {
        return Err(Weakness::TooShort(min));
    }
    if length > MAX {
        return Err(Weakness::TooLong);
    }
    let lower = password.to_lowercase();
    let stem = lower.trim_end_matches(|c: char| !c.is_alphabetic());
    if COMMON.contains(lower.as_str()) || COMMON.contains(stem) {
        return Err(Weakness::Common);
    }
    let mut words: Vec<String> = vec!["cloudmanager".to_owned()];
    for text in about {
        let text = text.to_lowercase();
        words.extend(
            text.split(|c: char| !c.is_alphanumeric())
                .filter(|w| w.chars().count() >= 3)
                .map(str::to_owned),
        );
        words.push(text);
    }
    // What is left without the known words must still be a password.
    let mut rest = lower.clone();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words.iter().filter(|word| !word.is_empty()) {
        rest = rest.replace(word.as_str(), "");
    }
    if rest != lower && rest.chars().filter(|c| c.is_alphanumeric()).count() < MIN_WITH_FACTOR {
        return Err(Weakness::Personal);
    }
    let inputs: Vec<&str> = words.iter().map(String::as_str).collect();
    // The estimate takes longer than linear; what lies beyond does not make a password weaker.
    let looked_at: String = password.chars().take(64).collect();
    if u8::from(zxcvbn::zxcvbn(&looked_at, &inputs).score()) < MIN_SCORE {
        return Err(Weakness::Guessable);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: &[&str] = &["Yasmine Benali", "yasmine.benali@telecom.dz"];

    #[test]
    fn length_counts_in_characters_and_a_second_factor_allows_shorter_ones() {
        assert_eq!(judge("xk4-Tz9", ABOUT, true), Err(Weakness::TooShort(8)));
        assert_eq!(judge("xk4-Tz9w", ABOUT, false), Err(Weakness::TooShort(15)));
        assert_eq!(judge("xk4-Tz9w!Lq", ABOUT, true), Ok(()));
        assert_eq!(judge("orage lent gris", ABOUT, false), Ok(()));
        assert_eq!(judge("قمر بعيد فوق الجبل", ABOUT, false), Ok(()));
        let long = "orage lent gris ".repeat(4);
        assert_eq!(long.chars().count(), 64);
        assert_eq!(judge(&long, ABOUT, false), Ok(()));
        assert_eq!(judge(&"orage lent gris ".repeat(8), ABOUT, false), Ok(()));
        assert_eq!(judge(&"x".repeat(257), ABOUT, false), Err(Weakness::TooLong));
    }

    #[test]
    fn common_personal_and_simple_ones_are_refused() {
        assert_eq!(judge("1qaz2wsx3edc", ABOUT, true), Err(Weakness::Common));
        assert_eq!(judge("PasswordPassword", ABOUT, false), Err(Weakness::Common));
        assert_eq!(judge("Azertyuiop1234567", ABOUT, false), Err(Weakness::Common));
        assert_eq!(
            judge("yasmine.benali@telecom.dz", ABOUT, false),
            Err(Weakness::Personal)
        );
        assert_eq!(judge("CloudManager-2026!", ABOUT, false), Err(Weakness::Personal));
        assert_eq!(judge("abababababababababab", ABOUT, false), Err(Weakness::Guessable));
    }

    #[test]
    fn composed_and_decomposed_are_the_same() {
        assert_eq!(normal_form("cle\u{301}"), "clé");
        assert_eq!(normal_form(" a "), " a ");
    }
}
