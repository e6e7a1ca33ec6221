//! What is known of a customer: as typed, and as checked.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Issue, identifier, phone};
use crate::{locale::Locale, ticket::input};

/// Longest name, in characters.
const NAME_MAX: usize = 200;

/// A person or a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person.
    Individual,
    /// A company or another legal person.
    Corporate,
}

/// A name that is no kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of customer `{0}`")]
pub struct UnknownKind(pub String);

impl Kind {
    /// Name used in the database and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::Corporate => "corporate",
        }
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "individual" => Ok(Self::Individual),
            "corporate" => Ok(Self::Corporate),
            other => Err(UnknownKind(other.to_owned())),
        }
    }
}

/// A profile as typed; blank fields count as absent.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Person or company.
    pub kind: Option<Kind>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Name of the company.
    pub company_name: Option<String>,
    /// Legal form, such as SARL.
    pub legal_form: Option<String>,
    /// Address for mail.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Web site.
    pub website: Option<String>,
    /// Language.
    pub locale: Option<String>,
    /// Tax identification number.
    pub nif: Option<String>,
    /// Statistical identification number.
    pub nis: Option<String>,
    /// Trade register.
    pub rc: Option<String>,
    /// Article of taxation.
    pub ai: Option<String>,
    /// Bank account.
    pub rib: Option<String>,
    /// National identification number of a person.
    pub nin: Option<String>,
}

/// A checked profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Person or company.
    pub kind: Kind,
    /// Name for lists: the company's, or the person's whole name.
    pub name: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Name of the company.
    pub company_name: Option<String>,
    /// Legal form.
    pub legal_form: Option<String>,
    /// Address in lower case.
    pub email: String,
    /// Telephone in international form.
    pub phone: Option<String>,
    /// Web site, `https://…`.
    pub website: Option<String>,
    /// Language.
    pub locale: Locale,
    /// Tax identification number.
    pub nif: Option<String>,
    /// Statistical identification number.
    pub nis: Option<String>,
    /// Trade register.
    pub rc: Option<String>,
    /// Article of taxation.
    pub ai: Option<String>,
    /// Bank account.
    pub rib: Option<String>,
    /// National identification number of a person.
    pub nin: Option<String>,
}

/// Collects issues while fields are read.
struct Reader(Vec<Issue>);

impl Reader {
    fn line(&mut self, field: &'static str, text: Option<&str>) -> Option<String> {
        let clean = line(text?);
        if clean.is_empty() {
            return None;
        }
        if clean.chars().count() > NAME_MAX {
            self.0
                .push(Issue::new(field, "too_long", "is longer than 200 characters"));
            return None;
        }
        Some(clean)
    }

    fn needed(&mut self, field: &'static str, text: Option<&str>) -> Option<String> {
        let before = self.0.len();
        let value = self.line(field, text);
        if value.is_none() && self.0.len() == before {
            self.0.push(Issue::new(field, "empty", "must not be empty"));
        }
        value
    }

    fn check<E: ToString>(
        &mut self,
        field: &'static str,
        text: Option<&str>,
        rule: impl Fn(&str) -> Result<String, E>,
        code: impl Fn(&E) -> &'static str,
    ) -> Option<String> {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        match rule(text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.0.push(Issue::new(field, code(&error), error));
                None
            }
        }
    }
}

/// One line without control and direction characters.
#[must_use]
pub fn line(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => None,
        c if c.is_control() => Some(' '),
        c => Some(c),
    };
    let text: String = text.chars().filter_map(plain).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn website(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let with = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let host = with
        .strip_prefix("https://")
        .or_else(|| with.strip_prefix("http://"))
        .and_then(|rest| rest.split(['/', '?', '#']).next())
        .filter(|host| host.contains('.') && !host.contains('@'));
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '\'' | '\\' | '`');
    if host.is_none() || with.len() > 300 || with.contains(odd) {
        return Err("is no web address");
    }
    Ok(with)
}

/// Checks every field and reports all mistakes at once.
///
/// # Errors
/// The issues, in the order of the form.
pub fn check(draft: &Draft) -> Result<Profile, Vec<Issue>> {
    let mut read = Reader(Vec::new());
    let Some(kind) = draft.kind else {
        return Err(vec![Issue::new(
            "kind",
            "empty",
            "say whether it is a person or a company",
        )]);
    };
    let person = kind == Kind::Individual;
    let (first_name, last_name) = if person {
        (
            read.needed("first_name", draft.first_name.as_deref()),
            read.needed("last_name", draft.last_name.as_deref()),
        )
    } else {
        (
            read.line("first_name", draft.first_name.as_deref()),
            read.line("last_name", draft.last_name.as_deref()),
        )
    };
    let company_name = if person {
        read.line("company_name", draft.company_name.as_deref())
    } else {
        read.needed("company_name", draft.company_name.as_deref())
    };
    let legal_form = read.line("legal_form", draft.legal_form.as_deref());
    let email = read.check("email", draft.email.as_deref(), input::address, |e| e.code());
    if email.is_none() && !read.0.iter().any(|issue| issue.field == "email") {
        read.0.push(Issue::new("email", "empty", "must not be empty"));
    }
    let phone = read.check("phone", draft.phone.as_deref(), phone::normalise, |_| "not_a_phone");
    let website = read.check("website", draft.website.as_deref(), website, |_| "not_a_website");
    let locale = match draft.locale.as_deref().map(str::trim).filter(|l| !l.is_empty()) {
        None => Locale::default(),
        Some(tag) => Locale::from_tag(tag).unwrap_or_else(|| {
            read.0
                .push(Issue::new("locale", "unknown_language", "is none of fr, en, ar"));
            Locale::default()
        }),
    };
    let code = |e: &identifier::Invalid| e.code();
    let nif = read.check("nif", draft.nif.as_deref(), identifier::nif, code);
    let nis = read.check("nis", draft.nis.as_deref(), identifier::nis, code);
    let rc = read.check("rc", draft.rc.as_deref(), identifier::rc, code);
    let ai = read.check("ai", draft.ai.as_deref(), identifier::ai, code);
    let rib = read.check("rib", draft.rib.as_deref(), identifier::rib, code);
    let nin = read.check("nin", draft.nin.as_deref(), identifier::nin, code);
    if nin.is_some() && !person {
        read.0
            .push(Issue::new("nin", "persons_only", "only a person has a NIN"));
    }
    if !read.0.is_empty() {
        return Err(read.0);
    }
    let whole = [first_name.as_deref(), last_name.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    let name = match &company_name {
        Some(company) if !person => company.clone(),
        _ => whole,
    };
    Ok(Profile {
        kind,
        name,
        first_name,
        last_name,
        company_name,
        legal_form,
        email: email.unwrap_or_default(),
        phone,
        website,
        locale,
        nif,
        nis,
        rc,
        ai,
        rib,
        nin,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_person_needs_a_name_and_a_company_its_own() {
        let codes = |draft: &Draft| -> Vec<(&'static str, &'static str)> {
            check(draft)
                .unwrap_err()
                .into_iter()
                .map(|i| (i.field, i.code))
                .collect()
        };
        let mut draft = Draft {
            kind: Some(Kind::Individual),
            ..Draft::default()
        };
        assert_eq!(
            codes(&draft),
            [("first_name", "empty"), ("last_name", "empty"), ("email", "empty")]
        );
        draft.kind = Some(Kind::Corporate);
        draft.email = some("nobody");
        draft.nin = some("109850123456789012");
        draft.nif = some("1");
        draft.website = some("javascript://alert(1)");
        assert_eq!(
            codes(&draft),
            [
                ("company_name", "empty"),
                ("email", "not_an_address"),
                ("website", "not_a_website"),
                ("nif", "nif_length"),
                ("nin", "persons_only")
            ]
        );
        assert_eq!(codes(&Draft::default()), [("kind", "empty")]);
    }

    #[test]
    fn values_are_stored_in_one_form() {
        let draft = Draft {
            kind: Some(Kind::Individual),
            first_name: some("  Lina\u{202e} "),
            last_name: some("Ben\r\nAli"),
            email: some(" Lina@Example.DZ"),
            phone: some("0550 12 34 56"),
            website: some("example.dz/a"),
            locale: some("ar-DZ"),
            ..Draft::default()
        };
        let profile = check(&draft).unwrap();
        assert_eq!(profile.name, "Lina Ben Ali");
        assert_eq!(profile.email, "lina@example.dz");
        assert_eq!(profile.phone.as_deref(), Some("+213550123456"));
        assert_eq!(profile.website.as_deref(), Some("https://example.dz/a"));
        assert_eq!(profile.locale, Locale::Ar);
    }
}
