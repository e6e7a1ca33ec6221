//! Conversations with issuers of identities (OpenID Connect Core 1.0, authorization code with PKCE), all through the guarded client.
//! Tokens are verified by the crate `openidconnect`: signature by a key of the issuer, issuer, audience, nonce, expiry; algorithms
//! with a public key only, so neither `none` nor one keyed with our secret is ever taken.

mod known;
mod people;

use std::pin::Pin;

use chrono::{DateTime, Duration as Span, Utc};
use domain::oidc::{Discovered, Fault, Identity, OPENID, Preset, Registration, Try};
use openidconnect::{
    AsyncHttpClient, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    core::{
        CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdTokenClaims,
        CoreIdTokenVerifier, CoreJwsSigningAlgorithm as Alg, CoreTokenResponse,
    },
};

use crate::http::{CallError, Outbound};
pub use known::Times;
use known::{Cache, Metadata};

/// Signatures that only the issuer can make.
const ALGORITHMS: [Alg; 9] = [
    Alg::RsaSsaPkcs1V15Sha256,
    Alg::RsaSsaPkcs1V15Sha384,
    Alg::RsaSsaPkcs1V15Sha512,
    Alg::RsaSsaPssSha256,
    Alg::RsaSsaPssSha384,
    Alg::RsaSsaPssSha512,
    Alg::EcdsaP256Sha256,
    Alg::EcdsaP384Sha384,
    Alg::EdDsa,
];
/// How far the issuer's clock may be ahead.
const SKEW: Span = Span::minutes(2);

/// The crate's calls go through the guarded client.
impl<'c> AsyncHttpClient<'c> for Outbound {
    type Error = CallError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, CallError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(Self::call(self, request))
    }
}

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Issuers, and what they said about themselves for as long as it may be believed.
#[derive(Debug)]
pub struct Issuers {
    http: Outbound,
    cache: Cache,
}

impl Issuers {
    /// Over this client.
    #[must_use]
    pub fn new(http: Outbound) -> Self {
        Self::with(http, Times::default())
    }

    /// With times of one's own.
    #[must_use]
    pub fn with(http: Outbound, times: Times) -> Self {
        Self {
            http,
            cache: Cache::new(times),
        }
    }

    /// Where to send the person.
    ///
    /// # Errors
    /// [`Fault`] when the issuer cannot be asked where that is.
    pub async fn authorization(&self, registration: &Registration, secrets: &Try) -> Result<String, Fault> {
        let metadata = self.cache.get(&self.http, &registration.issuer).await?;
        let client = client(&metadata, registration)?;
        let (state, nonce) = (secrets.state.clone(), secrets.nonce.clone());
        let verifier = PkceCodeVerifier::new(secrets.verifier.clone());
        let scopes = registration.scopes.iter().filter(|scope| *scope != OPENID);
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(state),
                || Nonce::new(nonce),
            )
            .add_scopes(scopes.cloned().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if secrets.fresh {
            // Google knows neither `login` nor an age.
            request = match registration.preset {
                Preset::Google => request.add_prompt(CoreAuthPrompt::SelectAccount),
                Preset::WorkOs | Preset::Custom => request
                    .add_prompt(CoreAuthPrompt::Login)
                    .set_max_age(std::time::Duration::ZERO),
            };
        }
        Ok(request.url().0.into())
    }

    /// Exchanges a code for the identity of the person who brought it.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn identify(
        &self,
        registration: &Registration,
        secrets: &Try,
        code: String,
        now: DateTime<Utc>,
    ) -> Result<Identity, Fault> {
        let metadata = self.cache.get(&self.http, &registration.issuer).await?;
        let own = client(&metadata, registration)?;
        let token = self.exchange(&own, secrets, code).await?;
        let nonce = Nonce::new(secrets.nonce.clone());
        let claims = match verified(&own, &token, &nonce, now) {
            // It may sign with a new key since we asked.
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                let metadata = self.cache.renew(&self.http, &registration.issuer).await?;
                verified(&client(&metadata, registration)?, &token, &nonce, now)
            }
            other => other,
        };
        let claims = claims.map_err(|error| Fault::BadToken(full(&error)))?;
        if claims
            .authorized_party()
            .is_some_and(|party| **party != registration.client_id)
        {
            return Err(Fault::BadToken("it was made for another application".to_owned()));
        }
        people::identity(&self.http, &own, &token, &claims).await
    }

    /// What an issuer says about itself now.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn discover(&self, registration: &Registration) -> Result<Discovered, Fault> {
        let metadata = self.cache.ask(&self.http, &registration.issuer).await?;
        let algorithms = ALGORITHMS
            .iter()
            .filter(|one| metadata.id_token_signing_alg_values_supported().contains(one))
            .filter_map(name_of)
            .collect::<Vec<_>>();
        if algorithms.is_empty() {
            return Err(Fault::NotTheIssuer(
                "it signs its tokens with nothing that we accept".to_owned(),
            ));
        }
        Ok(Discovered {
            authorization_endpoint: metadata.authorization_endpoint().to_string(),
            token_endpoint: metadata.token_endpoint().map(ToString::to_string).unwrap_or_default(),
            keys: metadata.jwks().keys().len(),
            algorithms,
        })
    }

    async fn exchange(&self, client: &Client, secrets: &Try, code: String) -> Result<CoreTokenResponse, Fault> {
        client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| Fault::NotTheIssuer(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.clone()))
            .request_async(&self.http)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(answer) => Fault::Denied(answer.error().to_string()),
                RequestTokenError::Request(error) => call_fault(error),
                RequestTokenError::Parse(error, _) => Fault::BadToken(format!("not the answer of an issuer: {error}")),
                RequestTokenError::Other(error) => Fault::BadToken(error),
            })
    }
}

/// Name of an algorithm in a token (RFC 7518).
fn name_of(algorithm: &Alg) -> Option<String> {
    serde_json::to_value(algorithm).ok()?.as_str().map(str::to_owned)
}

/// Us, as this issuer knows us.
fn client(metadata: &Metadata, registration: &Registration) -> Result<Client, Fault> {
    let fault = |error: openidconnect::url::ParseError| Fault::NotTheIssuer(error.to_string());
    let redirect = RedirectUrl::new(registration.redirect_uri.clone()).map_err(fault)?;
    let secret = registration.client_secret.clone().map(ClientSecret::new);
    let id = ClientId::new(registration.client_id.clone());
    // Without a list an issuer takes the secret in the header (Discovery 1.0, section 3).
    let by_header = metadata
        .token_endpoint_auth_methods_supported()
        .is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
    let how = if by_header {
        AuthType::BasicAuth
    } else {
        AuthType::RequestBody
    };
    let client = CoreClient::from_provider_metadata(metadata.clone(), id, secret);
    Ok(client.set_auth_type(how).set_redirect_uri(redirect))
}

fn verified(
    client: &Client,
    token: &CoreTokenResponse,
    nonce: &Nonce,
    now: DateTime<Utc>,
) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
    let id_token = token
        .extra_fields()
        .id_token()
        .ok_or_else(|| ClaimsVerificationError::Other("there is none".to_owned()))?;
    let verifier: CoreIdTokenVerifier<'_> = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || now)
        .set_issue_time_verifier_fn(move |issued| {
            if issued > now + SKEW {
                Err("it is of the future".to_owned())
            } else {
                Ok(())
            }
        });
    let claims = id_token.claims(&verifier, nonce)?.clone();
    if let Some(expected) = claims.access_token_hash() {
        let wrong = |error: String| ClaimsVerificationError::Other(error);
        let key = id_token
            .signing_key(&verifier)
            .map_err(|error| wrong(error.to_string()))?;
        let algorithm = id_token.signing_alg().map_err(|error| wrong(error.to_string()))?;
        let actual = openidconnect::AccessTokenHash::from_token(token.access_token(), algorithm, key)
            .map_err(|error| wrong(error.to_string()))?;
        if actual != *expected {
            return Err(wrong("it belongs to another access token".to_owned()));
        }
    }
    Ok(claims)
}

fn call_fault(error: CallError) -> Fault {
    match error {
        CallError::Refused(why) => Fault::AddressRefused(why.to_owned()),
        other => Fault::Unreachable(other.to_string()),
    }
}

/// An error with its causes.
fn full(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |one| one.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
