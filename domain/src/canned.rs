//! Canned replies: texts that agents say again and again, in the languages of the product.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Utc};

use crate::{
    locale::Locale,
    template::{self, Flaw},
    ticket::input::Invalid,
};

/// Longest title, in characters.
pub const TITLE_MAX: usize = 100;
/// Longest shortcut, in characters.
pub const SHORTCUT_MAX: usize = 30;
/// Longest name of a category, in characters.
pub const CATEGORY_MAX: usize = 60;
/// Most canned replies that are not deleted: whoever answers searches among all of them at once.
pub const COUNT_MAX: i64 = 500;

/// What texts may say, each with an example. Every one has a value for every ticket, though it may be empty.
pub const VARIABLES: [(&str, &str); 11] = [
    ("ticket.number", "100001"),
    ("ticket.subject", "Serveur inaccessible"),
    ("ticket.opened_on", "03/02/2026"),
    ("ticket.url", "https://cloud.example.dz/t/0190"),
    ("requester.name", "Amine Cherif"),
    ("requester.email", "amine@example.dz"),
    ("customer.name", "SARL Exemple"),
    ("customer.number", "10001"),
    ("agent.name", "Nadia Benali"),
    ("group.name", "Support"),
    ("today", "05/02/2026"),
];

/// A title or the name of a category: one line.
///
/// # Errors
/// When more than `most` characters are left.
pub fn line(text: &str, most: usize) -> Result<String, Invalid> {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > most {
        Err(Invalid::TooLong)
    } else {
        Ok(line)
    }
}

/// What is typed after a slash: letters of any script, digits, dashes; in small letters, without the slash.
///
/// # Errors
/// [`Invalid::Empty`] when something else is in it or nothing is, [`Invalid::TooLong`].
pub fn shortcut(text: &str) -> Result<String, Invalid> {
    let text = text.trim().trim_start_matches('/').to_lowercase();
    if text.is_empty() || !text.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_') {
        return Err(Invalid::Empty);
    }
    if text.chars().count() > SHORTCUT_MAX {
        return Err(Invalid::TooLong);
    }
    Ok(text)
}

/// A text in each language that has one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// French.
    pub fr: Option<String>,
    /// English.
    pub en: Option<String>,
    /// Arabic.
    pub ar: Option<String>,
}

impl Texts {
    /// Without what is blank, and with uniform line ends.
    #[must_use]
    pub fn tidy(self) -> Self {
        let tidy = |text: Option<String>| {
            text.map(|text| text.replace("\r\n", "\n").replace('\0', "").trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        Self {
            fr: tidy(self.fr),
            en: tidy(self.en),
            ar: tidy(self.ar),
        }
    }

    /// In this language.
    #[must_use]
    pub fn of(&self, locale: Locale) -> Option<&str> {
        match locale {
            Locale::Fr => self.fr.as_deref(),
            Locale::En => self.en.as_deref(),
            Locale::Ar => self.ar.as_deref(),
        }
    }

    /// Those there are.
    pub fn each(&self) -> impl Iterator<Item = (Locale, &str)> {
        [Locale::Fr, Locale::En, Locale::Ar]
            .into_iter()
            .filter_map(|locale| self.of(locale).map(|text| (locale, text)))
    }

    /// In this language, else in French, else in English, else in Arabic.
    #[must_use]
    pub fn choose(&self, wanted: Locale) -> Option<(Locale, &str)> {
        self.of(wanted)
            .map(|text| (wanted, text))
            .or_else(|| self.each().next())
    }

    /// Checks each of them.
    ///
    /// # Errors
    /// The language and everything that is wrong, by language.
    pub fn check(&self) -> Result<(), Vec<(Locale, Vec<Flaw>)>> {
        let samples = samples();
        let wrong: Vec<_> = self
            .each()
            .filter_map(|(locale, text)| Some((locale, template::render(text, &samples).err()?)))
            .collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

/// The example of every variable.
#[must_use]
pub fn samples() -> BTreeMap<&'static str, String> {
    VARIABLES
        .iter()
        .map(|(name, sample)| (*name, (*sample).to_owned()))
        .collect()
}

/// What is said of a ticket.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Its number.
    pub number: i64,
    /// Its subject.
    pub subject: &'a str,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Its address in the portal.
    pub url: String,
    /// Name of the requester.
    pub requester_name: &'a str,
    /// His address.
    pub requester_email: &'a str,
    /// Name of the customer, when he is known.
    pub customer_name: Option<&'a str>,
    /// His number.
    pub customer_number: Option<i64>,
    /// Who answers.
    pub agent_name: &'a str,
    /// The group that has it.
    pub group_name: &'a str,
    /// The present moment.
    pub now: DateTime<Utc>,
}

impl Facts<'_> {
    /// The value of every variable.
    #[must_use]
    pub fn values(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("ticket.number", self.number.to_string()),
            ("ticket.subject", self.subject.to_owned()),
            ("ticket.opened_on", day(self.opened_at)),
            ("ticket.url", self.url.clone()),
            ("requester.name", self.requester_name.to_owned()),
            ("requester.email", self.requester_email.to_owned()),
            ("customer.name", self.customer_name.unwrap_or_default().to_owned()),
            (
                "customer.number",
                self.customer_number
                    .map(|number| number.to_string())
                    .unwrap_or_default(),
            ),
            ("agent.name", self.agent_name.to_owned()),
            ("group.name", self.group_name.to_owned()),
            ("today", day(self.now)),
        ])
    }
}

/// A day as it is written in all three languages here, by Algerian time, which is an hour ahead of UTC all year.
#[must_use]
pub fn day(at: DateTime<Utc>) -> String {
    FixedOffset::east_opt(3600)
        .map_or_else(|| at.naive_utc(), |zone| at.with_timezone(&zone).naive_local())
        .format("%d/%m/%Y")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(fr: &str, ar: &str) -> Texts {
        Texts {
            fr: Some(fr.to_owned()),
            en: None,
            ar: Some(ar.to_owned()),
        }
        .tidy()
    }

    #[test]
    fn the_asked_language_is_chosen_and_otherwise_the_first_there_is() {
        let both = texts("Bonjour", "مرحبا");
        assert_eq!(both.choose(Locale::Ar), Some((Locale::Ar, "مرحبا")));
        assert_eq!(both.choose(Locale::En), Some((Locale::Fr, "Bonjour")));
        assert_eq!(texts(" \n", "مرحبا").choose(Locale::En), Some((Locale::Ar, "مرحبا")));
        assert_eq!(texts("", " ").choose(Locale::Fr), None);
    }

    #[test]
    fn each_language_is_checked_and_every_variable_is_known() {
        let all: String = VARIABLES
            .iter()
            .map(|(name, _)| format!("{{{{ {name} }}}}\n"))
            .collect();
        assert_eq!(texts(&all, "مرحبا").check(), Ok(()));
        let wrong = texts("Bonjour", "مرحبا\n{{ ticket.nmber }}").check().unwrap_err();
        assert_eq!(wrong.len(), 1);
        assert_eq!((wrong[0].0, wrong[0].1[0].line), (Locale::Ar, 2));
    }

    #[test]
    fn shortcuts_are_one_word_of_any_script() {
        assert_eq!(shortcut(" /Reset-PW ").unwrap(), "reset-pw");
        assert_eq!(shortcut("كلمة_1").unwrap(), "كلمة_1");
        for bad in ["", "/", "a b", "a/b", "a.b"] {
            assert_eq!(shortcut(bad), Err(Invalid::Empty), "{bad}");
        }
        assert_eq!(shortcut(&"a".repeat(SHORTCUT_MAX + 1)), Err(Invalid::TooLong));
    }

    #[test]
    fn a_ticket_has_a_value_for_every_variable() {
        let facts = Facts {
            number: 7,
            subject: "x",
            opened_at: DateTime::UNIX_EPOCH,
            url: String::new(),
            requester_name: "",
            requester_email: "",
            customer_name: None,
            customer_number: None,
            agent_name: "",
            group_name: "",
            now: DateTime::UNIX_EPOCH,
        };
        let values = facts.values();
        assert_eq!(values.keys().collect::<Vec<_>>(), samples().keys().collect::<Vec<_>>());
        assert_eq!(values["ticket.opened_on"], "01/01/1970");
    }

    #[test]
    fn days_are_algerian() {
        let late = "2026-02-03T23:30:00Z".parse().unwrap();
        assert_eq!(day(late), "04/02/2026");
    }
}
