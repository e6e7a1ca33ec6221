//! Addresses: which are valid, which are ours, which look like somebody else's.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::words::words;

/// A mailbox of a header field.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MailAddress {
    /// Display name, possibly empty.
    pub name: String,
    /// Address as written, for instance `Ada@Example.org`.
    pub address: String,
}

impl MailAddress {
    /// A mailbox of name and address.
    #[must_use]
    pub fn new(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            address: address.into(),
        }
    }

    /// The part after the last `@`; empty when there is none.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The part before the last `@`; the whole when there is none.
    #[must_use]
    pub fn local(&self) -> &str {
        self.address
            .rsplit_once('@')
            .map_or(self.address.as_str(), |(local, _)| local)
    }
}

/// The form in which addresses are compared: trimmed, lower case. Local parts are case-insensitive in practice.
#[must_use]
pub fn normalise_address(address: &str) -> String {
    address
        .trim()
        .trim_start_matches('<')
        .trim_end_matches('>')
        .trim()
        .to_lowercase()
}

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// No `@`, or nothing on one side.
    #[error("the address has no local part or no domain")]
    Incomplete,
    /// Local part above 64 or whole above 254 bytes.
    #[error("the address is too long")]
    TooLong,
    /// A character that an unquoted local part cannot have.
    #[error("the local part has characters that are not allowed")]
    Local,
    /// A domain that cannot exist.
    #[error("the domain is not valid")]
    Domain,
}

/// Checks an addr-spec (RFC 5321 with RFC 6531 UTF-8); quoted local parts and address literals are refused.
///
/// # Errors
/// Says what is wrong with the address.
pub fn check_addr_spec(address: &str) -> Result<(&str, &str), AddressFault> {
    let (local, domain) = address.rsplit_once('@').ok_or(AddressFault::Incomplete)?;
    if local.is_empty() || domain.is_empty() {
        return Err(AddressFault::Incomplete);
    }
    if local.len() > 64 || address.len() > 254 {
        return Err(AddressFault::TooLong);
    }
    let local_char = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c) || is_text(c);
    if !local.chars().all(local_char) || local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Err(AddressFault::Local);
    }
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || is_text(c))
    };
    if !domain.split('.').all(label_ok) {
        return Err(AddressFault::Domain);
    }
    Ok((local, domain))
}

/// A letter, digit or mark beyond ASCII; invisible and direction characters are not text.
fn is_text(c: char) -> bool {
    !c.is_ascii() && (c.is_alphanumeric() || matches!(c, '\u{0300}'..='\u{036f}' | '\u{064b}'..='\u{0652}'))
}

/// The addresses of this installation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnAddresses {
    addresses: BTreeSet<String>,
}

impl OwnAddresses {
    /// Collects the addresses of all mailboxes, aliases and sending identities.
    pub fn new<S: AsRef<str>>(addresses: impl IntoIterator<Item = S>) -> Self {
        Self {
            addresses: addresses.into_iter().map(|a| normalise_address(a.as_ref())).collect(),
        }
    }

    /// Whether the address is ours; `support+anything@` counts as `support@`, and so do our `reply+…@` and `bounce+…@`
    /// addresses on a domain of ours.
    #[must_use]
    pub fn contains(&self, address: &str) -> bool {
        let address = normalise_address(address);
        if self.addresses.contains(&address) {
            return true;
        }
        let Some((local, domain)) = address.rsplit_once('@') else {
            return false;
        };
        let Some((base, _)) = local.split_once('+') else {
            return false;
        };
        self.addresses.contains(&format!("{base}@{domain}"))
            || (matches!(base, "reply" | "bounce") && self.has_domain(domain))
    }

    /// Whether one of our addresses is on this domain.
    #[must_use]
    pub fn has_domain(&self, domain: &str) -> bool {
        let domain = domain.to_lowercase();
        self.addresses
            .iter()
            .any(|own| own.rsplit_once('@').is_some_and(|(_, d)| d == domain))
    }

    /// Whether one of our addresses is on this domain (in lower case) or on one below it.
    #[must_use]
    pub fn within(&self, domain: &str) -> bool {
        let below = |own: &str| {
            own.strip_suffix(domain)
                .is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        self.addresses
            .iter()
            .any(|own| own.rsplit_once('@').is_some_and(|(_, own)| below(own)))
    }
}

words! {
    /// Why an address deserves a warning to the reader.
    Confusable {
        /// Latin mixed with Cyrillic or Greek in one label.
        MixedScripts = "mixed_scripts",
        /// An encoded international domain (`xn--`).
        Punycode = "punycode",
        /// Invisible or direction-changing characters in name or address.
        Invisible = "invisible",
        /// The display name shows another address than the real one.
        NameIsOtherAddress = "name_is_other_address",
    }
}

/// Tells whether a mailbox may be mistaken for another.
#[must_use]
pub fn confusable(mailbox: &MailAddress) -> Option<Confusable> {
    let invisible =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    if mailbox.address.chars().chain(mailbox.name.chars()).any(invisible) {
        return Some(Confusable::Invisible);
    }
    let shown = mailbox
        .name
        .split(|c: char| c.is_whitespace() || "<>()\"'".contains(c))
        .find(|w| check_addr_spec(w).is_ok());
    if shown.is_some_and(|shown| normalise_address(shown) != normalise_address(&mailbox.address)) {
        return Some(Confusable::NameIsOtherAddress);
    }
    let mixed = |label: &str| {
        let latin = label
            .chars()
            .any(|c| c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}'));
        latin && label.chars().any(|c| matches!(c, '\u{370}'..='\u{52f}'))
    };
    if mailbox.address.split(['.', '@']).any(mixed) {
        return Some(Confusable::MixedScripts);
    }
    mailbox
        .domain()
        .split('.')
        .any(|label| label.to_ascii_lowercase().starts_with("xn--"))
        .then_some(Confusable::Punycode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked() {
        for good in [
            "a@b.fr",
            "ada.lovelace+x@example.org",
            "o'neil@localhost",
            "محمد@مثال.إختبار",
            "a_b-c@x-y.z",
        ] {
            assert!(check_addr_spec(good).is_ok(), "{good}");
        }
        for (bad, fault) in [
            ("", AddressFault::Incomplete),
            ("a", AddressFault::Incomplete),
            ("@b", AddressFault::Incomplete),
            ("a@", AddressFault::Incomplete),
            ("a b@c.d", AddressFault::Local),
            ("a..b@c.d", AddressFault::Local),
            ("a\r\nBcc: x@c.d", AddressFault::Local),
            ("\"x\"@c.d", AddressFault::Local),
            ("a@c..d", AddressFault::Domain),
            ("a@-c.d", AddressFault::Domain),
            ("a@[127.0.0.1]", AddressFault::Domain),
            ("a@b\0.c", AddressFault::Domain),
        ] {
            assert_eq!(check_addr_spec(bad), Err(fault), "{bad:?}");
        }
        assert_eq!(
            check_addr_spec(&format!("{}@b.c", "x".repeat(65))),
            Err(AddressFault::TooLong)
        );
    }

    #[test]
    fn own_addresses_include_sub_addresses() {
        let own = OwnAddresses::new(["Support@CloudManager.test"]);
        for ours in [
            "support@cloudmanager.test",
            "<support+a@cloudmanager.test>",
            "reply+abc@cloudmanager.test",
            "BOUNCE+x@CLOUDMANAGER.TEST",
        ] {
            assert!(own.contains(ours), "{ours}");
        }
        for other in [
            "sales@cloudmanager.test",
            "reply+abc@example.org",
            "support",
            "reply@cloudmanager.test",
        ] {
            assert!(!own.contains(other), "{other}");
        }
    }

    #[test]
    fn look_alikes_are_flagged() {
        let flag = |name: &str, address: &str| confusable(&MailAddress::new(name, address));
        assert_eq!(flag("", "billing@p\u{430}ypal.com"), Some(Confusable::MixedScripts));
        assert_eq!(flag("", "a@xn--pypal-4ve.com"), Some(Confusable::Punycode));
        assert_eq!(flag("Ada\u{202e}", "a@b.c"), Some(Confusable::Invisible));
        assert_eq!(
            flag("ceo@example.org", "x@evil.test"),
            Some(Confusable::NameIsOtherAddress)
        );
        assert_eq!(flag("Ada <A@b.c>", "a@b.c"), None);
        assert_eq!(flag("أحمد", "ahmed@exemple.dz"), None);
    }
}
