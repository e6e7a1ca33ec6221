//! Erasing a person: what stands against it, what is done, and how his names are found in what stays.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long somebody who asked for it may think it over.
pub const COOL_OFF: TimeDelta = TimeDelta::days(14);

/// What is done, in this order; each step can be done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Sessions, factors, tokens, browsers, links, kept filters, copies of data.
    Access,
    /// What he wrote in his own name, with its files and mails.
    Words,
    /// His names in what others wrote to him or did for him.
    Names,
    /// His names and addresses in the audit trail.
    Trail,
    /// For whom he acted, and customers that were himself.
    Customers,
    /// Jobs and live events about him.
    Work,
    /// His addresses wherever they are.
    Addresses,
    /// The account: its address is free afterwards.
    Account,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::Access,
        Self::Words,
        Self::Names,
        Self::Trail,
        Self::Customers,
        Self::Work,
        Self::Addresses,
        Self::Account,
    ];

    /// Name in the report.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Words => "words",
            Self::Names => "names",
            Self::Customers => "customers",
            Self::Work => "work",
            Self::Addresses => "addresses",
            Self::Trail => "trail",
            Self::Account => "account",
        }
    }
}

/// What must be settled before somebody is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// He owns a customer alone that is in business.
    LastOwner,
    /// A customer that goes on is written to at his address.
    CustomerAddress,
    /// Tickets he asked for are not settled.
    OpenTickets,
    /// Tickets that he is to answer are not settled.
    AssignedTickets,
    /// His papers are being looked at.
    IdentityUnderReview,
    /// Nobody else administers the installation.
    LastAdmin,
    /// He asked for it and may still think it over.
    CoolingOff,
}

impl Obstacle {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::LastOwner,
        Self::CustomerAddress,
        Self::OpenTickets,
        Self::AssignedTickets,
        Self::IdentityUnderReview,
        Self::LastAdmin,
        Self::CoolingOff,
    ];

    /// Stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LastOwner => "last_owner",
            Self::CustomerAddress => "customer_address",
            Self::OpenTickets => "open_tickets",
            Self::AssignedTickets => "assigned_tickets",
            Self::IdentityUnderReview => "identity_under_review",
            Self::LastAdmin => "last_admin",
            Self::CoolingOff => "cooling_off",
        }
    }
}

/// By what a person is found. Kept sealed while he is being erased, and wiped then.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Names, the longest first.
    pub names: Vec<String>,
    /// Addresses in lower case.
    pub addresses: Vec<String>,
    /// Telephones (E.164).
    pub phones: Vec<String>,
}

/// Regular expressions as PostgreSQL reads them, and what is put in the place of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patterns {
    /// What is looked for, whatever the case.
    pub find: Vec<String>,
    /// What is put there.
    pub put: Vec<String>,
}

impl Patterns {
    fn push(&mut self, find: String, put: String) {
        self.find.push(find);
        self.put.push(put);
    }

    fn and(mut self, other: Self) -> Self {
        self.find.extend(other.find);
        self.put.extend(other.put);
        self
    }
}

/// What stands in the place of a telephone: no number begins so.
const NO_PHONE: &str = "+00000000";
/// Shorter names would be found in every sentence.
const SHORTEST: usize = 3;

/// The name that is left of somebody: nobody's, but the same wherever he was named.
#[must_use]
pub fn pseudonym(user: Uuid) -> String {
    format!("[erased {}]", tail(user))
}

/// The address that is left of somebody's `n`th; no mail goes there (RFC 2606).
#[must_use]
pub fn pseudo_address(user: Uuid, n: usize) -> String {
    format!("erased-{}-{n}@erased.invalid", tail(user))
}

fn tail(user: Uuid) -> String {
    user.simple().to_string().split_off(20)
}

/// Letters for letters, with any space for a space.
fn literal(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push_str("\\s+");
        }
        for c in word.chars() {
            if c.is_ascii() && !c.is_ascii_alphanumeric() {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

impl Identity {
    /// Leaves out what is empty, doubled, too short, or a name that is an address.
    #[must_use]
    pub fn cleaned(mut self) -> Self {
        for address in &mut self.addresses {
            *address = address.trim().to_lowercase();
        }
        self.addresses
            .retain(|address| address.contains('@') && !address.ends_with("@erased.invalid"));
        self.names = self.names.iter().map(|name| name.trim().to_owned()).collect();
        self.names
            .retain(|name| name.chars().count() >= SHORTEST && !name.contains('@') && !name.starts_with("[erased "));
        self.names
            .sort_by_key(|name| (std::cmp::Reverse(name.chars().count()), name.clone()));
        for list in [&mut self.addresses, &mut self.phones] {
            list.sort_unstable();
        }
        for list in [&mut self.names, &mut self.addresses, &mut self.phones] {
            list.dedup();
        }
        self
    }

    /// What nobody else has: his addresses. A telephone may be a family's or a company's as well.
    #[must_use]
    pub fn unique(&self, user: Uuid) -> Patterns {
        let mut patterns = Patterns::default();
        for (n, address) in self.addresses.iter().enumerate() {
            // Not the end of a longer address, nor the beginning of a longer host.
            let find = format!("(?<![a-z0-9._%+-]){}(?!\\.?[a-z0-9-])", literal(address));
            patterns.push(find, pseudo_address(user, n));
        }
        patterns
    }

    fn phones(&self) -> Patterns {
        let mut patterns = Patterns::default();
        for phone in &self.phones {
            patterns.push(format!("{}(?!\\d)", literal(phone)), NO_PHONE.to_owned());
        }
        patterns
    }

    /// Everything, in texts: names as whole words.
    #[must_use]
    pub fn in_text(&self, user: Uuid) -> Patterns {
        let mut names = Patterns::default();
        for name in &self.names {
            let find = format!("(?<![[:alnum:]]){}(?![[:alnum:]])", literal(name));
            names.push(find, pseudonym(user));
        }
        self.unique(user).and(self.phones()).and(names)
    }

    /// Everything, in JSON: a name of one word only where it is a value by itself, since a field may be called so.
    #[must_use]
    pub fn in_json(&self, user: Uuid) -> Patterns {
        let mut names = Patterns::default();
        for name in &self.names {
            let quoted = serde_json::Value::from(name.as_str()).to_string();
            let inner = quoted.trim_matches('"');
            if inner.contains(char::is_whitespace) {
                let find = format!("(?<![[:alnum:]]){}(?![[:alnum:]])", literal(inner));
                names.push(find, pseudonym(user));
            } else {
                let find = format!("\"{}\"(?!\\s*:)", literal(inner));
                names.push(find, format!("\"{}\"", pseudonym(user)));
            }
        }
        self.unique(user).and(self.phones()).and(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(names: &[&str], addresses: &[&str]) -> Identity {
        Identity {
            names: names.iter().map(|&name| name.to_owned()).collect(),
            addresses: addresses.iter().map(|&address| address.to_owned()).collect(),
            phones: vec!["+213550123456".to_owned()],
        }
        .cleaned()
    }

    #[test]
    fn what_is_left_of_somebody_is_the_same_everywhere_and_an_address_that_gets_no_mail() {
        let user = Uuid::from_u128(0x1234);
        assert_eq!(pseudonym(user), pseudonym(user));
        assert_ne!(pseudo_address(user, 0), pseudo_address(user, 1));
        assert!(pseudo_address(user, 0).ends_with(".invalid"));
        let done = identity(&[&pseudonym(user)], &[&pseudo_address(user, 0)]);
        assert!(
            done.names.is_empty() && done.addresses.is_empty(),
            "nobody is erased twice"
        );
    }

    #[test]
    fn names_that_say_nothing_are_not_looked_for_and_the_longest_goes_first() {
        let found = identity(
            &["Li", "Ana", " Ana Benali ", "ana@x.dz", "", "Ana"],
            &["Ana@X.dz", "ana@x.dz", "nobody"],
        );
        assert_eq!(found.names, ["Ana Benali", "Ana"]);
        assert_eq!(found.addresses, ["ana@x.dz"]);
    }

    #[test]
    fn what_means_something_in_a_pattern_is_meant_as_it_stands() {
        let user = Uuid::nil();
        let found = identity(&["A. (B) Client"], &["a+b@x.dz"]);
        let text = found.in_text(user);
        assert!(text.find.iter().any(|find| find.contains("a\\+b\\@x\\.dz")), "{text:?}");
        assert!(
            text.find.iter().any(|find| find.contains("A\\.\\s+\\(B\\)\\s+Client")),
            "{text:?}"
        );
        assert_eq!(text.find.len(), text.put.len());
        let one = identity(&["name"], &[]).in_json(user);
        assert!(one.find.iter().any(|find| find == "\"name\"(?!\\s*:)"), "{one:?}");
    }

    #[test]
    fn every_step_and_obstacle_has_a_name_of_its_own() {
        let mut names: Vec<&str> = Step::ALL.map(Step::as_str).to_vec();
        names.dedup();
        assert_eq!(names.len(), Step::ALL.len());
        assert_eq!(
            Step::ALL.last(),
            Some(&Step::Account),
            "the address is free when nothing else is left"
        );
        assert!(Obstacle::ALL.iter().all(|one| !one.as_str().is_empty()));
    }
}
