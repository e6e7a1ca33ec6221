//! How many segments a text message is sent as: each is charged. Texts of the GSM 7 bit default alphabet (3GPP TS 23.038, 6.2.1) have
//! 160 septets in one message and 153 in each of several; all others are UCS-2 with 70 and 67 units (3GPP TS 23.040, 9.2.3.24.1).

/// The default alphabet without ESC (3GPP TS 23.038, 6.2.1).
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension table: each takes an ESC before it (3GPP TS 23.038, 6.2.1.1).
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// How a text is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Seven bits for each sign.
    Gsm7,
    /// Sixteen bits for each unit.
    Ucs2,
}

impl Encoding {
    /// Stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gsm7 => "gsm7",
            Self::Ucs2 => "ucs2",
        }
    }

    /// Units of a message that is one segment, and of each of several.
    #[must_use]
    pub const fn room(self) -> (usize, usize) {
        match self {
            Self::Gsm7 => (160, 153),
            Self::Ucs2 => (70, 67),
        }
    }
}

/// What a text is sent as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How.
    pub encoding: Encoding,
    /// Septets or UCS-2 units.
    pub units: usize,
    /// Segments; an empty text is one as well.
    pub segments: usize,
}

/// Septets of a sign; nothing when the alphabet has it not.
fn septets(c: char) -> Option<usize> {
    if BASIC.contains(c) {
        Some(1)
    } else if EXTENDED.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// Counts units and segments. A sign of two units is not torn apart, so a segment may end one unit early.
#[must_use]
pub fn count(text: &str) -> Count {
    let gsm: Option<Vec<usize>> = text.chars().map(septets).collect();
    let (encoding, signs) = match gsm {
        Some(signs) => (Encoding::Gsm7, signs),
        None => (Encoding::Ucs2, text.chars().map(char::len_utf16).collect()),
    };
    let units = signs.iter().sum();
    let (alone, each) = encoding.room();
    let mut segments = 1;
    if units > alone {
        let mut filled = 0;
        for sign in signs {
            if filled + sign > each {
                segments += 1;
                filled = 0;
            }
            filled += sign;
        }
    }
    Count {
        encoding,
        units,
        segments,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (&'static str, usize, usize) {
        let count = count(text);
        (count.encoding.as_str(), count.units, count.segments)
    }

    #[test]
    fn the_alphabet_has_its_128_places() {
        // 127 signs and ESC; ten more behind ESC.
        assert_eq!(BASIC.chars().count(), 127);
        assert_eq!(EXTENDED.chars().count(), 10);
    }

    #[test]
    fn one_message_holds_160_or_70_and_each_of_several_153_or_67() {
        assert_eq!(of(""), ("gsm7", 0, 1));
        assert_eq!(of(&"a".repeat(160)), ("gsm7", 160, 1));
        assert_eq!(of(&"a".repeat(161)), ("gsm7", 161, 2));
        assert_eq!(of(&"a".repeat(306)), ("gsm7", 306, 2));
        assert_eq!(of(&"a".repeat(307)), ("gsm7", 307, 3));
        assert_eq!(of(&"ب".repeat(70)), ("ucs2", 70, 1));
        assert_eq!(of(&"ب".repeat(71)), ("ucs2", 71, 2));
        assert_eq!(of(&"ب".repeat(134)), ("ucs2", 134, 2));
        assert_eq!(of(&"ب".repeat(135)), ("ucs2", 135, 3));
    }

    #[test]
    fn letters_outside_the_alphabet_make_the_whole_text_ucs2() {
        assert_eq!(of("à é è ù ç").0, "ucs2", "the alphabet has the capital Ç alone");
        assert_eq!(of("à é è ù Ç").0, "gsm7");
        assert_eq!(of("l’heure").0, "ucs2", "a curly apostrophe");
        assert_eq!(of("«»").0, "ucs2");
    }

    #[test]
    fn the_extension_table_takes_two_septets_that_stay_together() {
        assert_eq!(of("€"), ("gsm7", 2, 1));
        assert_eq!(of(&"[".repeat(80)), ("gsm7", 160, 1));
        // 152 and a bracket do not fit into 153: it goes to the next segment whole.
        let torn = format!("{}[{}", "a".repeat(152), "a".repeat(152));
        assert_eq!(of(&torn), ("gsm7", 306, 3));
        // So does a sign outside the basic plane.
        let torn = format!("{}😀{}", "ب".repeat(66), "ب".repeat(66));
        assert_eq!(of(&torn), ("ucs2", 134, 3));
    }
}
