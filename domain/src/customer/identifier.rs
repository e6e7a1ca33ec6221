//! Identifiers of Algerian administrations and banks, checked for their shape and, where there is one, their key.
//!
//! People type them with blanks, dots and dashes and in either kind of digits; what is stored is bare ASCII.

/// What is wrong with an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Something else than digits.
    #[error("holds something else than digits")]
    NotDigits,
    /// Tax identification number (NIF): 15 digits, or 20 for an establishment.
    #[error("a NIF has 15 or 20 digits")]
    NifLength,
    /// Statistical identification number (NIS).
    #[error("a NIS has 15 digits")]
    NisLength,
    /// Article of taxation (AI).
    #[error("an AI has 11 digits")]
    AiLength,
    /// National identification number of a person (NIN).
    #[error("a NIN has 18 digits")]
    NinLength,
    /// Bank account (RIB).
    #[error("a RIB has 20 digits")]
    RibLength,
    /// The last two digits of a RIB do not belong to the others.
    #[error("the key of the RIB is wrong; a digit is mistyped")]
    RibKey,
    /// Trade register number (RC).
    #[error("an RC looks like 16/00-1234567B20 or 98B0123456")]
    RcFormat,
}

impl Invalid {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotDigits => "digits_only",
            Self::NifLength => "nif_length",
            Self::NisLength => "nis_length",
            Self::AiLength => "ai_length",
            Self::NinLength => "nin_length",
            Self::RibLength => "rib_length",
            Self::RibKey => "rib_key",
            Self::RcFormat => "rc_format",
        }
    }
}

/// Arabic-Indic digits (U+0660…, U+06F0…) as ASCII.
pub(crate) fn ascii_digit(c: char) -> char {
    let value = match u32::from(c) {
        n @ 0x0660..=0x0669 => n - 0x0660,
        n @ 0x06f0..=0x06f9 => n - 0x06f0,
        _ => return c,
    };
    char::from_digit(value, 10).unwrap_or(c)
}

fn separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '.' | '/' | '_' | '\u{00a0}' | '\u{2010}'..='\u{2014}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
        )
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !separator(*c)).map(ascii_digit).collect()
}

fn digits(text: &str, lengths: &[usize], wrong: Invalid) -> Result<String, Invalid> {
    let bare = bare(text);
    if !bare.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Invalid::NotDigits);
    }
    if lengths.contains(&bare.len()) {
        Ok(bare)
    } else {
        Err(wrong)
    }
}

/// Tax identification number.
///
/// # Errors
/// Unless it has 15 or 20 digits.
pub fn nif(text: &str) -> Result<String, Invalid> {
    digits(text, &[15, 20], Invalid::NifLength)
}

/// Statistical identification number.
///
/// # Errors
/// Unless it has 15 digits.
pub fn nis(text: &str) -> Result<String, Invalid> {
    digits(text, &[15], Invalid::NisLength)
}

/// Article of taxation.
///
/// # Errors
/// Unless it has 11 digits.
pub fn ai(text: &str) -> Result<String, Invalid> {
    digits(text, &[11], Invalid::AiLength)
}

/// National identification number of a person.
///
/// # Errors
/// Unless it has 18 digits.
pub fn nin(text: &str) -> Result<String, Invalid> {
    digits(text, &[18], Invalid::NinLength)
}

/// Bank account: bank (3), branch (5), account (10), key (2).
///
/// # Errors
/// When a digit is missing or the key does not belong to branch and account.
pub fn rib(text: &str) -> Result<String, Invalid> {
    let rib = digits(text, &[20], Invalid::RibLength)?;
    if rib_key(&rib[3..18]) == rib[18..] {
        Ok(rib)
    } else {
        Err(Invalid::RibKey)
    }
}

/// Key of branch and account: 97 − (number × 100 mod 97), in two digits (Bank of Algeria, instruction 06-2004).
fn rib_key(branch_and_account: &str) -> String {
    let rest = branch_and_account
        .bytes()
        .fold(0_u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("{:02}", 97 - rest * 100 % 97)
}

/// Number in the trade register, as `16/00-1234567B20` (wilaya, centre, number, kind of trader, year) or, before the
/// reform of 2013, as `98B0123456` (year, kind, number).
///
/// # Errors
/// When it has neither shape.
pub fn rc(text: &str) -> Result<String, Invalid> {
    let bare = bare(text).to_ascii_uppercase();
    let is = |range: std::ops::Range<usize>, test: fn(&u8) -> bool| {
        bare.as_bytes().get(range).is_some_and(|part| part.iter().all(test))
    };
    let number: fn(&u8) -> bool = u8::is_ascii_digit;
    let letter: fn(&u8) -> bool = u8::is_ascii_uppercase;
    let new = bare.len() == 14 && is(0..11, number) && is(11..12, letter) && is(12..14, number);
    let old = bare.len() == 10 && is(0..2, number) && is(2..3, letter) && is(3..10, number);
    let wilaya = bare.get(..2).and_then(|two| two.parse::<u8>().ok()).unwrap_or(0);
    match (new, old) {
        (true, _) if super::place::wilaya(wilaya).is_some() => {
            Ok(format!("{}/{}-{}", &bare[..2], &bare[2..4], &bare[4..]))
        }
        (_, true) => Ok(bare),
        _ => Err(Invalid::RcFormat),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_count_after_separators_are_gone() {
        assert_eq!(nif("0 0011 6001-234 567").unwrap(), "000116001234567");
        assert_eq!(nif("٠٠٠١١٦٠٠١٢٣٤٥٦٧").unwrap(), "000116001234567");
        assert_eq!(nif(&"1".repeat(20)).unwrap().len(), 20);
        assert_eq!(nif(&"1".repeat(16)), Err(Invalid::NifLength));
        assert_eq!(nif("00011600123456A"), Err(Invalid::NotDigits));
        assert_eq!(nif(""), Err(Invalid::NifLength));
        assert_eq!(nis(&"1".repeat(15)).unwrap().len(), 15);
        assert_eq!(nis(&"1".repeat(14)), Err(Invalid::NisLength));
        assert_eq!(ai("160 123 456 78").unwrap(), "16012345678");
        assert_eq!(nin(&"1".repeat(17)), Err(Invalid::NinLength));
        assert_eq!(nin("1098 5012 3456 7890 12").unwrap(), "109850123456789012");
    }

    #[test]
    fn a_rib_needs_its_key() {
        // Postal account 1234567890: the well-known rule of the post, number × 100 + 85 under modulo 97, gives the same.
        let postal = 97 - (1_234_567_890_u64 * 100 + 85) % 97;
        assert_eq!(rib(&format!("007 99999 1234567890 {postal:02}")).unwrap().len(), 20);
        assert_eq!(rib("00799999123456789000"), Err(Invalid::RibKey));
        assert_eq!(rib("0079999912345678901"), Err(Invalid::RibLength));
        assert_eq!(rib_key("000000000000000"), "97");
    }

    #[test]
    fn trade_register_numbers_have_two_shapes() {
        assert_eq!(rc("16/00-1234567 b 20").unwrap(), "16/00-1234567B20");
        assert_eq!(rc("16 00 1234567B20").unwrap(), "16/00-1234567B20");
        assert_eq!(rc("98B0123456").unwrap(), "98B0123456");
        for bad in [
            "",
            "B",
            "99/00-1234567B20",
            "16/00-1234567B2",
            "98BB123456",
            "1600é234567B20",
            "16001234567é20",
        ] {
            assert_eq!(rc(bad), Err(Invalid::RcFormat), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_of_a_rib_is_noticed(bank in "[0-9]{3}", number in "[0-9]{15}", at in 3_usize..18, by in 1_u8..10) {
            let mut good = format!("{bank}{number}{}", rib_key(&number)).into_bytes();
            prop_assert!(rib(std::str::from_utf8(&good).unwrap()).is_ok());
            good[at] = b'0' + (good[at] - b'0' + by) % 10;
            prop_assert_eq!(rib(std::str::from_utf8(&good).unwrap()), Err(Invalid::RibKey));
        }

        #[test]
        fn nothing_makes_a_check_panic(text in ".{0,40}") {
            for check in [nif, nis, ai, nin, rib, rc] {
                let _ = check(&text);
            }
        }
    }
}
