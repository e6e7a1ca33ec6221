//! Phone numbers that can get text messages.

use phonenumber::{Mode, Type, country, metadata::DATABASE};

/// Longest text that is looked at.
const MAX: usize = 40;

/// Why a number is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// It is no phone number.
    #[error("This is not a phone number. Write it with its country code, such as +213 550 12 34 56.")]
    NotANumber,
    /// It gets no text messages.
    #[error("This number gets no text messages: give the number of a mobile phone.")]
    NotMobile,
    /// Its country is not served.
    #[error("No text messages are sent to this country.")]
    Country,
}

impl NumberError {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotANumber => "invalid_phone",
            Self::NotMobile => "phone_not_mobile",
            Self::Country => "phone_country",
        }
    }
}

/// The number of a mobile phone in the form of E.164, such as `+213550123456`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Understands a number as people write it; without a country code it is an Algerian one. `prefixes` are the country codes
    /// that are served, such as `213`: premium numbers and far countries are how fraudsters earn on text messages.
    ///
    /// # Errors
    /// [`NumberError`].
    pub fn parse(text: &str, prefixes: &[String]) -> Result<Self, NumberError> {
        let plain = plain(text).ok_or(NumberError::NotANumber)?;
        let number = phonenumber::parse(Some(country::DZ), plain).map_err(|_| NumberError::NotANumber)?;
        if !number.is_valid() {
            return Err(NumberError::NotANumber);
        }
        let written = number.format().mode(Mode::E164).to_string();
        if !prefixes.iter().any(|prefix| written[1..].starts_with(prefix.as_str())) {
            return Err(NumberError::Country);
        }
        match number.number_type(&DATABASE) {
            Type::Mobile | Type::FixedLineOrMobile => Ok(Self(written)),
            _ => Err(NumberError::NotMobile),
        }
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The number with all but its country and its last digits hidden, as people who know it recognise it.
#[must_use]
pub fn masked(number: &str) -> String {
    let digits = number.chars().count();
    number
        .chars()
        .enumerate()
        .map(|(n, c)| if n < 4 || n + 2 >= digits { c } else { '•' })
        .collect()
}

/// A plus and digits; nothing that could mean something else to whoever gets the number.
fn plain(text: &str) -> Option<String> {
    let text = text.trim_matches(' ');
    if text.len() > MAX {
        return None;
    }
    let mut plain = String::new();
    for c in text.chars() {
        match c {
            '+' if plain.is_empty() => plain.push('+'),
            ' ' | '\u{a0}' | '\u{202f}' | '-' | '.' | '(' | ')' | '/' => {}
            '0'..='9' => plain.push(c),
            // Digits of Arabic and Persian keyboards.
            '٠'..='٩' => plain.push(char::from_digit(c as u32 - '٠' as u32, 10)?),
            '۰'..='۹' => plain.push(char::from_digit(c as u32 - '۰' as u32, 10)?),
            _ => return None,
        }
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, prefixes: &[&str]) -> Result<String, NumberError> {
        let prefixes: Vec<String> = prefixes.iter().map(|p| (*p).to_owned()).collect();
        PhoneNumber::parse(text, &prefixes).map(|number| number.as_str().to_owned())
    }

    #[test]
    fn numbers_are_understood_as_people_write_them() {
        for text in [
            "0550123456",
            "0550 12 34 56",
            "(0550) 12-34-56",
            "+213 550 12 34 56",
            "00213550123456",
            " +213550123456 ",
            "٠٥٥٠١٢٣٤٥٦",
        ] {
            assert_eq!(parse(text, &["213"]).as_deref(), Ok("+213550123456"), "{text}");
        }
        assert_eq!(
            parse("+33 6 12 34 56 78", &["213", "33"]).as_deref(),
            Ok("+33612345678")
        );
    }

    #[test]
    fn what_costs_money_or_is_no_phone_is_refused() {
        assert_eq!(parse("+33612345678", &["213"]), Err(NumberError::Country));
        assert_eq!(parse("+1 900 555 1234", &["1"]), Err(NumberError::NotMobile), "premium");
        assert_eq!(
            parse("021 12 34 56", &["213"]),
            Err(NumberError::NotMobile),
            "a landline"
        );
        for text in [
            "",
            "+",
            "12",
            "abc",
            "+213900123456",
            "+213550123456\r\nTo: +33612345678",
            "+213550123456\n",
            "\t0550123456",
            "0550123456,0551123456",
            "0550123456;ext=7",
            "+213+550123456",
            "whatsapp:+213550123456",
            "\0",
            "99999999999999999999999999999999999999",
            "000000000000000000000000000000000000000000000000",
        ] {
            assert_eq!(
                parse(text, &["213", "1", "33"]),
                Err(NumberError::NotANumber),
                "{text:?}"
            );
        }
        assert_eq!(parse("0550123456", &[]), Err(NumberError::Country), "nothing is served");
    }

    #[test]
    fn a_masked_number_shows_its_country_and_end() {
        assert_eq!(masked("+213550123456"), "+213•••••••56");
        assert_eq!(masked("+1"), "+1");
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_accepted_is_a_plus_and_digits(text in "[+0-9 ()٠-٩\\-\r\na;]{0,45}") {
            if let Ok(number) = parse(&text, &["213", "33", "1", "44"]) {
                proptest::prop_assert!(number.len() <= 16 && number.starts_with('+'));
                proptest::prop_assert!(number[1..].bytes().all(|b| b.is_ascii_digit()));
            }
        }
    }
}
