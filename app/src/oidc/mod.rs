//! Single sign-on. An issuer names a person by a subject that never changes; the link between that and an account is made by the
//! person, who proves both, or together with the account. Issuers are asked outside of transactions.

mod arrive;
mod begin;
mod identities;
pub mod providers;

use domain::{
    oidc::{Admission, Fault, Preset, Refusal, Registration},
    permission::Permission,
};
use serde::{Deserialize, Serialize};
use store::{oidc::provider::Provider, user::User};
use uuid::Uuid;

use crate::{App, AppError};

pub use arrive::{Arrived, Callback};
pub use begin::{Begun, Start, begin};
pub use identities::{OwnIdentity, Waiting, confirm, list, unlink, waiting};

/// Page of the web application that issuers send people back to.
pub const PAGE: &str = "sign-in/callback";

/// The secrets of a try, as they are kept.
#[derive(Serialize, Deserialize)]
struct Secrets {
    nonce: String,
    verifier: String,
    fresh: bool,
    locale: String,
}

/// An identity that waits for its account, as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    issuer: String,
    subject: String,
    email: String,
}

fn context(id: Uuid) -> String {
    format!("oidc_flows.secret.{id}")
}

fn seal<T: Serialize>(app: &App, id: Uuid, what: &T) -> Result<Vec<u8>, AppError> {
    let text = serde_json::to_vec(what).map_err(|error| AppError::Internal(error.to_string()))?;
    app.keys.seal(&context(id), &text)
}

fn open<T: serde::de::DeserializeOwned>(app: &App, id: Uuid, sealed: &[u8]) -> Result<T, AppError> {
    let text = app.keys.open(&context(id), sealed)?;
    serde_json::from_slice(&text).map_err(|error| AppError::Internal(error.to_string()))
}

fn secret_context(id: Uuid) -> String {
    format!("oidc_providers.client_secret.{id}")
}

/// Where issuers send people back to; what is entered there with them.
#[must_use]
pub fn redirect_uri(app: &App) -> String {
    format!("{}/{PAGE}", app.identity.public_url)
}

/// How a provider knows us.
fn registration(app: &App, provider: &Provider) -> Result<Registration, AppError> {
    let secret = provider.client_secret.as_deref();
    let secret = secret
        .map(|sealed| app.keys.open(&secret_context(provider.id), sealed))
        .transpose()?;
    let secret = secret.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Ok(Registration {
        preset: Preset::from_name(&provider.preset).unwrap_or(Preset::Custom),
        issuer: provider.issuer.clone(),
        client_id: provider.client_id.clone(),
        client_secret: secret,
        scopes: provider.scopes.clone(),
        redirect_uri: redirect_uri(app),
    })
}

fn admission(provider: &Provider) -> Admission {
    Admission {
        domains: provider.allowed_domains.clone(),
        registration: provider.registration,
        staff: provider.for_staff,
        trusts_email: provider.trust_email,
    }
}

/// Holds more than what is his own.
fn is_staff(user: &User) -> bool {
    let own = |key: &String| key.parse().is_ok_and(Permission::is_own);
    !user.permissions.iter().all(own)
}

/// What somebody who wants to sign in is told; the log says more.
fn failed(provider: &Provider, fault: &Fault) -> AppError {
    tracing::warn!(provider = %provider.slug, %fault, "single sign-on failed");
    AppError::refused(fault.code(), fault.text())
}

fn refused(refusal: Refusal) -> AppError {
    AppError::Denied {
        code: refusal.code().to_owned(),
        message: refusal.text().to_owned(),
    }
}

/// One answer for a try that is unknown, used, too old, or another browser's.
fn over() -> AppError {
    AppError::invalid(
        "/state",
        "sso_over",
        "Begin again: this took too long, was used before, or began in another browser.",
    )
}

/// One answer for an identity that others have.
fn taken() -> AppError {
    AppError::refused(
        "sso_identity_taken",
        "This account of the provider is linked with another account here.",
    )
}
