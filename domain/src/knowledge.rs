//! The knowledge base: who reads what, what an article may become, its address, and what a ticket in the making is about.

use unicode_normalization::UnicodeNormalization;

use crate::{locale::Locale, words::words};

/// Most sections.
pub const SECTIONS_MAX: i64 = 100;
/// Most articles.
pub const ARTICLES_MAX: i64 = 5_000;
/// Most pictures of one article.
pub const IMAGES_MAX: i64 = 50;
/// Largest picture, in bytes.
pub const IMAGE_SIZE_MAX: usize = 5 * 1024 * 1024;
/// Longest name of a section, in characters.
pub const NAME_MAX: usize = 80;
/// Longest title, in characters.
pub const TITLE_MAX: usize = 150;
/// Longest summary, in characters.
pub const SUMMARY_MAX: usize = 300;
/// Longest text, in characters.
pub const BODY_MAX: usize = 50_000;
/// Longest address, in characters.
pub const SLUG_MAX: usize = 80;
/// Days after which an article that nobody looked at since counts as outdated.
pub const OUTDATED_DAYS: i64 = 180;
/// Articles that are suggested.
pub const SUGGESTIONS: i64 = 3;
/// Words of a ticket that are looked for.
const TERMS: usize = 24;
/// Of these, at most so many from its subject.
const SUBJECT_TERMS: usize = 12;
/// Letters that a word has at least to say what something is about.
const TERM_MIN: usize = 3;

words! {
    /// Where an article stands.
    State as "ArticleState" {
        /// Being written; only editors see it.
        Draft = "draft",
        /// Read by those it is for.
        Published = "published",
        /// Out of use, and kept.
        Archived = "archived",
    }
}

words! {
    /// Whom an article is for.
    Visibility as "ArticleVisibility" {
        /// Everybody, without signing in.
        Public = "public",
        /// Whoever is signed in.
        Customers = "customers",
        /// Staff.
        Staff = "staff",
    }
}

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Nobody we know.
    Visitor,
    /// A customer.
    Customer,
    /// One of ours.
    Staff,
}

impl Reader {
    /// What he may read, once it is published.
    #[must_use]
    pub const fn sees(self) -> &'static [Visibility] {
        match self {
            Self::Visitor => &[Visibility::Public],
            Self::Customer => &[Visibility::Public, Visibility::Customers],
            Self::Staff => &[Visibility::Public, Visibility::Customers, Visibility::Staff],
        }
    }
}

impl State {
    /// What it may become.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::Published, Self::Archived],
            Self::Published => &[Self::Draft, Self::Archived],
            Self::Archived => &[Self::Draft, Self::Published],
        }
    }
}

/// The languages in the order in which they stand in for the one that is wanted, which comes first.
#[must_use]
pub fn order(wanted: Locale) -> [Locale; 3] {
    match wanted {
        Locale::Fr => [Locale::Fr, Locale::En, Locale::Ar],
        Locale::En => [Locale::En, Locale::Fr, Locale::Ar],
        Locale::Ar => [Locale::Ar, Locale::Fr, Locale::En],
    }
}

/// The address that a title proposes: small letters without accents, digits, dashes. Empty when it has none of them.
#[must_use]
pub fn slug_of(title: &str) -> String {
    let mut slug = String::new();
    for c in title.nfkd().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if c == 'œ' {
            slug.push_str("oe");
        } else if c == 'æ' {
            slug.push_str("ae");
        } else if !slug.is_empty() && !slug.ends_with('-') && !('\u{300}'..='\u{36f}').contains(&c) {
            slug.push('-');
        }
        if slug.len() >= SLUG_MAX {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Is it an address of an article or a section? Such are words of small letters and digits with single dashes between them.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.len() <= SLUG_MAX && text.split('-').all(word)
}

/// The words that say what a ticket is about, those of its subject first. Both texts are folded already.
#[must_use]
pub fn about(subject: &str, body: &str) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    for (text, most) in [(subject, SUBJECT_TERMS), (body, TERMS)] {
        for word in text.split(|c: char| !c.is_alphanumeric()) {
            if terms.len() >= most {
                break;
            }
            let says = word.chars().count() >= TERM_MIN && word.chars().any(char::is_alphabetic);
            if says && !terms.iter().any(|term| term == word) {
                terms.push(word.to_owned());
            }
        }
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_what_is_for_others() {
        assert_eq!(Reader::Visitor.sees(), [Visibility::Public]);
        assert!(!Reader::Customer.sees().contains(&Visibility::Staff));
        assert!(Reader::Customer.sees().contains(&Visibility::Customers));
        assert_eq!(Reader::Staff.sees().len(), 3);
    }

    #[test]
    fn an_article_never_becomes_what_it_is() {
        for state in [State::Draft, State::Published, State::Archived] {
            assert!(!state.next().contains(&state));
            assert_eq!(state.next().len(), 2);
        }
    }

    #[test]
    fn an_address_is_proposed_by_the_title() {
        assert_eq!(
            slug_of("  Ouvrir un ticket : l’essentiel ! "),
            "ouvrir-un-ticket-l-essentiel"
        );
        assert_eq!(slug_of("Élève à l’œuvre"), "eleve-a-l-oeuvre");
        assert_eq!(slug_of("فتح تذكرة"), "");
        let long = slug_of(&"mot ".repeat(60));
        assert!(long.len() <= SLUG_MAX && is_slug(&long), "{long}");
    }

    #[test]
    fn an_address_is_words_with_dashes() {
        for good in ["a", "two-factor-2", "24-7"] {
            assert!(is_slug(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "A", "é", "a/b", "a b", "..", &"a".repeat(81)] {
            assert!(!is_slug(bad), "{bad}");
        }
    }

    #[test]
    fn a_ticket_is_about_its_subject_first() {
        assert_eq!(
            about("le code perdu", "j'ai perdu le telephone 12345"),
            ["code", "perdu", "telephone"]
        );
        let many: String = (0..100).map(|n| format!("mot{n} ")).collect();
        let terms = about(&many, "autre chose");
        assert_eq!(terms.len(), SUBJECT_TERMS + 2);
        assert!(terms.contains(&"autre".to_owned()));
        assert_eq!(about("", &many).len(), TERMS);
        assert_eq!(about("خادم بطيء", ""), ["خادم", "بطيء"]);
    }

    #[test]
    fn the_wanted_language_comes_first() {
        for wanted in [Locale::Fr, Locale::En, Locale::Ar] {
            let order = order(wanted);
            assert_eq!(order[0], wanted);
            assert!(order[1] != order[2] && order[1] != wanted && order[2] != wanted);
        }
    }
}
