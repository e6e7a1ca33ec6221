//! Templates that an installation adds: answers to customers and notices to staff, for rules and for whoever answers. What may stand in one
//! follows from what it is for; what it says is checked and filled in by the code of all other messages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Category, Channel, Filled, Kind, Part, Source, Spec, Values, Variable};
use crate::{
    locale::Locale,
    template::{self, Flaw},
    ticket::writing,
    words::words,
};

/// Longest name, in characters.
pub const NAME_MAX: usize = 80;
/// Most templates that are not deleted.
pub const COUNT_MAX: i64 = 300;

words! {
    /// What an added template is for.
    Purpose as "CustomTemplateCategory" {
        /// An answer to a customer in his ticket, by a rule or by whoever answers.
        Customers = "customers",
        /// A notice of a rule to staff.
        Staff = "staff",
    }
}

const fn variable(name: &'static str, kind: Kind, sample: &'static str, may_be_empty: bool) -> Variable {
    Variable {
        name,
        kind,
        sample,
        may_be_empty,
    }
}

const NUMBER: Variable = variable("ticket.number", Kind::Number, "100001", false);
const SUBJECT: Variable = variable("ticket.subject", Kind::Line, "Serveur inaccessible", false);
/// Nothing of what its writer said stands in an automatic answer.
const OWN_SUBJECT: Variable = variable("ticket.subject", Kind::Line, "Serveur inaccessible", true);
const OPENED: Variable = variable("ticket.opened_on", Kind::Line, "03/02/2026", false);
const URL: Variable = variable("ticket.url", Kind::Link, "https://cloud.example.dz/t/0190", false);
const REQUESTER: Variable = variable("requester.name", Kind::Line, "Amine Cherif", true);
const EMAIL: Variable = variable("requester.email", Kind::Line, "amine@example.dz", false);
const CUSTOMER: Variable = variable("customer.name", Kind::Line, "SARL Exemple", true);
const CUSTOMER_NUMBER: Variable = variable("customer.number", Kind::Line, "10001", true);
const AGENT: Variable = variable("agent.name", Kind::Line, "Nadia Benali", false);
const GROUP: Variable = variable("group.name", Kind::Line, "Support", false);
const TODAY: Variable = variable("today", Kind::Line, "05/02/2026", false);
const RULE: Variable = variable("rule.name", Kind::Line, "Urgent la nuit", false);

/// The subject of what has none of its own: an answer has its ticket's.
const NO_SUBJECT: &str = "-";

impl Purpose {
    /// What may stand in it.
    #[must_use]
    pub const fn variables(self) -> &'static [Variable] {
        match self {
            Self::Customers => &[
                NUMBER,
                OWN_SUBJECT,
                OPENED,
                URL,
                REQUESTER,
                EMAIL,
                CUSTOMER,
                CUSTOMER_NUMBER,
                AGENT,
                GROUP,
                TODAY,
            ],
            Self::Staff => &[
                NUMBER,
                SUBJECT,
                OPENED,
                URL,
                REQUESTER,
                CUSTOMER,
                CUSTOMER_NUMBER,
                GROUP,
                TODAY,
                RULE,
            ],
        }
    }

    /// How it can go out.
    #[must_use]
    pub const fn channels(self) -> &'static [Channel] {
        match self {
            Self::Customers => &[Channel::Mail],
            Self::Staff => &[Channel::Mail, Channel::Sms],
        }
    }

    /// It has a subject of its own.
    #[must_use]
    pub const fn has_subject(self, channel: Channel) -> bool {
        matches!((self, channel), (Self::Staff, Channel::Mail))
    }

    const fn spec(self, channel: Channel) -> Spec {
        Spec {
            category: Category::Tickets,
            channel,
            variables: self.variables(),
            required: &[],
            texts: [""; 3],
        }
    }

    /// Without what whoever asked wrote himself: an automatic answer may go to somebody whose address was forged, and must not carry the words
    /// of who did that.
    #[must_use]
    pub fn unsaid(mut values: Values) -> Values {
        for name in ["ticket.subject", "requester.name"] {
            values.insert(name, String::new());
        }
        values
    }

    /// The example of every variable.
    #[must_use]
    pub fn samples(self) -> Values {
        self.spec(Channel::Mail).samples()
    }

    /// Checks words.
    ///
    /// # Errors
    /// Everything that is wrong, with where.
    pub fn check(self, channel: Channel, words: &Words) -> Result<(), Vec<(Part, Flaw)>> {
        self.spec(channel).check(self.source(channel, words))
    }

    /// Fills words in; what is not given is empty.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn fill(self, channel: Channel, words: &Words, values: &Values) -> Result<Filled, Vec<Flaw>> {
        let filled = self.spec(channel).fill(self.source(channel, words), values)?;
        Ok(Filled {
            subject: if self.has_subject(channel) {
                filled.subject
            } else {
                String::new()
            },
            body: filled.body,
        })
    }

    /// Fills a text in for a message in Markdown, in which the values format nothing.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn markdown(self, words: &Words, values: &Values) -> Result<String, Vec<Flaw>> {
        let given = |each: &Variable| {
            let value = values.get(each.name).map(|value| each.tidy(value));
            (each.name, value.unwrap_or_default())
        };
        let values: BTreeMap<&str, String> = self.variables().iter().map(given).collect();
        template::render_escaped(&words.body, &values, writing::escape)
    }

    fn source(self, channel: Channel, words: &Words) -> Source<'_> {
        let own = self.has_subject(channel) || channel == Channel::Sms;
        Source {
            subject: if own { words.subject.as_str() } else { NO_SUBJECT },
            body: &words.body,
        }
    }
}

/// The words of one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Subject; empty where there is none.
    pub subject: String,
    /// Text.
    pub body: String,
}

/// The words of each language that has some.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// French.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fr: Option<Words>,
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<Words>,
    /// Arabic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ar: Option<Words>,
}

impl Texts {
    /// In this language.
    #[must_use]
    pub const fn of(&self, locale: Locale) -> Option<&Words> {
        match locale {
            Locale::Fr => self.fr.as_ref(),
            Locale::En => self.en.as_ref(),
            Locale::Ar => self.ar.as_ref(),
        }
    }

    /// Those there are.
    pub fn each(&self) -> impl Iterator<Item = (Locale, &Words)> {
        [Locale::Fr, Locale::En, Locale::Ar]
            .into_iter()
            .filter_map(|locale| self.of(locale).map(|words| (locale, words)))
    }

    /// In this language, else in French, else in English, else in Arabic.
    #[must_use]
    pub fn choose(&self, wanted: Locale) -> Option<(Locale, &Words)> {
        self.of(wanted)
            .map(|words| (wanted, words))
            .or_else(|| self.each().next())
    }

    /// With uniform line ends and without what says nothing; a subject only where there is one.
    #[must_use]
    pub fn tidy(self, purpose: Purpose, channel: Channel) -> Self {
        let tidy = |words: Option<Words>| {
            let words = words.map(|words| Words {
                subject: if purpose.has_subject(channel) {
                    words.subject.trim().to_owned()
                } else {
                    String::new()
                },
                body: words.body.replace("\r\n", "\n").trim_end().to_owned(),
            });
            words.filter(|words| !words.subject.is_empty() || !words.body.trim().is_empty())
        };
        Self {
            fr: tidy(self.fr),
            en: tidy(self.en),
            ar: tidy(self.ar),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{canned, template::FlawKind, words::WordSet};

    fn words(subject: &str, body: &str) -> Words {
        Words {
            subject: subject.to_owned(),
            body: body.to_owned(),
        }
    }

    #[test]
    fn what_is_told_of_a_ticket_has_a_value_for_every_variable() {
        let known = canned::samples();
        for purpose in Purpose::ALL {
            for each in purpose.variables() {
                let told = known.contains_key(each.name) || each.name == "rule.name";
                assert!(told, "{}", each.name);
            }
            assert!(!purpose.channels().is_empty());
        }
    }

    #[test]
    fn an_answer_has_no_subject_and_a_notice_needs_one() {
        let answer = words("", "Bonjour {{ requester.name }}");
        assert_eq!(Purpose::Customers.check(Channel::Mail, &answer), Ok(()));
        let filled = Purpose::Customers.fill(Channel::Mail, &answer, &Purpose::Customers.samples());
        assert_eq!(filled.unwrap().subject, "");
        let flaws = Purpose::Staff
            .check(Channel::Mail, &words("", "{{ rule.name }}"))
            .unwrap_err();
        assert_eq!((flaws[0].0, &flaws[0].1.kind), (Part::Subject, &FlawKind::Empty));
        // A variable of the other kind is none.
        let strange = words("", "{{ rule.name }}");
        assert!(Purpose::Customers.check(Channel::Mail, &strange).is_err());
    }

    #[test]
    fn a_text_message_is_counted_in_both_alphabets() {
        let latin = words("", &"a".repeat(153 * 6));
        assert_eq!(Purpose::Staff.check(Channel::Sms, &latin), Ok(()));
        let arabic = words("", &"ب".repeat(67 * 6 + 1));
        let flaws = Purpose::Staff.check(Channel::Sms, &arabic).unwrap_err();
        assert_eq!(flaws[0].1.kind, FlawKind::TooManySegments(6));
    }

    #[test]
    fn what_a_ticket_says_formats_nothing_in_an_answer() {
        let mut values = Purpose::Customers.samples();
        values.insert("requester.name", "**Bold**\nName".to_owned());
        let said = Purpose::Customers
            .markdown(&words("", "*Bonjour* {{ requester.name }}"), &values)
            .unwrap();
        assert!(said.starts_with("*Bonjour* \\*\\*Bold"), "{said}");
        assert!(!said.contains('\n'));
    }

    #[test]
    fn what_says_nothing_is_no_language() {
        let texts = Texts {
            fr: Some(words("Objet", " ")),
            en: Some(words(" ", "Hello\r\nyou\n\n")),
            ar: None,
        };
        let answers = texts.clone().tidy(Purpose::Customers, Channel::Mail);
        assert_eq!((answers.fr, answers.en), (None, Some(words("", "Hello\nyou"))));
        let notices = texts.tidy(Purpose::Staff, Channel::Mail);
        assert_eq!(notices.choose(Locale::Ar).map(|(locale, _)| locale), Some(Locale::Fr));
    }
}
