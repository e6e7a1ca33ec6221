//! Telephone numbers in international form (ITU-T E.164).

use super::identifier::ascii_digit;

/// Not a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no telephone number; write +213 and the number without its first 0")]
pub struct Invalid;

/// A number as `+` and digits. Numbers that begin with one 0 are taken as Algerian.
///
/// # Errors
/// When it cannot be a number: 8 to 15 digits; for Algeria 9 after the country code for mobiles (5, 6, 7), 8 for others.
pub fn normalise(text: &str) -> Result<String, Invalid> {
    let mut bare = String::new();
    for c in text.trim().chars().map(ascii_digit) {
        match c {
            '0'..='9' => bare.push(c),
            '+' if bare.is_empty() => bare.push(c),
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' => {}
            _ => return Err(Invalid),
        }
    }
    let number = if let Some(rest) = bare.strip_prefix('+') {
        rest.to_owned()
    } else if let Some(rest) = bare.strip_prefix("00") {
        rest.to_owned()
    } else {
        format!("213{}", bare.strip_prefix('0').ok_or(Invalid)?)
    };
    // `+213 (0)5…`: the 0 of the national form is often left in.
    let number = match number.strip_prefix("2130") {
        Some(rest) => format!("213{rest}"),
        None => number,
    };
    let fits = match number.strip_prefix("213") {
        Some(national) if national.starts_with(['5', '6', '7']) => national.len() == 9,
        Some(national) => national.len() == 8 && national.starts_with(['2', '3', '4', '9', '1', '8']),
        None => (8..=15).contains(&number.len()) && !number.starts_with('0'),
    };
    if fits { Ok(format!("+{number}")) } else { Err(Invalid) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_international() {
        for (typed, stored) in [
            ("0550 12 34 56", "+213550123456"),
            ("+213 (0)550-12.34.56", "+213550123456"),
            ("00213 21 63 00 00", "+21321630000"),
            ("021 63 00 00", "+21321630000"),
            ("٠٥٥٠١٢٣٤٥٦", "+213550123456"),
            ("+33 1 42 68 53 00", "+33142685300"),
        ] {
            assert_eq!(normalise(typed).as_deref(), Ok(stored), "{typed}");
        }
        for bad in [
            "",
            "12",
            "0550 12 34",
            "+213 550 12 34 567",
            "call me",
            "05+50123456",
            "+0123456789",
            "550123456",
        ] {
            assert_eq!(normalise(bad), Err(Invalid), "{bad:?}");
        }
    }
}
