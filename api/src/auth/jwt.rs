//! Access tokens: JWT signed with Ed25519, one algorithm and one key accepted, nothing else looked at.

use std::time::Duration;

use app::{AppError, seal::MasterKey};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

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
    /// Id of the token.
    pub jti: Uuid,
}

/// Issues and checks access tokens.
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    kid: String,
    issuer: String,
    audience: String,
    lifetime: Duration,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens")
            .field("kid", &self.kid)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl Tokens {
    /// With the signing key derived from the master key.
    ///
    /// # Errors
    /// When no key can be made, which does not happen in practice.
    pub fn new(keys: &MasterKey, public_url: &str, lifetime: Duration) -> Result<Self, AppError> {
        let broken = |_| AppError::Internal("the signing key cannot be derived".to_owned());
        let pair = Ed25519KeyPair::from_seed_unchecked(&keys.derive("jwt")?).map_err(broken)?;
        let public = pair.public_key().as_ref();
        let pkcs8 = pair
            .to_pkcs8()
            .map_err(|_| AppError::Internal("the signing key has no PKCS#8 form".to_owned()))?;
        Ok(Self {
            encoding: EncodingKey::from_ed_der(pkcs8.as_ref()),
            decoding: DecodingKey::from_ed_der(public),
            kid: URL_SAFE_NO_PAD.encode(&Sha256::digest(public)[..12]),
            issuer: public_url.to_owned(),
            audience: format!("{public_url}/api"),
            lifetime,
        })
    }

    /// Id of the key that signs.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Lifetime of a token in seconds.
    #[must_use]
    pub const fn lifetime_seconds(&self) -> u64 {
        self.lifetime.as_secs()
    }

    /// A token for this account and session.
    ///
    /// # Errors
    /// When signing fails, which does not happen in practice.
    pub fn issue(&self, user: Uuid, session: Uuid, version: i32, now: DateTime<Utc>) -> Result<String, AppError> {
        let iat = now.timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: user,
            sid: session,
            sv: version,
            iat,
            nbf: iat,
            exp: iat + i64::try_from(self.lifetime.as_secs()).unwrap_or(600),
            jti: Uuid::now_v7(),
        };
        self.sign(&claims)
    }

    /// Signs these claims.
    ///
    /// # Errors
    /// When signing fails, which does not happen in practice.
    pub fn sign(&self, claims: &Claims) -> Result<String, AppError> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.encoding).map_err(|error| AppError::Internal(error.to_string()))
    }

    /// The claims of a good token; `None` for any other text.
    #[must_use]
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<Claims> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.alg != Algorithm::EdDSA
            || header.typ.as_deref() != Some(TYPE)
            || header.kid.as_deref() != Some(self.kid.as_str())
            || header.crit.is_some()
        {
            return None;
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Times are compared below with the clock that is handed in.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation)
            .ok()?
            .claims;
        let now = now.timestamp();
        (claims.nbf <= now && now < claims.exp).then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        Tokens::new(&MasterKey::new(&[7; 32]), "https://cm.test", Duration::from_secs(600)).unwrap()
    }

    fn header_swapped(token: &str, header: &str) -> String {
        let (_, rest) = token.split_once('.').unwrap();
        format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
    }

    #[test]
    fn accepts_its_own_token_until_it_expires() {
        let now = Utc::now();
        let token = tokens().issue(Uuid::now_v7(), Uuid::now_v7(), 3, now).unwrap();
        assert_eq!(tokens().verify(&token, now).unwrap().sv, 3);
        assert!(tokens().verify(&token, now + Duration::from_secs(599)).is_some());
        assert!(tokens().verify(&token, now + Duration::from_secs(600)).is_none());
        assert!(tokens().verify(&token, now - Duration::from_secs(5)).is_none());
    }

    #[test]
    fn refuses_forged_tokens() {
        let now = Utc::now();
        let mine = tokens();
        let token = mine.issue(Uuid::now_v7(), Uuid::now_v7(), 1, now).unwrap();
        let kid = mine.kid();
        for header in [
            r#"{"typ":"at+jwt","alg":"none"}"#.to_owned(),
            format!(r#"{{"typ":"at+jwt","alg":"HS256","kid":"{kid}"}}"#),
            r#"{"typ":"at+jwt","alg":"EdDSA","kid":"other"}"#.to_owned(),
            format!(r#"{{"typ":"JWT","alg":"EdDSA","kid":"{kid}"}}"#),
            format!(r#"{{"typ":"at+jwt","alg":"EdDSA","kid":"{kid}","jku":"https://evil.test/keys"}}"#),
        ] {
            assert!(mine.verify(&header_swapped(&token, &header), now).is_none(), "{header}");
        }
        let public = mine.decoding.try_get_as_bytes().unwrap();
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(kid.to_owned());
        let claims = mine.verify(&token, now).unwrap();
        let swapped = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(public)).unwrap();
        assert!(mine.verify(&swapped, now).is_none());
        let other = Claims {
            aud: "https://cm.test/other".to_owned(),
            ..claims.clone()
        };
        assert!(mine.verify(&mine.sign(&other).unwrap(), now).is_none());
        let other = Claims {
            iss: "https://evil.test".to_owned(),
            ..claims
        };
        assert!(mine.verify(&mine.sign(&other).unwrap(), now).is_none());
        let stranger = Tokens::new(&MasterKey::new(&[8; 32]), "https://cm.test", Duration::from_secs(600)).unwrap();
        assert!(stranger.verify(&token, now).is_none());
    }
}
