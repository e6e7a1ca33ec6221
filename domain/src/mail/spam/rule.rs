//! Rules that staff set: no patterns, only whole addresses, domains with those below them, and words that are contained.

use uuid::Uuid;

use super::{Question, RuleField, RuleVerdict, fold, senders};
use crate::mail::{
    address::{OwnAddresses, check_addr_spec, normalise_address},
    note::{Code, Note},
};

/// Most characters of what a rule looks for.
pub const MAX_VALUE: usize = 200;
/// Most characters of a note.
pub const MAX_NOTE: usize = 200;
/// Fewest characters of words: shorter ones are in every mail.
const MIN_WORDS: usize = 3;

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Id.
    pub id: Uuid,
    /// What it says.
    pub verdict: RuleVerdict,
    /// Where it looks.
    pub field: RuleField,
    /// What it looks for, as [`value`] made it.
    pub value: String,
}

/// Why a rule is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// It looks for nothing.
    #[error("say what the rule looks for")]
    Empty,
    /// Words that nearly every mail has.
    #[error("give at least 3 characters")]
    TooShort,
    /// Above [`MAX_VALUE`].
    #[error("give at most 200 characters")]
    TooLong,
    /// Not an address.
    #[error("this is not an e-mail address")]
    NotAnAddress,
    /// Not a domain.
    #[error("this is not a domain")]
    NotADomain,
    /// A whole top-level domain.
    #[error("this domain is too broad; name one below it")]
    TooBroad,
    /// Not `Name: words`.
    #[error("write the name of the header field, a colon, and the words")]
    NotAHeader,
    /// One of our own addresses.
    #[error("this is an address of ours")]
    OwnAddress,
    /// A domain that our own addresses are in.
    #[error("our own addresses are in this domain")]
    OwnDomain,
}

impl RuleFault {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::NotAnAddress => "not_an_address",
            Self::NotADomain => "not_a_domain",
            Self::TooBroad => "domain_too_broad",
            Self::NotAHeader => "not_a_header",
            Self::OwnAddress => "own_address",
            Self::OwnDomain => "own_domain",
        }
    }
}

/// What a rule looks for, in the form in which it is kept and compared.
///
/// # Errors
/// What is wrong with it.
pub fn value(field: RuleField, text: &str) -> Result<String, RuleFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(RuleFault::Empty);
    }
    if text.chars().count() > MAX_VALUE {
        return Err(RuleFault::TooLong);
    }
    let words = |text: &str| {
        let words = fold(text);
        // Small letters may be more than the capitals that were counted.
        match words.chars().count() {
            ..MIN_WORDS => Err(RuleFault::TooShort),
            count if count > MAX_VALUE => Err(RuleFault::TooLong),
            _ => Ok(words),
        }
    };
    match field {
        RuleField::Address => {
            let address = normalise_address(text);
            check_addr_spec(&address).map_err(|_| RuleFault::NotAnAddress)?;
            Ok(address)
        }
        RuleField::Domain => {
            let domain = text.to_lowercase();
            let domain = domain.trim_start_matches(['@', '*', '.']).trim_end_matches('.');
            if check_addr_spec(&format!("a@{domain}")).is_err() || domain.contains('@') {
                return Err(RuleFault::NotADomain);
            }
            if !domain.contains('.') {
                return Err(RuleFault::TooBroad);
            }
            Ok(domain.to_owned())
        }
        RuleField::Subject | RuleField::Text => words(text),
        RuleField::Header => {
            let (name, rest) = text.split_once(':').ok_or(RuleFault::NotAHeader)?;
            let name = name.trim_end().to_ascii_lowercase();
            // RFC 5322 §2.2: printable US-ASCII without the colon.
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(RuleFault::NotAHeader);
            }
            Ok(format!("{name}: {}", words(rest)?))
        }
    }
}

/// Refuses a rule that would keep aside our own mail.
///
/// # Errors
/// [`RuleFault::OwnAddress`], [`RuleFault::OwnDomain`].
pub fn guard(verdict: RuleVerdict, field: RuleField, value: &str, own: &OwnAddresses) -> Result<(), RuleFault> {
    match (verdict, field) {
        (RuleVerdict::Block, RuleField::Address) if own.contains(value) => Err(RuleFault::OwnAddress),
        (RuleVerdict::Block, RuleField::Domain) if own.within(value) => Err(RuleFault::OwnDomain),
        _ => Ok(()),
    }
}

impl Rule {
    /// It goes by who sends the mail.
    #[must_use]
    pub const fn names_sender(&self) -> bool {
        matches!(self.field, RuleField::Address | RuleField::Domain)
    }

    /// How much it says: whoever is named more exactly is meant.
    pub(super) fn rank(&self) -> (u8, usize) {
        match self.field {
            RuleField::Address => (2, 0),
            RuleField::Domain => (1, self.value.len()),
            RuleField::Subject | RuleField::Text | RuleField::Header => (0, 0),
        }
    }

    /// What is told of it.
    pub(super) fn named(&self, code: Code) -> Note {
        Note::new(code)
            .with("field", self.field.as_str())
            .with("value", &self.value)
    }
}

/// A mail as rules look at it; what no rule asks for is not made.
pub(super) struct Seen<'a> {
    mail: &'a Question<'a>,
    senders: Vec<String>,
    subject: String,
    text: String,
}

impl<'a> Seen<'a> {
    pub(super) fn of(mail: &'a Question<'a>, rules: &[Rule]) -> Self {
        let folded = |field: RuleField, text: &str| {
            if rules.iter().any(|rule| rule.field == field) {
                fold(text)
            } else {
                String::new()
            }
        };
        Self {
            mail,
            senders: senders(mail.facts),
            subject: folded(RuleField::Subject, &mail.facts.subject),
            text: folded(RuleField::Text, mail.text),
        }
    }

    /// The rule is about this mail.
    pub(super) fn meets(&self, rule: &Rule) -> bool {
        let value = rule.value.as_str();
        match rule.field {
            RuleField::Address => self.senders.iter().any(|sender| sender == value),
            RuleField::Domain => self
                .senders
                .iter()
                .filter_map(|sender| sender.rsplit_once('@'))
                .any(|(_, domain)| covers(value, domain)),
            RuleField::Subject => self.subject.contains(value),
            RuleField::Text => self.text.contains(value),
            RuleField::Header => value.split_once(": ").is_some_and(|(name, words)| {
                let mut values = self.mail.facts.headers.all(name);
                values.any(|text| fold(text).contains(words))
            }),
        }
    }
}

/// The domain is the rule's, or below it.
fn covers(rule: &str, domain: &str) -> bool {
    domain
        .strip_suffix(rule)
        .is_some_and(|before| before.is_empty() || before.ends_with('.'))
}
