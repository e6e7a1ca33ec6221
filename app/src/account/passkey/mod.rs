//! Passkeys (WebAuthn): keys that a device keeps and uses only after it has recognised its owner. One signs in alone, or stands
//! after a password as the second factor. What a browser has to sign waits in the database, is good for one answer, and only for the
//! person, session or login that it was made for.

mod ceremony;
mod own;
mod prove;
mod sign_in;

use domain::account::passkey as rules;
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{CreationChallengeResponse, RequestChallengeResponse, Url},
};

pub use own::{Added, list, remove, rename};

use super::Accounts;
use crate::{App, AppError};

/// What a browser is asked to sign.
#[derive(Debug)]
pub struct Asked<T> {
    /// Belongs to the answer.
    pub ceremony: String,
    /// For `navigator.credentials`, as WebAuthn writes it in JSON.
    pub options: T,
    /// Seconds it waits.
    pub expires_in: i64,
}

/// To make a passkey.
pub type Creation = Asked<CreationChallengeResponse>;
/// To use one.
pub type Request = Asked<RequestChallengeResponse>;

/// What a browser answered, as WebAuthn writes it in JSON.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The ceremony it belongs to.
    pub ceremony: &'a str,
    /// The credential.
    pub credential: serde_json::Value,
}

/// The site that passkeys of this installation are bound to; `None` where browsers know none.
pub(super) fn site(app: &App) -> Result<Option<Webauthn>, AppError> {
    let Ok(url) = Url::parse(&app.identity.public_url) else {
        return Ok(None);
    };
    let Some(domain) = url.domain().filter(|domain| rules::site(url.scheme(), Some(domain))) else {
        tracing::warn!(
            public_url = app.identity.public_url,
            "passkeys are off: CM_PUBLIC_URL must be https:// with a host name, or http://localhost"
        );
        return Ok(None);
    };
    let timeout = rules::CEREMONY_LIFE.to_std().unwrap_or_default();
    let built = WebauthnBuilder::new(domain, &url)
        .map(|builder| builder.rp_name("CloudManager").timeout(timeout))
        .and_then(WebauthnBuilder::build);
    built
        .map(Some)
        .map_err(|error| AppError::Internal(format!("passkeys: {error}")))
}

impl Accounts {
    fn site(&self) -> Result<&Webauthn, AppError> {
        self.site.as_ref().ok_or_else(|| {
            AppError::refused(
                "passkeys_unavailable",
                "Passkeys need an address with a host name and https.",
            )
        })
    }
}

fn malformed() -> AppError {
    AppError::invalid(
        "/credential",
        "malformed_credential",
        "This is not what a browser answers.",
    )
}

fn over() -> AppError {
    AppError::invalid(
        "/ceremony",
        "ceremony_over",
        "This took too long, or was answered before. Try again.",
    )
}

fn serial<T: serde::Serialize>(state: &T) -> Result<serde_json::Value, AppError> {
    serde_json::to_value(state).map_err(|error| AppError::Internal(error.to_string()))
}

fn stored<T: serde::de::DeserializeOwned>(state: serde_json::Value) -> Result<T, AppError> {
    serde_json::from_value(state).map_err(|error| AppError::Internal(error.to_string()))
}
