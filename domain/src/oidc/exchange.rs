//! What is exchanged with an issuer, and what can go wrong there.

use chrono::{DateTime, Utc};

use super::{Person, Preset};

/// What an issuer knows us by.
#[derive(Clone, PartialEq, Eq)]
pub struct Registration {
    /// What it was made from.
    pub preset: Preset,
    /// Issuer, exactly as its tokens name it.
    pub issuer: String,
    /// Our id there.
    pub client_id: String,
    /// Our secret there; without one the code's verifier alone proves that it is ours.
    pub client_secret: Option<String>,
    /// What we ask for besides `openid`.
    pub scopes: Vec<String>,
    /// Where it sends people back to.
    pub redirect_uri: String,
}

impl std::fmt::Debug for Registration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registration")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// The secrets of one try, each 256 random bits as text.
#[derive(Clone)]
pub struct Try {
    /// Comes back with the person.
    pub state: String,
    /// Comes back within the token.
    pub nonce: String,
    /// Proves that the code is ours (RFC 7636).
    pub verifier: String,
    /// The person is to prove anew who he is.
    pub fresh: bool,
}

impl std::fmt::Debug for Try {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Try")
            .field("fresh", &self.fresh)
            .finish_non_exhaustive()
    }
}

/// Somebody, as a good token names him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who says so.
    pub issuer: String,
    /// His name there that never changes; with the issuer it is the key to him.
    pub subject: String,
    /// His address.
    pub person: Person,
    /// His name.
    pub name: Option<String>,
    /// How he proved who he is (RFC 8176), as far as it is told.
    pub amr: Vec<String>,
    /// When.
    pub auth_time: Option<DateTime<Utc>>,
}

/// What an issuer says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// Where people are sent.
    pub authorization_endpoint: String,
    /// Where codes are exchanged.
    pub token_endpoint: String,
    /// Keys that verify its tokens.
    pub keys: usize,
    /// Algorithms of its tokens that we accept.
    pub algorithms: Vec<String>,
}

/// A conversation with an issuer that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is away, or too slow.
    #[error("the provider does not answer: {0}")]
    Unreachable(String),
    /// Its address, or one that it named, is none that may be called.
    #[error("the provider's address is not called: {0}")]
    AddressRefused(String),
    /// What answers is no issuer, or another one.
    #[error("this is not the issuer: {0}")]
    NotTheIssuer(String),
    /// It refuses us, or the person; holds the error code of RFC 6749.
    #[error("the provider refuses: {0}")]
    Denied(String),
    /// Its token is worth nothing.
    #[error("the provider's token is not good: {0}")]
    BadToken(String),
}

impl Fault {
    /// Code in the API and the journal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "sso_provider_unreachable",
            Self::AddressRefused(_) => "sso_address_refused",
            Self::NotTheIssuer(_) => "sso_not_the_issuer",
            Self::Denied(_) => "sso_provider_denied",
            Self::BadToken(_) => "sso_token_refused",
        }
    }

    /// A sentence for people who want to sign in; the reason is for those who run the installation.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => {
                "The provider does not answer at the moment. Try again later, or sign in in another way."
            }
            Self::AddressRefused(_) => "The provider's address is not public, or does not begin with https://.",
            Self::NotTheIssuer(_) => "What answers at the provider's address is not the issuer that was set up.",
            Self::Denied(_) => "The provider refused. Try again, or sign in in another way.",
            Self::BadToken(_) => "The provider's answer could not be trusted. Try again, or sign in in another way.",
        }
    }
}
