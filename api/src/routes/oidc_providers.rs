//! Providers of single sign-on as configuration.

use app::{
    AppError,
    oidc::{
        self,
        providers::{self as cases, Listed, Settings},
    },
};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::oidc::{Discovered, Fault, Preset};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Path, Versioned},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, change, delete))
        .routes(routes!(test))
}

/// What a provider's settings begin with.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SignOnPreset)]
enum PresetWord {
    Google,
    Workos,
    Custom,
}

impl From<PresetWord> for Preset {
    fn from(word: PresetWord) -> Self {
        match word {
            PresetWord::Google => Self::Google,
            PresetWord::Workos => Self::WorkOs,
            PresetWord::Custom => Self::Custom,
        }
    }
}

impl From<Preset> for PresetWord {
    fn from(preset: Preset) -> Self {
        match preset {
            Preset::Google => Self::Google,
            Preset::WorkOs => Self::Workos,
            Preset::Custom => Self::Custom,
        }
    }
}

/// Settings of a provider; on a change, what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignOnSettings)]
struct SettingsDto {
    /// Short name in addresses; fixed at creation.
    #[schema(min_length = 2, max_length = 40)]
    slug: Option<String>,
    /// What the settings begin with; fixed at creation.
    preset: Option<PresetWord>,
    /// Name on the button.
    #[schema(min_length = 1, max_length = 60)]
    name: Option<String>,
    /// Issuer; Google's is known.
    #[schema(max_length = 500)]
    issuer: Option<String>,
    /// Id that the provider gave this installation.
    #[schema(max_length = 300)]
    client_id: Option<String>,
    /// Secret that belongs to it, never shown; an empty one removes it.
    #[schema(write_only, max_length = 1000)]
    client_secret: Option<String>,
    /// What is asked for.
    scopes: Option<Vec<String>>,
    /// People may sign in with it.
    enabled: Option<bool>,
    /// Domains of addresses that may come; none lets all come.
    allowed_domains: Option<Vec<String>>,
    /// Whom nobody knows becomes a customer.
    registration: Option<bool>,
    /// Staff may sign in with it.
    for_staff: Option<bool>,
    /// Its word that an address is somebody's counts.
    trust_email: Option<bool>,
    /// Its word that somebody gave a second factor counts.
    trust_mfa: Option<bool>,
}

impl std::fmt::Debug for SettingsDto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SettingsDto")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl From<SettingsDto> for Settings {
    fn from(dto: SettingsDto) -> Self {
        Self {
            name: dto.name,
            issuer: dto.issuer,
            client_id: dto.client_id,
            client_secret: dto.client_secret,
            scopes: dto.scopes,
            enabled: dto.enabled,
            allowed_domains: dto.allowed_domains,
            registration: dto.registration,
            for_staff: dto.for_staff,
            trust_email: dto.trust_email,
            trust_mfa: dto.trust_mfa,
        }
    }
}

/// A provider. Its secret is never shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignOnProviderSettings)]
struct ProviderDto {
    /// Id.
    id: Uuid,
    /// Short name in addresses.
    slug: String,
    /// What the settings began with.
    preset: PresetWord,
    /// Name on the button.
    name: String,
    /// Issuer.
    issuer: String,
    /// Id that the provider gave this installation.
    client_id: String,
    /// A secret is kept.
    has_client_secret: bool,
    /// What is asked for.
    scopes: Vec<String>,
    /// People may sign in with it.
    enabled: bool,
    /// Domains of addresses that may come; none lets all come.
    allowed_domains: Vec<String>,
    /// Whom nobody knows becomes a customer.
    registration: bool,
    /// Staff may sign in with it.
    for_staff: bool,
    /// Its word that an address is somebody's counts.
    trust_email: bool,
    /// Its word that somebody gave a second factor counts.
    trust_mfa: bool,
    /// Address to enter at the provider, where it sends people back to.
    redirect_uri: String,
    /// People linked with it.
    people: i64,
    /// Since when.
    created_at: DateTime<Utc>,
    /// The ETag.
    version: i32,
}

fn dto(state: &ApiState, listed: Listed) -> ProviderDto {
    let Listed { provider, people } = listed;
    ProviderDto {
        id: provider.id,
        preset: Preset::from_name(&provider.preset).unwrap_or(Preset::Custom).into(),
        slug: provider.slug,
        name: provider.name,
        issuer: provider.issuer,
        client_id: provider.client_id,
        has_client_secret: provider.client_secret.is_some(),
        scopes: provider.scopes,
        enabled: provider.enabled,
        allowed_domains: provider.allowed_domains,
        registration: provider.registration,
        for_staff: provider.for_staff,
        trust_email: provider.trust_email,
        trust_mfa: provider.trust_mfa,
        redirect_uri: oidc::redirect_uri(&state.app),
        people,
        created_at: provider.created_at,
        version: provider.version,
    }
}

fn versioned(state: &ApiState, listed: Listed) -> Versioned<ProviderDto> {
    Versioned {
        version: listed.provider.version,
        body: dto(state, listed),
    }
}

/// What a provider said about itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignOnTest)]
struct TestDto {
    /// It answered as an issuer does.
    ok: bool,
    /// Code of what went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// What went wrong, for whoever set it up.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Where people are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_endpoint: Option<String>,
    /// Where codes are exchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint: Option<String>,
    /// Keys that verify its tokens.
    keys: usize,
    /// Algorithms of its tokens that are accepted.
    algorithms: Vec<String>,
}

impl From<Result<Discovered, Fault>> for TestDto {
    fn from(result: Result<Discovered, Fault>) -> Self {
        match result {
            Ok(said) => Self {
                ok: true,
                code: None,
                detail: None,
                authorization_endpoint: Some(said.authorization_endpoint),
                token_endpoint: Some(said.token_endpoint),
                keys: said.keys,
                algorithms: said.algorithms,
            },
            Err(fault) => Self {
                ok: false,
                code: Some(fault.code().to_owned()),
                detail: Some(fault.to_string()),
                authorization_endpoint: None,
                token_endpoint: None,
                keys: 0,
                algorithms: Vec::new(),
            },
        }
    }
}

/// List providers of single sign-on
#[utoipa::path(get, path = "/api/v1/oidc-providers", operation_id = "listOidcProviders", tag = "access", security(("bearer" = [])),
    responses(
        (status = 200, body = List<ProviderDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<ProviderDto>>> {
    let all = cases::list(&state.app, &caller).await?;
    Ok(Json(List {
        items: all.into_iter().map(|one| dto(&state, one)).collect(),
        next_cursor: None,
    }))
}

/// Add a provider of single sign-on
#[utoipa::path(post, path = "/api/v1/oidc-providers", operation_id = "createOidcProvider", tag = "access",
    security(("bearer" = [])), request_body = SettingsDto,
    responses(
        (status = 201, body = ProviderDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(mut settings): Json<SettingsDto>,
) -> ApiResult<Response> {
    caller.in_person()?;
    let preset = settings.preset.unwrap_or(PresetWord::Custom).into();
    let slug = settings.slug.take().unwrap_or_default();
    let made = cases::create(&state.app, &caller, preset, &slug, settings.into())
        .await
        .map_err(told)?;
    let at = format!("/api/v1/oidc-providers/{}", made.provider.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, at)], versioned(&state, made)).into_response())
}

/// Read a provider of single sign-on
#[utoipa::path(get, path = "/api/v1/oidc-providers/{id}", operation_id = "getOidcProvider", tag = "access", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the provider")),
    responses(
        (status = 200, body = ProviderDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<ProviderDto>> {
    Ok(versioned(&state, cases::get(&state.app, &caller, id).await?))
}

/// Change a provider of single sign-on
#[utoipa::path(patch, path = "/api/v1/oidc-providers/{id}", operation_id = "changeOidcProvider", tag = "access",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the provider"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = SettingsDto,
    responses(
        (status = 200, body = ProviderDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(settings): Json<SettingsDto>,
) -> ApiResult<Versioned<ProviderDto>> {
    caller.in_person()?;
    caller.need(domain::permission::Permission::SettingsEdit)?;
    let fixed = |pointer| Problem::invalid(pointer, "fixed", "This stays as it was at creation.");
    if settings.slug.is_some() {
        return Err(fixed("/slug"));
    }
    if settings.preset.is_some() {
        return Err(fixed("/preset"));
    }
    let changed = cases::change(&state.app, &caller, id, version, settings.into())
        .await
        .map_err(told)?;
    Ok(versioned(&state, changed))
}

/// Remove a provider of single sign-on
///
/// Nobody signs in with it any more. Links of people with its issuer stay, for the case that it comes back.
#[utoipa::path(delete, path = "/api/v1/oidc-providers/{id}", operation_id = "deleteOidcProvider", tag = "access",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the provider"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn delete(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> ApiResult<StatusCode> {
    caller.in_person()?;
    cases::delete(&state.app, &caller, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ask a provider what it says about itself
///
/// The answer says whether it is an issuer that one could sign in with, and if not, why.
#[utoipa::path(post, path = "/api/v1/oidc-providers/{id}/test", operation_id = "testOidcProvider", tag = "access",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the provider")),
    responses(
        (status = 200, body = TestDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn test(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Json<TestDto>> {
    let said = cases::test(&state.app, &*state.config.issuers, &caller, id).await?;
    Ok(Json(said.into()))
}

/// Says which of the two that are one of a kind is taken.
fn told(error: AppError) -> Problem {
    match error {
        AppError::Conflict { detail, .. } if detail.contains("oidc_providers_issuer") => {
            Problem::invalid("/issuer", "taken", "Another provider has this issuer.")
        }
        AppError::Conflict { detail, .. } if detail.contains("oidc_providers_slug") => {
            Problem::invalid("/slug", "taken", "Another provider has this short name.")
        }
        other => other.into(),
    }
}
