//! Access tokens: JWT signed with Ed25519. One algorithm is accepted, keys by their id alone, and nothing else is looked at.

use std::time::Duration;

use app::{App, AppError, account::SignedIn};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keyring::Keyring;

/// Type of the token (RFC 9068), so that no other token of ours can stand in for it.
const TYPE: &str = "at+jwt";

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Issuer: the public address.
    pub iss: String,
    /// Audience: the API under the public address.
    pub aud: String,
    /// Account.
    pub sub: Uuid,
    /// Session.
    pub sid: Uuid,
    /// Session version of the account when the token was issued.
    pub sv: i32,
    /// Issued at, Unix seconds.
    pub iat: i64,
    /// Not valid before, Unix seconds.
    pub nbf: i64,
    /// Not valid from then on, Unix seconds.
    pub exp: i64,
    /// When the person had proved last who he is, Unix seconds: a proof that came later makes this token no fresher, so a copy of it gains
    /// nothing by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// Id of the token.
    pub jti: Uuid,
}

impl Claims {
    /// When somebody proved last who he is, as far as this token knows: the session's moment, but none after the token's own.
    #[must_use]
    pub fn proven(&self, session: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        let own = DateTime::from_timestamp(self.auth_time?, 0)?;
        session.map(|at| at.min(own))
    }
}

/// Issues and checks access tokens.
#[derive(Debug)]
pub struct Tokens {
    keys: Keyring,
    issuer: String,
    audience: String,
    lifetime: Duration,
}

impl Tokens {
    /// For the API under this address.
    #[must_use]
    pub fn new(public_url: &str, lifetime: Duration) -> Self {
        Self {
            keys: Keyring::default(),
            issuer: public_url.to_owned(),
            audience: format!("{public_url}/api"),
            lifetime,
        }
    }

    /// The keys.
    #[must_use]
    pub const fn keys(&self) -> &Keyring {
        &self.keys
    }

    /// Lifetime of a token in seconds.
    #[must_use]
    pub const fn lifetime_seconds(&self) -> u64 {
        self.lifetime.as_secs()
    }

    /// A token for somebody who has just signed in, or whose session goes on.
    ///
    /// # Errors
    /// When there is no key to sign with, and the database is away.
    pub async fn issue(&self, app: &App, signed_in: &SignedIn) -> Result<String, AppError> {
        let iat = app.now().timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: signed_in.user.id,
            sid: signed_in.session_id,
            sv: signed_in.user.session_version,
            iat,
            nbf: iat,
            exp: iat + i64::try_from(self.lifetime.as_secs()).unwrap_or(600),
            auth_time: signed_in.proven_at.map(|at| at.timestamp()),
            jti: Uuid::now_v7(),
        };
        self.sign(app, &claims).await
    }

    /// Signs these claims.
    ///
    /// # Errors
    /// As [`Self::issue`].
    pub async fn sign(&self, app: &App, claims: &Claims) -> Result<String, AppError> {
        let key = self.keys.signer(app).await?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(key.kid.to_string());
        jsonwebtoken::encode(&header, claims, &key.encoding).map_err(|error| AppError::Internal(error.to_string()))
    }

    /// The claims of a good token and the key that signed it; `None` for any other text.
    ///
    /// # Errors
    /// When no key is known and the database is away.
    pub async fn verify(&self, app: &App, token: &str) -> Result<Option<(Uuid, Claims)>, AppError> {
        let Some(kid) = kid(token) else { return Ok(None) };
        let Some(key) = self.keys.verifier(app, kid).await? else {
            return Ok(None);
        };
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Times are compared below with the clock that is handed in.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let Ok(decoded) = jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation) else {
            return Ok(None);
        };
        let (claims, now) = (decoded.claims, app.now().timestamp());
        Ok((claims.nbf <= now && now < claims.exp).then_some((kid, claims)))
    }
}

/// The key that a token of our kind names.
fn kid(token: &str) -> Option<Uuid> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TYPE) || header.crit.is_some() {
        return None;
    }
    header.kid?.parse().ok()
}
