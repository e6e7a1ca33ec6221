//! Accounts of providers that one signs in with.

use app::oidc::{self as cases, OwnIdentity};
use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, List, Path},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// A linked account of a provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkedAccount {
    /// Id.
    pub id: Uuid,
    /// Name of the provider; `null` when it is gone.
    pub provider: Option<String>,
    /// Its short name.
    pub slug: Option<String>,
    /// Its issuer.
    pub issuer: String,
    /// Address there.
    pub email: Option<String>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Last time it signed in.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl From<OwnIdentity> for LinkedAccount {
    fn from(own: OwnIdentity) -> Self {
        Self {
            id: own.id,
            provider: own.provider,
            slug: own.slug,
            issuer: own.issuer,
            email: own.email,
            created_at: own.created_at,
            last_used_at: own.last_used_at,
        }
    }
}

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(own)).routes(routes!(unlink))
}

/// Accounts of providers that one signs in with
#[utoipa::path(get, path = "/api/v1/me/identities", operation_id = "myIdentities", tag = "account", security(("bearer" = [])),
    responses(
        (status = 200, body = List<LinkedAccount>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn own(user: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<LinkedAccount>>> {
    user.in_person()?;
    let own = cases::list(&state.app, &user).await?;
    Ok(Json(List {
        items: own.into_iter().map(LinkedAccount::from).collect(),
        next_cursor: None,
    }))
}

/// Unlink an account of a provider
///
/// Refused when one signs in with nothing else.
#[utoipa::path(delete, path = "/api/v1/me/identities/{id}", operation_id = "unlinkIdentity", tag = "account",
    security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses(
        (status = 204, description = "It is unlinked"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn unlink(user: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    user.in_person()?;
    cases::unlink(&state.app, &user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
