//! What a person may do: the catalogue of permissions, and what roles make of it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::locale::Locale;

mod catalog;
pub mod roles;

pub use catalog::{Category, Permission};
pub use roles::{SYSTEM_ROLES, SystemRole};

/// A short text in every language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texts {
    /// English.
    pub en: &'static str,
    /// French.
    pub fr: &'static str,
    /// Arabic.
    pub ar: &'static str,
}

impl Texts {
    /// The text in one language.
    #[must_use]
    pub const fn of(self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.en,
            Locale::Fr => self.fr,
            Locale::Ar => self.ar,
        }
    }
}

/// Makes the two enums of the catalogue out of one table, so that no permission is without category or description.
macro_rules! permissions {
    ($($category:ident $slug:literal [$($label:literal),*] {
        $($name:ident $key:literal [$en:literal, $fr:literal, $ar:literal] $($flag:ident)*,)*
    })*) => {
        /// A part of the product that permissions are grouped under.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Category {
            $(#[doc = concat!("`", $slug, "`")] $category,)*
        }

        /// One thing a role may allow.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum Permission {
            $($(#[doc = concat!($en, ".")] #[serde(rename = $key)] $name,)*)*
        }

        impl Category {
            /// All categories, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$category,)*];

            /// Stable key.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$category => $slug,)* }
            }

            /// Heading.
            #[must_use]
            pub const fn label(self) -> Texts {
                match self { $(Self::$category => { let [en, fr, ar] = [$($label),*]; Texts { en, fr, ar } })* }
            }
        }

        impl Permission {
            /// All permissions, by category.
            pub const ALL: &'static [Self] = &[$($(Self::$name,)*)*];

            /// Name used in the database, in tokens and in the API: `subject.verb`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$name => $key,)*)* }
            }

            /// What it allows, for the person who grants it.
            #[must_use]
            pub const fn description(self) -> Texts {
                match self { $($(Self::$name => Texts { en: $en, fr: $fr, ar: $ar },)*)* }
            }

            /// Where it is shown.
            #[must_use]
            pub const fn category(self) -> Category {
                match self { $($(Self::$name => Category::$category,)*)* }
            }

            /// Can do harm that is hard to undo, or hand out power: editors of roles mark it.
            #[must_use]
            pub const fn is_dangerous(self) -> bool {
                match self { $($(Self::$name => false $(|| permissions!(@dangerous $flag))*,)*)* }
            }

            /// Belongs to a part of the product that does not exist yet: nobody is offered it.
            #[must_use]
            pub const fn is_planned(self) -> bool {
                match self { $($(Self::$name => false $(|| permissions!(@planned $flag))*,)*)* }
            }
        }
    };
    (@dangerous dangerous) => { true };
    (@dangerous planned) => { false };
    (@planned planned) => { true };
    (@planned dangerous) => { false };
}
use permissions;

impl Permission {
    /// Reaches no further than what belongs to its holder, so that handing it out hands out no power over others.
    #[must_use]
    pub const fn is_own(self) -> bool {
        matches!(self.category(), Category::Own)
    }
}

/// A name that is no permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown permission `{0}`")]
pub struct UnknownPermission(pub String);

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|p| p.as_str() == text)
            .ok_or_else(|| UnknownPermission(text.to_owned()))
    }
}

/// One of the three faces of the web application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dashboard {
    /// Customers.
    Client,
    /// Staff who serve customers.
    Corporate,
    /// IT administrators.
    Admin,
}

/// The dashboards that hold at least one page for these permissions.
#[must_use]
pub fn dashboards(permissions: &[Permission]) -> Vec<Dashboard> {
    use Permission::{
        AuditView, CustomersView, JobsView, MailboxesView, RolesView, TicketsOwn, TicketsView, UsersView,
    };
    let holds = |any: &[Permission]| any.iter().any(|one| permissions.contains(one));
    [
        (Dashboard::Client, holds(&[TicketsOwn])),
        (Dashboard::Corporate, holds(&[TicketsView, CustomersView])),
        (
            Dashboard::Admin,
            holds(&[JobsView, UsersView, RolesView, AuditView, MailboxesView]),
        ),
    ]
    .into_iter()
    .filter_map(|(dashboard, open)| open.then_some(dashboard))
    .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_round_trip() {
        for p in Permission::ALL {
            assert_eq!(p.as_str().parse::<Permission>().unwrap(), *p);
            assert_eq!(serde_json::to_value(p).unwrap(), p.as_str());
        }
        assert!("tickets.everything".parse::<Permission>().is_err());
    }

    fn sources(folder: &std::path::Path, code: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("permission") {
                sources(&path, code);
            } else if path.extension().is_some_and(|end| end == "rs") {
                code.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }

    /// What does something must not be hidden from those who hand it out.
    #[test]
    fn nothing_planned_is_asked_for() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut code = String::new();
        for part in ["domain/src", "store/src", "app/src", "workers/src", "api/src"] {
            sources(&root.join(part), &mut code);
        }
        let words: HashSet<&str> = code.split(|c: char| !c.is_alphanumeric()).collect();
        for p in Permission::ALL {
            let asked = words.contains(format!("{p:?}").as_str());
            assert!(
                !(asked && p.is_planned()),
                "{} is asked for: it is planned no longer",
                p.as_str()
            );
        }
    }

    #[test]
    fn every_permission_is_named_once_and_described_in_every_language() {
        let names: HashSet<&str> = Permission::ALL.iter().map(|p| p.as_str()).collect();
        assert_eq!(names.len(), Permission::ALL.len());
        let mut seen = HashSet::new();
        for p in Permission::ALL {
            let texts = p.description();
            for locale in [Locale::En, Locale::Fr, Locale::Ar] {
                assert!(
                    seen.insert((locale, texts.of(locale))),
                    "{} has another's text",
                    p.as_str()
                );
            }
            assert!(
                texts.ar.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c)),
                "{}",
                p.as_str()
            );
        }
        for category in Category::ALL {
            assert!(
                Permission::ALL.iter().any(|p| p.category() == *category),
                "{category:?} is empty"
            );
            assert!(
                category
                    .label()
                    .ar
                    .chars()
                    .any(|c| ('\u{600}'..='\u{6ff}').contains(&c))
            );
        }
    }
}
