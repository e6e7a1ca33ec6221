//! How what somebody types into a search is read.

/// Characters that are read of what was typed.
const LONGEST: usize = 500;
/// Letters that a word has at least to be taken for a mistyped one.
const MISTYPED: usize = 4;
/// Letters that the beginning of a word has at least.
const BEGINNING: usize = 3;
/// Words whose spelling is looked at.
const MOST: usize = 8;

/// A word that was typed, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The word.
    pub word: String,
    /// It is among what is searched.
    pub known: bool,
    /// A word among it begins with it.
    pub begins: bool,
    /// The word among it that is most like it.
    pub like: Option<String>,
}

/// A word that is looked for instead of the one that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// As typed, without accents.
    pub given: String,
    /// What is looked for.
    pub used: String,
}

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Words, phrases in quotes, `or`, `-`.
    pub text: String,
    /// The beginning of a word that is looked for besides.
    pub beginning: Option<String>,
    /// Words that were replaced.
    pub corrections: Vec<Correction>,
}

/// What is read of a text, however long it is.
#[must_use]
pub fn bounded(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(LONGEST).collect()
}

/// Is each word just a word? A phrase, and what must not be there, is taken as it was typed.
fn plain(folded: &str) -> bool {
    !folded.contains('"') && !folded.split_whitespace().any(|word| word.starts_with('-'))
}

fn is_word(piece: &str) -> bool {
    piece.chars().all(char::is_alphabetic)
}

/// The words whose spelling is worth a look. Numbers, addresses and names of machines are not: nobody means another one.
#[must_use]
pub fn terms(folded: &str) -> Vec<String> {
    if !plain(folded) {
        return Vec::new();
    }
    let mut terms: Vec<String> = Vec::new();
    for piece in folded.split_whitespace() {
        let long_enough = piece.chars().count() >= BEGINNING;
        if long_enough && is_word(piece) && !terms.iter().any(|term| term == piece) {
            terms.push(piece.to_owned());
        }
    }
    terms.truncate(MOST);
    terms
}

/// Reads a folded text, with what is known of its [`terms`]. The last word may not be finished yet; another one that nobody ever wrote
/// is taken for the one most like it.
#[must_use]
pub fn reading(folded: &str, typed: &[Typed]) -> Reading {
    let mut reading = Reading::default();
    let pieces: Vec<&str> = folded.split_whitespace().collect();
    let mut kept = Vec::with_capacity(pieces.len());
    for (at, piece) in pieces.iter().enumerate() {
        let unknown = typed.iter().find(|one| one.word == *piece && !one.known);
        match unknown {
            Some(one) if at + 1 == pieces.len() && one.begins => reading.beginning = Some(one.word.clone()),
            Some(Typed { like: Some(like), .. }) if piece.chars().count() >= MISTYPED => {
                reading.corrections.push(Correction {
                    given: (*piece).to_owned(),
                    used: like.clone(),
                });
                kept.push(like.as_str());
            }
            _ => kept.push(piece),
        }
    }
    reading.text = kept.join(" ");
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(word: &str, known: bool, begins: bool, like: Option<&str>) -> Typed {
        Typed {
            word: word.to_owned(),
            known,
            begins,
            like: like.map(str::to_owned),
        }
    }

    #[test]
    fn numbers_addresses_and_phrases_are_taken_as_they_are() {
        assert_eq!(terms("srveur kvm-07 1234 a@b.dz le le serveur"), ["srveur", "serveur"]);
        assert!(terms("\"disque plein\" serveur").is_empty());
        assert!(terms("serveur -disque").is_empty());
        assert_eq!(terms("خادم"), ["خادم"]);
    }

    #[test]
    fn an_unknown_word_becomes_the_one_that_was_meant() {
        let found = [
            typed("srveur", false, false, Some("serveur")),
            typed("lent", true, true, Some("lent")),
        ];
        let reading = reading("srveur lent", &found);
        assert_eq!(reading.text, "serveur lent");
        assert_eq!(reading.beginning, None);
        assert_eq!(
            reading.corrections,
            [Correction {
                given: "srveur".to_owned(),
                used: "serveur".to_owned()
            }]
        );
    }

    #[test]
    fn the_last_word_may_still_be_typed_but_not_one_before_it() {
        let found = [typed("serv", false, true, Some("sert"))];
        let last = reading("disque serv", &found);
        assert_eq!(
            (last.text.as_str(), last.beginning.as_deref()),
            ("disque", Some("serv"))
        );
        assert!(last.corrections.is_empty());
        let before = reading("serv disque", &found);
        assert_eq!((before.text.as_str(), before.beginning), ("sert disque", None));
    }

    #[test]
    fn a_word_that_is_like_nothing_stays() {
        let reading = reading("xyzzy", &[typed("xyzzy", false, false, None)]);
        assert_eq!(reading.text, "xyzzy");
        assert!(reading.corrections.is_empty());
    }

    #[test]
    fn what_is_endless_is_cut() {
        assert_eq!(bounded(&"é".repeat(2_000)).chars().count(), 500);
        assert_eq!(bounded("a\0b"), "ab");
    }
}
