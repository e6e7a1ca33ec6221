//! Single sign-on with issuers of identities (OpenID Connect Core 1.0): what a provider's settings may be, and what becomes of
//! somebody whom one has named.

mod exchange;

use crate::account::address::account_address;

pub use exchange::{Discovered, Fault, Identity, Registration, Try};

/// Longest name of a provider, in characters.
pub const NAME_MAX: usize = 60;
/// Most entries of a list in a provider's settings.
pub const LIST_MAX: usize = 50;
/// Without it a provider names nobody (OpenID Connect Core 1.0, section 3.1.2.1).
pub const OPENID: &str = "openid";

/// What a provider's settings begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Google accounts.
    Google,
    /// WorkOS: one application for the directories of many companies.
    WorkOs,
    /// Any other issuer.
    Custom,
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Google, Self::WorkOs, Self::Custom];

    /// Name in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::WorkOs => "workos",
            Self::Custom => "custom",
        }
    }

    /// By name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// The issuer, where all its customers share one.
    #[must_use]
    pub const fn issuer(self) -> Option<&'static str> {
        match self {
            Self::Google => Some("https://accounts.google.com"),
            Self::WorkOs | Self::Custom => None,
        }
    }
}

/// Short names that the address of a page or operation could be taken for are refused; so is what does not fit into one.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    (2..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Whether the text can be an issuer (OpenID Connect Discovery 1.0, section 3): an address with neither query nor fragment. Whether it may be
/// called is decided when it is.
#[must_use]
pub fn is_issuer(text: &str) -> bool {
    let web = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    text.len() <= 500
        && web.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && text
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"?#@\"<>\\^`{|}".contains(&b))
}

/// Whether the text can be a scope (RFC 6749, section 3.3).
#[must_use]
pub fn is_scope(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
}

/// The domain of mail addresses in its one form.
#[must_use]
pub fn mail_domain(text: &str) -> Option<String> {
    let address = account_address(&format!("x@{}", text.trim().trim_start_matches('@'))).ok()?;
    address.split_once('@').map(|(_, domain)| domain.to_owned())
}

/// Whom a provider named, as its signed token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Address in its one form.
    pub email: Option<String>,
    /// The provider says that the address is his.
    pub email_verified: bool,
}

/// What of a provider's settings decides about people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// Domains of addresses that may come; empty lets all come.
    pub domains: Vec<String>,
    /// Whom nobody knows becomes a customer.
    pub registration: bool,
    /// Staff may come this way.
    pub staff: bool,
    /// Its word on addresses counts.
    pub trusts_email: bool,
}

/// Whom we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// The identity is linked with an account.
    Linked {
        /// Of staff.
        staff: bool,
    },
    /// It is not, but an account has the address.
    SameAddress {
        /// Of staff.
        staff: bool,
    },
    /// Nobody.
    Nobody,
}

/// What becomes of him.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Signs in.
    SignIn,
    /// Signs in by other means and says that both are he. Never on the word of the provider alone: whoever can make it say an address
    /// would have the account.
    ProveFirst,
    /// Gets an account.
    Register,
    /// Is turned away.
    Refuse(Refusal),
}

/// Why somebody is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The provider gave no address, or does not vouch for it.
    UnverifiedEmail,
    /// Not from one of the provider's domains.
    ForeignDomain,
    /// He is staff, who do not come this way.
    NotForStaff,
    /// Nobody knows him, and the provider's people do not become customers by themselves.
    NoAccount,
}

impl Refusal {
    /// Code in the API and the journal.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnverifiedEmail => "sso_email_unverified",
            Self::ForeignDomain => "sso_domain_refused",
            Self::NotForStaff => "sso_not_for_staff",
            Self::NoAccount => "sso_no_account",
        }
    }

    /// A sentence.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::UnverifiedEmail => {
                "The provider does not vouch for your address. Verify it there, or sign in in another way."
            }
            Self::ForeignDomain => "Accounts of this organisation only may sign in with this provider.",
            Self::NotForStaff => "Staff do not sign in with this provider.",
            Self::NoAccount => "Nobody here has this account. Register first, or have yourself invited.",
        }
    }
}

/// What becomes of somebody whom a provider has named.
#[must_use]
pub fn decide(person: &Person, admission: &Admission, known: Known) -> Decision {
    let vouched = person
        .email
        .as_deref()
        .filter(|_| person.email_verified && admission.trusts_email);
    let domain = vouched
        .and_then(|email| email.rsplit_once('@'))
        .map(|(_, domain)| domain);
    if !admission.domains.is_empty() && !domain.is_some_and(|one| admission.domains.iter().any(|known| known == one)) {
        return Decision::Refuse(if domain.is_some() {
            Refusal::ForeignDomain
        } else {
            Refusal::UnverifiedEmail
        });
    }
    match known {
        Known::Linked { staff } | Known::SameAddress { staff } if staff && !admission.staff => {
            Decision::Refuse(Refusal::NotForStaff)
        }
        Known::Linked { .. } => Decision::SignIn,
        _ if vouched.is_none() => Decision::Refuse(Refusal::UnverifiedEmail),
        Known::SameAddress { .. } => Decision::ProveFirst,
        Known::Nobody if admission.registration => Decision::Register,
        Known::Nobody => Decision::Refuse(Refusal::NoAccount),
    }
}

/// Whether the methods that an ID token names (RFC 8176) are a second factor: it says so, or names something that one has or is besides
/// something that one knows.
#[must_use]
pub fn proves_second_factor(amr: &[String]) -> bool {
    let names = |wanted: &[&str]| amr.iter().any(|one| wanted.contains(&one.as_str()));
    let knows = names(&["pwd", "pin", "kba"]);
    let has_or_is = names(&[
        "otp", "hwk", "swk", "sc", "sms", "tel", "pop", "face", "fpt", "iris", "retina", "vbm",
    ]);
    names(&["mfa"]) || knows && has_or_is
}

/// Whether a link with an identity may go: something to sign in with must stay.
#[must_use]
pub const fn may_unlink(has_password: bool, passkeys: usize, other_identities: usize) -> bool {
    has_password || passkeys > 0 || other_identities > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(email: Option<&str>, email_verified: bool) -> Person {
        Person {
            email: email.map(str::to_owned),
            email_verified,
        }
    }

    fn open() -> Admission {
        Admission {
            domains: Vec::new(),
            registration: true,
            staff: true,
            trusts_email: true,
        }
    }

    #[test]
    fn a_known_identity_signs_in_whatever_its_address() {
        let linked = Known::Linked { staff: false };
        for somebody in [
            person(None, false),
            person(Some("a@x.test"), false),
            person(Some("a@x.test"), true),
        ] {
            assert_eq!(decide(&somebody, &open(), linked), Decision::SignIn);
        }
        let not_staff = Admission { staff: false, ..open() };
        let staff = decide(&person(None, false), &not_staff, Known::Linked { staff: true });
        assert_eq!(staff, Decision::Refuse(Refusal::NotForStaff));
        assert_eq!(decide(&person(None, false), &not_staff, linked), Decision::SignIn);
    }

    #[test]
    fn an_address_alone_never_signs_in() {
        let same = Known::SameAddress { staff: false };
        let ana = person(Some("ana@x.test"), true);
        assert_eq!(decide(&ana, &open(), same), Decision::ProveFirst);
        let refused = Decision::Refuse(Refusal::UnverifiedEmail);
        let doubted = Admission {
            trusts_email: false,
            ..open()
        };
        assert_eq!(decide(&person(Some("ana@x.test"), false), &open(), same), refused);
        assert_eq!(decide(&person(None, true), &open(), same), refused);
        assert_eq!(decide(&ana, &doubted, same), refused);
        let not_staff = Admission { staff: false, ..open() };
        let staff = decide(&ana, &not_staff, Known::SameAddress { staff: true });
        assert_eq!(staff, Decision::Refuse(Refusal::NotForStaff));
    }

    #[test]
    fn strangers_register_where_they_may() {
        let ana = person(Some("ana@x.test"), true);
        assert_eq!(decide(&ana, &open(), Known::Nobody), Decision::Register);
        let closed = Admission {
            registration: false,
            ..open()
        };
        assert_eq!(
            decide(&ana, &closed, Known::Nobody),
            Decision::Refuse(Refusal::NoAccount)
        );
        let unverified = decide(&person(Some("ana@x.test"), false), &open(), Known::Nobody);
        assert_eq!(unverified, Decision::Refuse(Refusal::UnverifiedEmail));
    }

    #[test]
    fn a_domain_counts_only_when_vouched_for() {
        let ours = Admission {
            domains: vec!["x.test".to_owned()],
            ..open()
        };
        for known in [
            Known::Linked { staff: false },
            Known::SameAddress { staff: false },
            Known::Nobody,
        ] {
            let foreign = Decision::Refuse(Refusal::ForeignDomain);
            assert_eq!(decide(&person(Some("ana@y.test"), true), &ours, known), foreign);
            assert_eq!(decide(&person(Some("ana@evilx.test"), true), &ours, known), foreign);
            assert_eq!(
                decide(&person(Some("ana@x.test.evil.test"), true), &ours, known),
                foreign
            );
            let doubted = Decision::Refuse(Refusal::UnverifiedEmail);
            assert_eq!(decide(&person(Some("ana@x.test"), false), &ours, known), doubted);
        }
        let ana = person(Some("ana@x.test"), true);
        assert_eq!(decide(&ana, &ours, Known::Linked { staff: true }), Decision::SignIn);
    }

    #[test]
    fn a_second_factor_is_said_or_adds_up() {
        let proves = |amr: &[&str]| proves_second_factor(&amr.iter().map(|&one| one.to_owned()).collect::<Vec<_>>());
        assert!(proves(&["mfa"]) && proves(&["pwd", "otp"]) && proves(&["pin", "hwk"]));
        assert!(
            !proves(&[]) && !proves(&["pwd"]) && !proves(&["otp"]) && !proves(&["pwd", "pin"]) && !proves(&["mca"])
        );
    }

    #[test]
    fn the_last_way_in_stays() {
        assert!(may_unlink(true, 0, 0) && may_unlink(false, 1, 0) && may_unlink(false, 0, 1));
        assert!(!may_unlink(false, 0, 0));
    }

    #[test]
    fn settings_have_their_forms() {
        assert!(is_slug("google") && is_slug("acme-sso2"));
        for bad in ["a", "2go", "Google", "a b", "a/b", "é1", ""] {
            assert!(!is_slug(bad), "{bad}");
        }
        assert!(is_issuer("https://accounts.google.com") && is_issuer("https://x.test/realms/one"));
        for bad in [
            "x.test",
            "https://",
            "https:///x",
            "https://x.test?a",
            "https://x.test#a",
            "javascript:1",
            "https://a@b.test",
        ] {
            assert!(!is_issuer(bad), "{bad}");
        }
        assert!(is_scope("email") && is_scope("https://x.test/a") && !is_scope("a b") && !is_scope(""));
        assert_eq!(mail_domain(" @Bücher.de").as_deref(), Some("xn--bcher-kva.de"));
        assert_eq!(mail_domain("no domain"), None);
    }
}
