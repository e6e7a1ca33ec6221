//! Tokens with which programs act for the signed-in person.

use app::api_token::{self as cases, Wish};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::api_token::ApiToken;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, List, Path},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(revoke))
}

/// What a token shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewApiTokenDto {
    /// Name by which you will know it again, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Permissions it may use; you must hold each.
    #[schema(min_items = 1, max_items = 200)]
    scopes: Vec<String>,
    /// Life in days, 1 to 366.
    #[schema(minimum = 1, maximum = 366)]
    expires_in_days: i64,
}

/// A token. Its text is not kept.
#[derive(Debug, Serialize, ToSchema)]
struct ApiTokenDto {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// How the token begins, enough to recognise it.
    prefix: String,
    /// Permissions it may use, as far as you hold them.
    scopes: Vec<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it ends.
    expires_at: DateTime<Utc>,
    /// When it was used last, to the minute.
    last_used_at: Option<DateTime<Utc>>,
    /// From which address.
    last_used_ip: Option<String>,
    /// When it was revoked.
    revoked_at: Option<DateTime<Utc>>,
}

impl From<ApiToken> for ApiTokenDto {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id,
            name: token.name,
            prefix: format!("{}{}", domain::api_token::MARK, token.prefix),
            scopes: token.scopes,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            last_used_ip: token.last_used_ip,
            revoked_at: token.revoked_at,
        }
    }
}

/// A token just made.
#[derive(Debug, Serialize, ToSchema)]
struct MadeApiToken {
    /// What is kept of it.
    token: ApiTokenDto,
    /// The token itself. It is told this once.
    secret: String,
}

/// List your API tokens
#[utoipa::path(get, path = "/api/v1/api-tokens", operation_id = "listApiTokens", tag = "account", security(("bearer" = [])),
    responses(
        (status = 200, body = List<ApiTokenDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<ApiTokenDto>>> {
    caller.in_person()?;
    let tokens = cases::list(&state.app, &caller).await?;
    Ok(Json(List {
        items: tokens.into_iter().map(ApiTokenDto::from).collect(),
        next_cursor: None,
    }))
}

/// Make an API token
///
/// Programs send it as `Authorization: Bearer cmt_…`. It can do what its scopes name, as long as you can.
#[utoipa::path(post, path = "/api/v1/api-tokens", operation_id = "createApiToken", tag = "account", security(("bearer" = [])),
    request_body = NewApiTokenDto,
    responses(
        (status = 201, body = MadeApiToken),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(new): Json<NewApiTokenDto>,
) -> ApiResult<Response> {
    caller.in_person()?;
    let wish = Wish {
        name: new.name,
        scopes: new.scopes,
        days: new.expires_in_days,
    };
    let made = cases::create(&state.app, &caller, &wish).await?;
    let body = MadeApiToken {
        token: made.token.into(),
        secret: made.text,
    };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// Revoke an API token
///
/// Programs that use it are refused within a second.
#[utoipa::path(delete, path = "/api/v1/api-tokens/{id}", operation_id = "revokeApiToken", tag = "account",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the token")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn revoke(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    caller.in_person()?;
    cases::revoke(&state.app, &caller, id).await?;
    state.api_tokens.forget(id);
    Ok(StatusCode::NO_CONTENT)
}
