//! The keys that verify access tokens, for other programs that are shown one.

use axum::{
    extract::State,
    http::{HeaderName, header},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    auth::Key,
    extract::Json,
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// How long the list may be kept: half the time for which a new key is published before it signs.
const CACHE: &str = "public, max-age=300";

/// A set of keys (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonWebKeys {
    /// The present key, the one before it until its last token has ended, and the next one before it signs.
    pub keys: Vec<JsonWebKey>,
}

/// An Ed25519 public key (RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonWebKey {
    /// `OKP`.
    pub kty: &'static str,
    /// `Ed25519`.
    pub crv: &'static str,
    /// `EdDSA`.
    pub alg: &'static str,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// Id, which tokens name in their header.
    pub kid: Uuid,
    /// The key in base64url.
    pub x: String,
}

impl From<&Key> for JsonWebKey {
    fn from(key: &Key) -> Self {
        Self {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            usage: "sig",
            kid: key.kid,
            x: key.x.clone(),
        }
    }
}

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(jwks))
}

/// Keys that verify access tokens
///
/// Look a key up by the `kid` of the token's header, and read this again when it is not there.
#[utoipa::path(get, path = "/.well-known/jwks.json", operation_id = "jwks", tag = "auth",
    responses(
        (status = 200, body = JsonWebKeys, headers(("Cache-Control" = String, description = "How long the list may be kept"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn jwks(State(state): State<ApiState>) -> ApiResult<([(HeaderName, &'static str); 1], Json<JsonWebKeys>)> {
    let keys = state.tokens.keys().published(&state.app, state.app.now()).await?;
    let keys = keys.iter().map(|key| JsonWebKey::from(&**key)).collect();
    Ok(([(header::CACHE_CONTROL, CACHE)], Json(JsonWebKeys { keys })))
}
