//! Codes by text message. They are weaker than an authenticator app: whoever takes over the number gets them (NIST SP 800-63B-4
//! calls the telephone network a restricted authenticator).

use chrono::TimeDelta;

use crate::permission::roles;

/// How long a code is good (ASVS 5.0, 6.5.5: at most ten minutes).
pub const LIFE: TimeDelta = TimeDelta::minutes(5);
/// Tries of one code.
pub const TRIES: i32 = 5;
/// Digits of a code.
pub const DIGITS: usize = 6;

/// Whether somebody whose role is one of this lineage (it, and all that it inherits) may use codes by text message: roles that need
/// more than a phone number are listed.
#[must_use]
pub fn enough_for(lineage: &[String], strong_roles: &[String]) -> bool {
    !roles::demanded(lineage, strong_roles)
}

/// The code made of 64 random bits; the bias of the division is below 10⁻¹³.
#[must_use]
pub fn of_random(bits: u64) -> String {
    format!("{:06}", bits % 1_000_000)
}

/// The code that somebody typed, without what people add; `None` when it cannot be one.
#[must_use]
pub fn typed(text: &str) -> Option<String> {
    if text.len() > 64 {
        return None;
    }
    let digits: Option<String> = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c {
            '0'..='9' => Some(c),
            '٠'..='٩' => char::from_digit(c as u32 - '٠' as u32, 10),
            _ => None,
        })
        .collect();
    digits.filter(|digits| digits.len() == DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_six_digits_however_small() {
        assert_eq!(of_random(7), "000007");
        assert_eq!(of_random(u64::MAX), "551615");
    }

    #[test]
    fn typed_codes_lose_what_people_add_and_nothing_else_passes() {
        assert_eq!(typed(" 123 456 ").as_deref(), Some("123456"));
        assert_eq!(typed("١٢٣-٤٥٦").as_deref(), Some("123456"));
        for wrong in ["", "12345", "1234567", "12345a", "１２３４５６", &"1".repeat(100)] {
            assert_eq!(typed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn strong_roles_need_more() {
        let strong = ["admin".to_owned()];
        let of = |keys: &[&str]| -> Vec<String> { keys.iter().map(|key| (*key).to_owned()).collect() };
        assert!(!enough_for(&of(&["admin"]), &strong));
        assert!(
            !enough_for(&of(&["deputy", "admin", "client"]), &strong),
            "an heir is as strong"
        );
        assert!(enough_for(&of(&["client"]), &strong));
    }
}
